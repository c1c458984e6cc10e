/* SPDX-License-Identifier: MIT */
/*
 * Tables, measured by compiling and printing the enumerations of the tagged
 * releases, and the look-ups in them. Knows nothing of records.
 */
#include "wire/release.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"

/* A number that no client sends: the release has not got it. */
#define NONE UINT32_MAX

/* As many links in a row are followed; chosen, the kernel stops at 40. */
#define MAX_LINKS 8

/* The numberings of devices that have been in use. */
enum layout {
	LAYOUT_3_1,
	LAYOUT_4_0,
	LAYOUT_4_1, /* to 5.1 */
	LAYOUT_5_2,
	LAYOUT_5_3,
	LAYOUT_5_4, /* and 5.5 */
	N_LAYOUTS
};

/*
 * In 4.0 the MSRs have the number of qpi-mask0 in the enumeration: its clients
 * and daemons mean the MSRs by it (measured), so the unit can't be reached.
 */
static const struct device_numbers {
	struct place place; /* without a cpu or package */
	uint32_t numbers[N_LAYOUTS];
} devices[] = {
	{{.space = OP_MSR}, {14, 14, 0, 0, 0, 0}},
	{{.space = OP_PCI, .unit = UNIT_R3QPI, .index = 0}, {0, 1, 1, 1, 1, 1}},
	{{.space = OP_PCI, .unit = UNIT_R3QPI, .index = 1}, {1, 2, 2, 2, 2, 2}},
	/* the units of larger dies: what LIKWID 5.2.2 asks for on an Ivy Bridge-EP (measured) */
	{{.space = OP_PCI, .unit = UNIT_R3QPI, .index = 2}, {NONE, NONE, NONE, 3, NONE, NONE}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 4}, {NONE, NONE, NONE, 9, NONE, NONE}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 5}, {NONE, NONE, NONE, 10, NONE, NONE}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 6}, {NONE, NONE, NONE, 11, NONE, NONE}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 7}, {NONE, NONE, NONE, 12, NONE, NONE}},
	{{.space = OP_PCI, .unit = UNIT_HA, .index = 1}, {NONE, NONE, NONE, 14, NONE, NONE}},
	{{.space = OP_PCI, .unit = UNIT_QPI, .index = 2}, {NONE, NONE, NONE, 19, NONE, NONE}},
	{{.space = OP_PCI, .unit = UNIT_R2PCIE, .index = 0}, {2, 4, 4, 4, 5, 9}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 0}, {3, 5, 5, 5, 21, 49}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 1}, {4, 6, 6, 6, 22, 50}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 2}, {5, 7, 7, 7, 23, 51}},
	{{.space = OP_PCI, .unit = UNIT_IMC, .index = 3}, {6, 8, 8, 8, 24, 52}},
	{{.space = OP_PCI, .unit = UNIT_HA, .index = 0}, {7, 9, 9, 13, 29, 57}},
	{{.space = OP_PCI, .unit = UNIT_QPI, .index = 0}, {8, 11, 11, 17, 61, 117}},
	{{.space = OP_PCI, .unit = UNIT_QPI, .index = 1}, {9, 12, 12, 18, 62, 118}},
	{{.space = OP_PCI, .unit = UNIT_QPI_MASK, .index = 0}, {10, NONE, 14, 20, 65, 125}},
	{{.space = OP_PCI, .unit = UNIT_QPI_MASK, .index = 1}, {11, 15, 15, 21, 66, 126}},
	{{.space = OP_PCI, .unit = UNIT_QPI_MISC, .index = 0}, {12, 17, 17, 23, 69, 129}},
	{{.space = OP_PCI, .unit = UNIT_QPI_MISC, .index = 1}, {13, 18, 18, 24, 70, 130}},
};

/* Request types: CHECK came with 4.1 and took EXIT's number. */
static const uint32_t types_3_1[] = {
	[RELEASE_READ] = 0, [RELEASE_WRITE] = 1, [RELEASE_CHECK] = NONE, [RELEASE_EXIT] = 2};
static const uint32_t types_4_1[] = {
	[RELEASE_READ] = 0, [RELEASE_WRITE] = 1, [RELEASE_CHECK] = 2, [RELEASE_EXIT] = 3};

/* An unsupported CPU has a code of its own in 3.1 alone; later it is "unknown". */
static const uint32_t errors_3_1[OP_N_STATUSES] = {
	[OP_OK] = 0,
	[OP_UNKNOWN] = 1,
	[OP_REFUSED] = 2,
	[OP_NO_FILE] = 3,
	[OP_FAILED] = 4,
	[OP_BUSY] = 5,
	[OP_ABSENT] = 8,
	[OP_LOCKED] = 6,
	[OP_UNSUPPORTED] = 7,
	[OP_SKIPPED] = 5, /* never sent: there are no batches */
};
static const uint32_t errors_4_0[OP_N_STATUSES] = {
	[OP_OK] = 0,
	[OP_UNKNOWN] = 1,
	[OP_REFUSED] = 2,
	[OP_NO_FILE] = 3,
	[OP_FAILED] = 4,
	[OP_BUSY] = 5,
	[OP_ABSENT] = 6,
	[OP_LOCKED] = 7,
	[OP_UNSUPPORTED] = 1,
	[OP_SKIPPED] = 5,
};

struct release {
	const char *name;
	enum layout layout;
	const uint32_t *types;
	const uint32_t *errors; /* indexed by status */
};

static const struct release releases[] = {
	{"3.1", LAYOUT_3_1, types_3_1, errors_3_1},
	{"4.0", LAYOUT_4_0, types_3_1, errors_4_0},
	{"4.1", LAYOUT_4_1, types_4_1, errors_4_0},
	{"4.2", LAYOUT_4_1, types_4_1, errors_4_0},
	{"4.3", LAYOUT_4_1, types_4_1, errors_4_0},
	{"5.0", LAYOUT_4_1, types_4_1, errors_4_0},
	{"5.1", LAYOUT_4_1, types_4_1, errors_4_0},
	{"5.2", LAYOUT_5_2, types_4_1, errors_4_0},
	{"5.3", LAYOUT_5_3, types_4_1, errors_4_0},
	{"5.4", LAYOUT_5_4, types_4_1, errors_4_0},
	{"5.5", LAYOUT_5_4, types_4_1, errors_4_0},
};

/* The release whose name is the first length bytes of text. */
static const struct release *find(const char *text, size_t length)
{
	for (size_t i = 0; i < N_ELEMENTS(releases); i++)
		if (strlen(releases[i].name) == length &&
			memcmp(releases[i].name, text, length) == 0)
			return &releases[i];
	return NULL;
}

const struct release *release_find(const char *name)
{
	return find(name, strlen(name));
}

const struct release *release_get(size_t i)
{
	return i < N_ELEMENTS(releases) ? &releases[i] : NULL;
}

const struct release *release_default(void)
{
	return release_find(LIKWID_RELEASE);
}

/* Does the folder of the program look like a release? Then *release is it; NULL: not known. */
static bool names_release(const char *path, const struct release **release)
{
	static const char prefix[] = "likwid-";
	const char *slash = strrchr(path, '/');
	const char *folder = slash ? slash : path;

	while (folder > path && folder[-1] != '/')
		folder--;
	if (strncmp(folder, prefix, sizeof prefix - 1) != 0)
		return false;

	/* "5.4" of "5.4.1": a patch release changes no numbers */
	const char *major = folder + sizeof prefix - 1;
	size_t length = strspn(major, "0123456789");
	if (length == 0)
		return false;
	if (major[length] == '.')
		length += 1 + strspn(major + length + 1, "0123456789");
	*release = major[length] == '/' || major[length] == '.' ? find(major, length) : NULL;
	return true;
}

const struct release *release_of_path(const char *path, release_follow *follow)
{
	const struct release *release;
	char at[PATH_MAX];

	if (names_release(path, &release))
		return release;
	if (snprintf(at, sizeof at, "%s", path) >= (int)sizeof at)
		return release_default();
	for (int i = 0; i < MAX_LINKS && follow && follow(at, sizeof at); i++)
		if (names_release(at, &release))
			return release;
	return release_default();
}

const char *release_name(const struct release *release)
{
	return release->name;
}

enum release_type release_type_get(const struct release *release, uint32_t number)
{
	for (unsigned type = RELEASE_READ; type <= RELEASE_EXIT; type++)
		if (number != NONE && release->types[type] == number)
			return (enum release_type)type;
	return RELEASE_UNKNOWN;
}

bool release_type_put(const struct release *release, enum release_type type, uint32_t *number)
{
	*number = release->types[type];
	return *number != NONE;
}

bool release_device_get(const struct release *release, uint32_t number, struct place *place)
{
	for (size_t i = 0; i < N_ELEMENTS(devices); i++) {
		if (number != NONE && devices[i].numbers[release->layout] == number) {
			place->space = devices[i].place.space;
			place->unit = devices[i].place.unit;
			place->index = devices[i].place.index;
			return true;
		}
	}
	return false;
}

bool release_device_put(const struct release *release, const struct place *place, uint32_t *number)
{
	for (size_t i = 0; i < N_ELEMENTS(devices); i++) {
		const struct place *device = &devices[i].place;

		if (device->space == place->space && device->unit == place->unit &&
			device->index == place->index) {
			*number = devices[i].numbers[release->layout];
			return *number != NONE;
		}
	}
	return false;
}

bool release_error_get(const struct release *release, uint32_t code, enum op_status *status)
{
	for (unsigned i = OP_OK; i < OP_N_STATUSES; i++) {
		if (release->errors[i] == code) {
			*status = (enum op_status)i;
			return true;
		}
	}
	return false;
}

uint32_t release_error_put(const struct release *release, enum op_status status)
{
	return release->errors[status];
}
