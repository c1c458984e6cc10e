/* SPDX-License-Identifier: MIT */
#include "util/cpulist.h"

#include "test.h"

#include <string.h>

#include "util/array.h"

struct seen {
	uint32_t numbers[16];
	size_t n;
};

static bool remember(void *context, uint32_t number)
{
	struct seen *seen = context;

	if (seen->n == 16)
		return false;
	seen->numbers[seen->n++] = number;
	return true;
}

static void list_has_ranges_and_gaps(void **state)
{
	struct seen seen = {.n = 0};
	const uint32_t expected[] = {0, 1, 2, 3, 8, 4294967294u, 4294967295u};

	(void)state;
	assert_true(cpulist_parse("0-3,8,4294967294-4294967295", UINT32_MAX, remember, &seen));
	assert_int_equal(seen.n, 7);
	assert_memory_equal(seen.numbers, expected, sizeof expected);
}

static void empty_list_is_a_list(void **state)
{
	struct seen seen = {.n = 0};

	(void)state;
	assert_true(cpulist_parse("", 10, remember, &seen));
	assert_int_equal(seen.n, 0);
}

static void wrong_list_is_refused(void **state)
{
	static const char *const wrong[] = {",", "1,", ",1", "3-1", "1-", "-1", "1--2", "1 ,2", "a",
		"11", "0-11", "99999999999999999999", "0x3"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct seen seen = {.n = 0};
		assert_false(cpulist_parse(wrong[i], 10, remember, &seen));
	}
}

static void list_stops_when_told(void **state)
{
	struct seen seen = {.n = 0};

	(void)state;
	assert_false(cpulist_parse("0-4000000000", UINT32_MAX, remember, &seen));
	assert_int_equal(seen.n, 16);
}

static bool is_in(const void *context, uint32_t number)
{
	return ((const char *)context)[number] == 'x';
}

static void text_is_what_the_kernel_writes(void **state)
{
	static const struct {
		const char *set, *text;
	} cases[] = {
		{"xxxx....x", "0-3,8"},
		{"", ""},
		{"....", ""},
		{".x", "1"},
		{"x.x.xx", "0,2,4-5"},
		{"xxxxxxxxxxxx", "0-11"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		char *text = cpulist_text(is_in, cases[i].set, (uint32_t)strlen(cases[i].set));
		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_has_ranges_and_gaps),
		cmocka_unit_test(empty_list_is_a_list),
		cmocka_unit_test(wrong_list_is_refused),
		cmocka_unit_test(list_stops_when_told),
		cmocka_unit_test(text_is_what_the_kernel_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
