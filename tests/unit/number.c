/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "util/number.h"

static void number_is_hexadecimal_octal_or_decimal(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(number_parse("0x1A0", UINT64_MAX, &value));
	assert_int_equal(value, 0x1a0);
	assert_true(number_parse("017", UINT64_MAX, &value));
	assert_int_equal(value, 15);
	assert_true(number_parse("0", 0, &value));
	assert_int_equal(value, 0);
	assert_true(number_parse("18446744073709551615", UINT64_MAX, &value));
	assert_true(value == UINT64_MAX);
}

static void number_is_the_whole_text_or_none(void **state)
{
	static const char *const wrong[] = {
		"", " 1", "1 ", "-1", "+1", "0x", "1x", "0xg", "x1", "18446744073709551616"};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(number_parse(wrong[i], UINT64_MAX, &value));
	assert_false(number_parse("256", 255, &value));
}

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
	assert_true(number_list_parse("0-3,8,4294967294-4294967295", UINT32_MAX, remember, &seen));
	assert_int_equal(seen.n, 7);
	assert_memory_equal(seen.numbers, expected, sizeof expected);
}

static void empty_list_is_a_list(void **state)
{
	struct seen seen = {.n = 0};

	(void)state;
	assert_true(number_list_parse("", 10, remember, &seen));
	assert_int_equal(seen.n, 0);
}

static void wrong_list_is_refused(void **state)
{
	static const char *const wrong[] = {",", "1,", ",1", "3-1", "1-", "-1", "1--2", "1 ,2", "a",
		"11", "0-11", "99999999999999999999", "0x3"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct seen seen = {.n = 0};
		assert_false(number_list_parse(wrong[i], 10, remember, &seen));
	}
}

static void list_stops_when_told(void **state)
{
	struct seen seen = {.n = 0};

	(void)state;
	assert_false(number_list_parse("0-4000000000", UINT32_MAX, remember, &seen));
	assert_int_equal(seen.n, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_is_hexadecimal_octal_or_decimal),
		cmocka_unit_test(number_is_the_whole_text_or_none),
		cmocka_unit_test(list_has_ranges_and_gaps),
		cmocka_unit_test(empty_list_is_a_list),
		cmocka_unit_test(wrong_list_is_refused),
		cmocka_unit_test(list_stops_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
