/* SPDX-License-Identifier: MIT */
#include "wire/release.h"

#include "test.h"

#include <string.h>

static const char *const names[] = {
	"3.1", "4.0", "4.1", "4.2", "4.3", "5.0", "5.1", "5.2", "5.3", "5.4", "5.5"};
#define N_NAMES (sizeof names / sizeof *names)

/* A number that the release has not got. */
#define NONE UINT32_MAX

static void every_release_line_is_known_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_NAMES; i++)
		assert_string_equal(release_name(release_find(names[i])), names[i]);
	assert_null(release_find("5.6"));
	assert_null(release_find("5"));
	assert_null(release_find(""));
	assert_null(release_find("5.22"));
}

static void assert_path(const char *path, const char *name)
{
	const struct release *release = release_of_path(path, NULL);

	if (!name) {
		assert_null(release);
		return;
	}
	assert_non_null(release);
	assert_string_equal(release_name(release), name);
}

static void folder_of_the_program_names_the_release(void **state)
{
	(void)state;
	assert_path("/usr/local/libexec/msrd/likwid-5.4/likwid-accessD", "5.4");
	assert_path("/opt/likwid-3.1/msrD", "3.1");
	assert_path("likwid-4.0/likwid-accessD", "4.0");
	assert_path("/opt/likwid-5.3.0/likwid-accessD", "5.3");
	assert_path("./likwid-5.4.1-rc1/likwid-accessD", "5.4");
}

static void other_folders_serve_the_default(void **state)
{
	(void)state;
	assert_path("/usr/local/libexec/msrd/likwid-accessD", release_name(release_default()));
	assert_path("/opt/likwid-5.4/sbin/likwid-accessD", release_name(release_default()));
	assert_path("/opt/likwid-stable/likwid-accessD", release_name(release_default()));
	assert_path("/opt/notlikwid-5.4/likwid-accessD", release_name(release_default()));
	assert_path("likwid-accessD", release_name(release_default()));
	assert_path("/likwid-accessD", release_name(release_default()));
	assert_path("/", release_name(release_default()));
	assert_path("", release_name(release_default()));
	assert_path("/dev/fd/3", release_name(release_default()));
}

/* Links of a file system that is not there: each line leads to the next. */
static bool follow(char *path, size_t size)
{
	static const char *const links[][2] = {
		{"/opt/likwid/sbin/likwid-accessD", "/usr/libexec/msrd/likwid-5.5/likwid-accessD"},
		{"/opt/a/likwid-accessD", "/opt/b/likwid-accessD"},
		{"/opt/b/likwid-accessD", "/opt/likwid-4.0.1/likwid-accessD"},
		{"/opt/c/likwid-accessD", "/opt/likwid-9.9/likwid-accessD"},
		{"/usr/libexec/msrd/likwid-5.5/likwid-accessD", "/opt/likwid-5.1/msrd"},
		{"/libexec/msrd/likwid-accessD", "/usr/sbin/msrd"},
		{"/loop", "/loop"},
	};

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		if (strcmp(path, links[i][0]) == 0) {
			snprintf(path, size, "%s", links[i][1]);
			return true;
		}
	}
	return false;
}

static void assert_link(const char *path, const char *name)
{
	const struct release *release = release_of_path(path, follow);

	if (name)
		assert_string_equal(release_name(release), name);
	else
		assert_null(release);
}

static void folder_that_a_link_leads_to_counts_where_its_own_says_nothing(void **state)
{
	const char *standard = release_name(release_default());

	(void)state;
	assert_link("/opt/likwid/sbin/likwid-accessD", "5.5");
	assert_link("/opt/a/likwid-accessD", "4.0");
	assert_link("/opt/c/likwid-accessD", NULL);
	assert_link("/usr/libexec/msrd/likwid-5.5/likwid-accessD", "5.5");
	assert_link("/libexec/msrd/likwid-accessD", standard);
	assert_link("/usr/sbin/msrd", standard);
	assert_link("/loop", standard);
	assert_link("", standard);
}

static void release_that_nobody_knows_is_none(void **state)
{
	(void)state;
	assert_path("/opt/likwid-5.6/likwid-accessD", NULL);
	assert_path("/opt/likwid-5/likwid-accessD", NULL);
	assert_path("/opt/likwid-52/likwid-accessD", NULL);
	assert_path("/opt/likwid-5.2x/likwid-accessD", NULL);
	assert_path("/opt/likwid-5.22/likwid-accessD", NULL);
	assert_path("/opt/likwid-99999999999999999999.1/likwid-accessD", NULL);
}

static void numbers_of_devices_are_as_measured(void **state)
{
	/* R3QPI0 R3QPI1 R2PCIE IMC0-3 HA QPI0 QPI1 MASK0 MASK1 MISC0 MISC1, then the MSRs */
	static const struct {
		const char *first, *last;
		uint32_t numbers[15];
	} table[] = {
		{"3.1", "3.1", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}},
		{"4.0", "4.0", {1, 2, 4, 5, 6, 7, 8, 9, 11, 12, NONE, 15, 17, 18, 14}},
		{"4.1", "5.1", {1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 18, 0}},
		{"5.2", "5.2", {1, 2, 4, 5, 6, 7, 8, 13, 17, 18, 20, 21, 23, 24, 0}},
		{"5.3", "5.3", {1, 2, 5, 21, 22, 23, 24, 29, 61, 62, 65, 66, 69, 70, 0}},
		{"5.4", "5.5", {1, 2, 9, 49, 50, 51, 52, 57, 117, 118, 125, 126, 129, 130, 0}},
	};
	static const struct place places[15] = {
		{.space = OP_PCI, .unit = UNIT_R3QPI, .index = 0},
		{.space = OP_PCI, .unit = UNIT_R3QPI, .index = 1},
		{.space = OP_PCI, .unit = UNIT_R2PCIE, .index = 0},
		{.space = OP_PCI, .unit = UNIT_IMC, .index = 0},
		{.space = OP_PCI, .unit = UNIT_IMC, .index = 1},
		{.space = OP_PCI, .unit = UNIT_IMC, .index = 2},
		{.space = OP_PCI, .unit = UNIT_IMC, .index = 3},
		{.space = OP_PCI, .unit = UNIT_HA, .index = 0},
		{.space = OP_PCI, .unit = UNIT_QPI, .index = 0},
		{.space = OP_PCI, .unit = UNIT_QPI, .index = 1},
		{.space = OP_PCI, .unit = UNIT_QPI_MASK, .index = 0},
		{.space = OP_PCI, .unit = UNIT_QPI_MASK, .index = 1},
		{.space = OP_PCI, .unit = UNIT_QPI_MISC, .index = 0},
		{.space = OP_PCI, .unit = UNIT_QPI_MISC, .index = 1},
		{.space = OP_MSR},
	};
	size_t n = 0;

	(void)state;
	for (size_t row = 0; row < sizeof table / sizeof *table; row++) {
		for (; n < N_NAMES && strcmp(names[n], table[row].last) <= 0; n++) {
			const struct release *release = release_find(names[n]);
			for (size_t i = 0; i < 15; i++) {
				struct place place = {.space = OP_MSR};
				uint32_t number;
				bool has = table[row].numbers[i] != NONE;
				assert_int_equal(
					release_device_put(release, &places[i], &number), has);
				if (!has)
					continue;
				assert_int_equal(number, table[row].numbers[i]);
				assert_true(release_device_get(release, number, &place));
				assert_memory_equal(&place, &places[i], sizeof place);
			}
		}
	}
	assert_int_equal(n, N_NAMES);
}

static void number_14_of_release_4_0_is_the_msrs(void **state)
{
	struct place place = {.space = OP_PCI, .unit = UNIT_QPI_MASK};

	(void)state;
	assert_true(release_device_get(release_find("4.0"), 14, &place));
	assert_int_equal(place.space, OP_MSR);
	assert_false(release_device_get(release_find("4.0"), 0, &place));
	assert_true(release_device_get(release_find("4.1"), 14, &place));
	assert_int_equal(place.space, OP_PCI);
	assert_int_equal(place.unit, UNIT_QPI_MASK);
}

static void device_of_another_release_is_none(void **state)
{
	struct place place = {.space = OP_MSR};

	(void)state;
	assert_false(release_device_get(release_find("5.2"), 49, &place));
	assert_false(release_device_get(release_find("5.4"), 5, &place));
	assert_false(release_device_get(release_find("3.1"), 15, &place));
	assert_false(release_device_get(release_find("5.2"), UINT32_MAX, &place));
}

static void requests_have_their_numbers(void **state)
{
	uint32_t number;

	(void)state;
	for (size_t i = 0; i < N_NAMES; i++) {
		const struct release *release = release_find(names[i]);
		bool is_old = strcmp(names[i], "4.1") < 0;

		assert_int_equal(release_type_get(release, 0), RELEASE_READ);
		assert_int_equal(release_type_get(release, 1), RELEASE_WRITE);
		assert_int_equal(
			release_type_get(release, 2), is_old ? RELEASE_EXIT : RELEASE_CHECK);
		assert_int_equal(
			release_type_get(release, 3), is_old ? RELEASE_UNKNOWN : RELEASE_EXIT);
		assert_int_equal(release_type_get(release, 4), RELEASE_UNKNOWN);
		assert_int_equal(release_type_get(release, UINT32_MAX), RELEASE_UNKNOWN);
		assert_int_equal(release_type_put(release, RELEASE_CHECK, &number), !is_old);
		assert_true(release_type_put(release, RELEASE_EXIT, &number));
		assert_int_equal(number, is_old ? 2 : 3);
	}
}

static void release_3_1_has_error_codes_of_its_own(void **state)
{
	const struct release *old = release_find("3.1"), *later = release_find("4.0");

	(void)state;
	assert_int_equal(release_error_put(old, OP_LOCKED), 6);
	assert_int_equal(release_error_put(old, OP_UNSUPPORTED), 7);
	assert_int_equal(release_error_put(old, OP_ABSENT), 8);
	assert_int_equal(release_error_put(later, OP_LOCKED), 7);
	assert_int_equal(release_error_put(later, OP_UNSUPPORTED), 1);
	assert_int_equal(release_error_put(later, OP_ABSENT), 6);
	for (enum op_status status = OP_OK; status <= OP_BUSY; status++) {
		assert_int_equal(release_error_put(old, status), status);
		assert_int_equal(release_error_put(later, status), status);
	}
}

static void error_codes_are_read_back(void **state)
{
	enum op_status status;

	(void)state;
	for (enum op_status sent = OP_OK; sent < OP_SKIPPED; sent++) { /* none there: no batches */
		const struct release *old = release_find("3.1");
		assert_true(release_error_get(old, release_error_put(old, sent), &status));
		assert_int_equal(status, sent);
	}
	assert_false(release_error_get(release_find("3.1"), 9, &status));
	assert_false(release_error_get(release_find("5.2"), 8, &status));
	assert_true(release_error_get(release_find("5.2"), 1, &status));
	assert_int_equal(status, OP_UNKNOWN);
}

static void releases_are_listed_in_order_and_end(void **state)
{
	size_t n = 0;

	(void)state;
	assert_string_equal(release_name(release_get(0)), "3.1");
	while (release_get(n))
		n++;
	assert_int_equal(n, 11);
	assert_null(release_get(SIZE_MAX));
}

static void path_too_long_to_follow_serves_the_default(void **state)
{
	static char path[1 << 16];

	(void)state;
	path[0] = '/';
	memset(path + 1, 'x', sizeof path - 2);
	assert_ptr_equal(release_of_path(path, NULL), release_default());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_release_line_is_known_by_name),
		cmocka_unit_test(folder_of_the_program_names_the_release),
		cmocka_unit_test(other_folders_serve_the_default),
		cmocka_unit_test(folder_that_a_link_leads_to_counts_where_its_own_says_nothing),
		cmocka_unit_test(release_that_nobody_knows_is_none),
		cmocka_unit_test(numbers_of_devices_are_as_measured),
		cmocka_unit_test(number_14_of_release_4_0_is_the_msrs),
		cmocka_unit_test(device_of_another_release_is_none),
		cmocka_unit_test(requests_have_their_numbers),
		cmocka_unit_test(release_3_1_has_error_codes_of_its_own),
		cmocka_unit_test(error_codes_are_read_back),
		cmocka_unit_test(releases_are_listed_in_order_and_end),
		cmocka_unit_test(path_too_long_to_follow_serves_the_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
