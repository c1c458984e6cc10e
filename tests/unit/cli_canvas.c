/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/top/canvas.h"

static void assert_written(const struct canvas *canvas, const char *wanted)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(canvas_write(canvas, out), 0);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void what_does_not_fit_is_cut_off(void **state)
{
	struct canvas canvas;

	(void)state;
	assert_int_equal(canvas_init(&canvas, 2, 5), 0);
	assert_int_equal(canvas_print(&canvas, 0, 3, CANVAS_PLAIN, "%s", "abcdef"), 9);
	canvas_print(&canvas, 2, 0, CANVAS_PLAIN, "below");
	canvas_print(&canvas, 1, 7, CANVAS_PLAIN, "beside");
	canvas_glyph(&canvas, 1, 4, CANVAS_PLAIN, "█");
	canvas_glyph(&canvas, 1, 5, CANVAS_PLAIN, "█");
	canvas_fill(&canvas, 1, 5, CANVAS_TITLE);
	canvas_fill(&canvas, 7, 0, CANVAS_TITLE);
	assert_written(&canvas, "   ab\n    █\n");
	canvas_deinit(&canvas);
}

static void characters_of_unknown_width_are_one_cell(void **state)
{
	struct canvas canvas;

	(void)state;
	assert_int_equal(canvas_init(&canvas, 1, 10), 0);
	assert_int_equal(canvas_print(&canvas, 0, 0, CANVAS_PLAIN, "a漢\x1b[ü"), 5);
	assert_written(&canvas, "a??[?\n");
	canvas_deinit(&canvas);
}

static void a_style_is_of_each_cell(void **state)
{
	struct canvas canvas;

	(void)state;
	assert_int_equal(canvas_init(&canvas, 1, 4), 0);
	canvas_print(&canvas, 0, 0, CANVAS_DIM, "ab");
	canvas_fill(&canvas, 0, 1, CANVAS_TITLE);
	assert_int_equal(canvas.cells[0].style, CANVAS_DIM);
	assert_int_equal(canvas.cells[1].style, CANVAS_TITLE);
	assert_int_equal(canvas.cells[3].style, CANVAS_TITLE);
	assert_string_equal(canvas.cells[1].text, "b");
	canvas_deinit(&canvas);
}

static void empty_lines_at_the_end_are_not_written(void **state)
{
	struct canvas canvas;

	(void)state;
	assert_int_equal(canvas_init(&canvas, 4, 4), 0);
	assert_written(&canvas, "");
	canvas_print(&canvas, 1, 0, CANVAS_PLAIN, "x");
	assert_written(&canvas, "\nx\n");
	canvas_deinit(&canvas);
}

static void output_that_fails_is_told(void **state)
{
	struct canvas canvas;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	assert_int_equal(canvas_init(&canvas, 1, 4), 0);
	canvas_print(&canvas, 0, 0, CANVAS_PLAIN, "x");
	assert_int_equal(canvas_write(&canvas, full), -ENOSPC);
	fclose(full);
	canvas_deinit(&canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_is_cut_off),
		cmocka_unit_test(characters_of_unknown_width_are_one_cell),
		cmocka_unit_test(a_style_is_of_each_cell),
		cmocka_unit_test(empty_lines_at_the_end_are_not_written),
		cmocka_unit_test(output_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
