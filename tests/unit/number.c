/* SPDX-License-Identifier: MIT */
#include "util/number.h"

#include "test.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_is_hexadecimal_octal_or_decimal),
		cmocka_unit_test(number_is_the_whole_text_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
