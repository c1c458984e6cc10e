/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "cli/top/causes.h"

static void a_cause_is_told_once(void **state)
{
	struct causes causes = {0};

	(void)state;
	causes_add(&causes, "cpu 0", "the kernel holds it");
	causes_add(&causes, "cpu 1", "not there");
	causes_add(&causes, "cpu 2", "the kernel holds it");
	causes_add(&causes, "cpu 3", "the kernel holds it");
	causes_add(&causes, "cpu 4", "not there");
	causes_wrap(&causes, 80);
	assert_int_equal(causes.n_lines, 2);
	assert_string_equal(causes.lines[0], "cpu 0 and 2 others: the kernel holds it");
	assert_string_equal(causes.lines[1], "cpu 1 and 1 other: not there");
	causes_deinit(&causes);
}

static void long_ones_are_broken_at_blanks(void **state)
{
	struct causes causes = {0};

	(void)state;
	causes_add(&causes, "cpu 0", "aaa bbbbbbbbbbbbbbb c");
	causes_wrap(&causes, 10);
	assert_int_equal(causes.n_lines, 3);
	assert_string_equal(causes.lines[0], "cpu 0: aaa");
	assert_string_equal(causes.lines[1], "bbbbbbbbbb");
	assert_string_equal(causes.lines[2], "bbbbb c");
	for (size_t i = 0; i < causes.n_lines; i++)
		assert_true(strlen(causes.lines[i]) <= 10);
	causes_deinit(&causes);
}

static void no_width_has_no_lines(void **state)
{
	struct causes causes = {0};

	(void)state;
	causes_add(&causes, "cpu 0", "x");
	causes_wrap(&causes, 0);
	assert_int_equal(causes.n_lines, 0);
	causes_deinit(&causes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cause_is_told_once),
		cmocka_unit_test(long_ones_are_broken_at_blanks),
		cmocka_unit_test(no_width_has_no_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
