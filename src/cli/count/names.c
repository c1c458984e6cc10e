/* SPDX-License-Identifier: MIT */
/*
 * libpfm4, for the model that the node is: what CPU this process runs on does
 * not matter. Its PMUs are found by the names that the model's data have.
 */
#include "cli/count/names.h"

#include <ctype.h>
#include <errno.h>
#include <perfmon/pfmlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/near.h"
#include "util/number.h"

static int init(void)
{
	/* the only way to be told of a CPU that is not this one */
	if (setenv("LIBPFM_ENCODE_INACTIVE", "1", 1) < 0)
		return -errno;
	return pfm_initialize() == PFM_SUCCESS ? 0 : -ENOTSUP;
}

/* Whose PMU is it? False: not of the model. */
static bool find_pmu(const struct arch *arch, const char *name, size_t length, struct want *want)
{
	if (strlen(arch->pfm) == length && strncmp(name, arch->pfm, length) == 0) {
		want->kind = WANT_CORE;
		return true;
	}
	for (size_t i = 0; i < arch->n_boxes; i++) {
		const struct arch_box *box = &arch->boxes[i];
		size_t prefix = strlen(box->pfm);
		char number[8];
		uint64_t index;

		if (length < prefix || strncmp(name, box->pfm, prefix) != 0)
			continue;
		snprintf(number, sizeof number, "%.*s", (int)(length - prefix), name + prefix);
		want->has_index = number_parse(number, 63, &index);
		if (!want->has_index && number[0] != '\0')
			continue;
		want->kind = WANT_BOX;
		want->box = box;
		want->index = want->has_index ? (uint32_t)index : 0;
		return true;
	}
	return false;
}

static void set_box_bits(struct want *want, const pfm_pmu_encode_arg_t *code)
{
	const struct arch_box *box = want->box;

	if (box->pfm_fixed && code->codes[0] == box->pfm_fixed) {
		want->counters = UINT64_C(1) << WANT_FIXED;
		return;
	}
	want->select = (uint32_t)code->codes[0] & box->select_mask & ~box->select_enable;
	for (int i = 1; i < code->count && i <= 2; i++)
		want->filter |= code->codes[i] << (i == 2 ? 32 : 0);
}

static void set_bits(struct want *want, const pfm_pmu_encode_arg_t *code)
{
	if (want->kind == WANT_BOX) {
		set_box_bits(want, code);
		return;
	}
	want->select = (uint32_t)code->codes[0] & ~(PMU_SELECT_ENABLE | PMU_SELECT_INTERRUPT);
	if (code->count > 1)
		want->filter = code->codes[1];
}

/* Name with its PMU. PFM_SUCCESS or why not. */
static int encode(struct want *want, const char *full)
{
	pfm_pmu_encode_arg_t code = {.size = sizeof code};
	int r = pfm_get_os_event_encoding(full, PFM_PLM0 | PFM_PLM3, PFM_OS_NONE, &code);

	if (r == PFM_SUCCESS)
		set_bits(want, &code);
	free(code.codes);
	return r;
}

/* PMUs of the model that differ in their events: of the boxes of a kind only the first. */
static bool is_pmu(const struct arch *arch, const char *name)
{
	struct want want = {0};

	return find_pmu(arch, name, strlen(name), &want) && want.index == 0;
}

struct walk {
	const struct arch *arch;
	bool (*each)(void *context, const struct name *name);
	void *context;
	pfm_pmu_info_t pmu;
	pfm_event_info_t event;
	bool goes_on;
};

static void tell(struct walk *walk, const char *umask, const char *about)
{
	char full[WANT_NAME_SIZE], with_pmu[2 * WANT_NAME_SIZE];
	struct name name = {.full = full, .about = about, .event_about = walk->event.desc};

	snprintf(full, sizeof full, "%s%s%s", walk->event.name, umask ? ":" : "",
		umask ? umask : "");
	snprintf(with_pmu, sizeof with_pmu, "%s::%s", walk->pmu.name, full);
	find_pmu(walk->arch, walk->pmu.name, strlen(walk->pmu.name), &name.want);
	name.unit = want_unit_name(&name.want);
	name.is_parsed = encode(&name.want, with_pmu) == PFM_SUCCESS;
	/* that box 0 was asked was ours */
	name.want.has_index = false;
	if (name.is_parsed)
		want_find_counters(&name.want, walk->arch);
	walk->goes_on = walk->each(walk->context, &name);
}

static void walk_event(struct walk *walk, int index)
{
	walk->event = (pfm_event_info_t){.size = sizeof walk->event};
	if (pfm_get_event_info(index, PFM_OS_NONE, &walk->event) != PFM_SUCCESS)
		return;
	tell(walk, NULL, walk->event.desc);
	for (int i = 0; i < walk->event.nattrs && walk->goes_on; i++) {
		pfm_event_attr_info_t umask = {.size = sizeof umask};

		if (pfm_get_event_attr_info(index, i, PFM_OS_NONE, &umask) == PFM_SUCCESS &&
			umask.type == PFM_ATTR_UMASK)
			tell(walk, umask.name, umask.desc);
	}
}

int names_walk(const struct arch *arch, bool (*each)(void *context, const struct name *name),
	void *context)
{
	struct walk walk = {.arch = arch, .each = each, .context = context, .goes_on = true};
	int r = init();

	for (int i = PFM_PMU_NONE; r == 0 && i < PFM_PMU_MAX && walk.goes_on; i++) {
		walk.pmu = (pfm_pmu_info_t){.size = sizeof walk.pmu};
		if (pfm_get_pmu_info((pfm_pmu_t)i, &walk.pmu) != PFM_SUCCESS ||
			!is_pmu(arch, walk.pmu.name))
			continue;
		for (int j = walk.pmu.first_event; j >= 0 && walk.goes_on;
			j = pfm_get_event_next(j))
			walk_event(&walk, j);
	}
	return r;
}

static bool look_at(void *context, const struct name *name)
{
	near_look(context, name->full);
	return true;
}

/* What may have been meant: without modifiers, which are nobody's name. */
static bool fail_unknown(const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE])
{
	const char *separator = strstr(text, "::");
	struct near near = near_to(separator ? separator + 2 : text);

	names_walk(arch, look_at, &near);
	if (near.is_found)
		return want_fail(error, "%s is no event of %s; did you mean %s?", text, arch->text,
			near.name);
	return want_fail(error, "%s is no event of %s; see msrctl events", text, arch->text);
}

struct umasks {
	const char *event; /* length letters, with its colon */
	size_t length;
	char text[300];
};

static bool add_umask(void *context, const struct name *name)
{
	struct umasks *umasks = context;
	size_t used = strlen(umasks->text);

	if (strncasecmp(name->full, umasks->event, umasks->length) == 0 &&
		name->full[umasks->length] == ':' && used < sizeof umasks->text)
		snprintf(umasks->text + used, sizeof umasks->text - used, "%s%s", used ? ", " : "",
			name->full + umasks->length + 1);
	return true;
}

/* The event is there, and what follows it is wrong or missing. */
static bool fail_attribute(
	const struct arch *arch, const char *text, int r, char error[WANT_ERROR_SIZE])
{
	const char *separator = strstr(text, "::");
	struct umasks umasks = {.event = separator ? separator + 2 : text};

	umasks.length = strcspn(umasks.event, ":");
	names_walk(arch, add_umask, &umasks);
	return want_fail(error, "%s: %s; unit masks of %.*s: %s", text, pfm_strerror(r),
		(int)umasks.length, umasks.event, umasks.text[0] ? umasks.text : "none");
}

/* In every unit's PMU of the model, the core's first. */
static int encode_anywhere(struct want *want, const struct arch *arch, const char *text)
{
	int r = PFM_ERR_NOTFOUND;

	for (int i = PFM_PMU_NONE; i < PFM_PMU_MAX && r == PFM_ERR_NOTFOUND; i++) {
		pfm_pmu_info_t pmu = {.size = sizeof pmu};
		struct want found = *want;
		char full[2 * WANT_NAME_SIZE];

		if (pfm_get_pmu_info((pfm_pmu_t)i, &pmu) != PFM_SUCCESS || !is_pmu(arch, pmu.name))
			continue;
		find_pmu(arch, pmu.name, strlen(pmu.name), &found);
		found.has_index = false;
		snprintf(full, sizeof full, "%s::%s", pmu.name, text);
		r = encode(&found, full);
		if (r == PFM_SUCCESS)
			*want = found;
	}
	return r;
}

bool names_parse(
	struct want *want, const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE])
{
	const char *separator = strstr(text, "::");
	int r = init();

	if (r < 0)
		return want_fail(error, "%s: libpfm4 does not start", text);
	if (!separator)
		r = encode_anywhere(want, arch, text);
	else if (find_pmu(arch, text, (size_t)(separator - text), want))
		r = encode(want, text);
	else
		return want_fail(error, "%s: %.*s is no PMU of %s (%s, %s…)", text,
			(int)(separator - text), text, arch->text, arch->pfm,
			arch->n_boxes ? arch->boxes[0].pfm : "");
	if (r == PFM_SUCCESS)
		return true;
	return r == PFM_ERR_NOTFOUND ? fail_unknown(arch, text, error)
				     : fail_attribute(arch, text, r, error);
}
