/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <string.h>

#include "cli/top/glyph.h"

static void assert_bar(double share, size_t width, bool is_ascii, const char *wanted)
{
	char text[64] = "";

	for (size_t i = 0; i < width; i++)
		strcat(text, glyph_bar(share, i, width, is_ascii));
	assert_string_equal(text, wanted);
}

static void a_line_has_eight_heights(void **state)
{
	(void)state;
	assert_string_equal(glyph_spark(0, false), "▁");
	assert_string_equal(glyph_spark(0.5, false), "▅");
	assert_string_equal(glyph_spark(1, false), "█");
	assert_string_equal(glyph_spark(0, true), "_");
	assert_string_equal(glyph_spark(1, true), "#");
}

static void what_is_not_known_is_no_height(void **state)
{
	(void)state;
	assert_string_equal(glyph_spark(NAN, false), " ");
	assert_string_equal(glyph_spark(NAN, true), " ");
	assert_bar(NAN, 3, false, "   ");
}

static void what_is_out_of_range_is_cut_off(void **state)
{
	(void)state;
	assert_string_equal(glyph_spark(1.01, false), "█");
	assert_string_equal(glyph_spark(-1, false), "▁");
	assert_bar(7, 3, false, "███");
	assert_bar(-7, 3, false, "   ");
}

static void a_bar_is_filled_to_an_eighth(void **state)
{
	(void)state;
	assert_bar(0, 4, false, "    ");
	assert_bar(0.5, 4, false, "██  ");
	assert_bar(1.0 / 32, 4, false, "▏   ");
	assert_bar(31.0 / 32, 4, false, "███▉");
	assert_bar(1, 4, false, "████");
}

static void a_bar_of_ascii_is_filled_to_a_half(void **state)
{
	(void)state;
	assert_bar(0.5, 4, true, "||  ");
	assert_bar(0.6, 4, true, "||  ");
	assert_bar(0.63, 4, true, "||| ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_eight_heights),
		cmocka_unit_test(what_is_not_known_is_no_height),
		cmocka_unit_test(what_is_out_of_range_is_cut_off),
		cmocka_unit_test(a_bar_is_filled_to_an_eighth),
		cmocka_unit_test(a_bar_of_ascii_is_filled_to_a_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
