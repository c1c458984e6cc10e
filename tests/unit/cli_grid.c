/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/top/grid.h"
#include "fake_msrd.h"

static void make(struct grid *grid, const double *values, size_t n)
{
	grid_init(grid, "CPU");
	grid_add_column(grid, "W", GRID_FIGURE, 4);
	for (size_t i = 0; i < n; i++) {
		struct grid_row *row = grid_add_row(grid);

		assert_non_null(row);
		snprintf(row->name, sizeof row->name, "%zu", i);
		row->values[0] = values[i];
	}
}

static void assert_order(const struct grid *grid, const char *wanted)
{
	char names[64] = "";

	for (size_t i = 0; i < grid->n_rows; i++)
		strcat(names, grid->rows[i].name);
	assert_string_equal(names, wanted);
}

static void sorted(const double *values, size_t n, size_t key, bool is_reversed, const char *wanted)
{
	struct grid grid;

	make(&grid, values, n);
	grid_sort(&grid, key, is_reversed);
	assert_order(&grid, wanted);
	grid_deinit(&grid);
}

static void the_largest_comes_first(void **state)
{
	const double values[] = {1, 3, 2};

	(void)state;
	sorted(values, 3, 1, false, "120");
	sorted(values, 3, 1, true, "021");
}

static void what_is_not_known_comes_last_in_either_order(void **state)
{
	const double values[] = {NAN, 1, NAN, 2};

	(void)state;
	sorted(values, 4, 1, false, "3102");
	sorted(values, 4, 1, true, "1302");
}

static void equal_ones_stay_in_their_order(void **state)
{
	const double values[] = {2, 1, 2, 1, 2};

	(void)state;
	sorted(values, 5, 1, false, "02413");
	sorted(values, 5, 1, true, "13024");
}

static void without_a_key_it_is_by_name(void **state)
{
	const double values[] = {2, 1, 3};

	(void)state;
	sorted(values, 3, 0, false, "012");
	sorted(values, 3, 0, true, "210");
	/* a column that there is not any more */
	sorted(values, 3, 9, false, "012");
	sorted(values, 0, 1, false, "");
}

static void a_copy_is_sorted_by_itself(void **state)
{
	const double values[] = {1, 2};
	struct grid grid, copy;

	(void)state;
	make(&grid, values, 2);
	assert_int_equal(grid_copy(&copy, &grid), 0);
	grid_sort(&copy, 1, false);
	assert_order(&grid, "01");
	assert_order(&copy, "10");
	grid_deinit(&copy);
	grid_deinit(&grid);
}

static void assert_format(enum grid_kind kind, double value, const char *wanted)
{
	char text[32];

	assert_string_equal(grid_format(kind, value, text, sizeof text), wanted);
}

static void figures_have_four_digits(void **state)
{
	(void)state;
	assert_format(GRID_FIGURE, 24e9, "24.00 G");
	assert_format(GRID_FIGURE, 0.8, "0.800");
	assert_format(GRID_FIGURE, 0.00123, "0.00123");
	assert_format(GRID_FIGURE, 0, "0.000");
	assert_format(GRID_FIGURE, NAN, "n/a");
	assert_format(GRID_ID, NAN, "-");
	assert_format(GRID_ID, 3, "3");
	assert_format(GRID_WHOLE, 57, "57");
	assert_format(GRID_TENTH, 99.96, "100.0");
	assert_format(GRID_PERCENT, NAN, "n/a");
}

static void a_column_is_as_wide_as_its_heading(void **state)
{
	struct grid grid;

	(void)state;
	grid_init(&grid, "CPU");
	for (size_t i = 0; i < GRID_MAX_COLUMNS + 3; i++)
		grid_add_column(&grid, "A HEADING", GRID_FIGURE, 4);
	assert_int_equal(grid.columns[0].width, 9);
	assert_int_equal(grid.n_columns, GRID_MAX_COLUMNS);
	assert_int_equal(grid_name_width(&grid), 3);
	strcpy(grid_add_row(&grid)->name, "core 12");
	assert_int_equal(grid_name_width(&grid), 7);
	grid_deinit(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_largest_comes_first),
		cmocka_unit_test(what_is_not_known_comes_last_in_either_order),
		cmocka_unit_test(equal_ones_stay_in_their_order),
		cmocka_unit_test(without_a_key_it_is_by_name),
		cmocka_unit_test(a_copy_is_sorted_by_itself),
		cmocka_unit_test(figures_have_four_digits),
		cmocka_unit_test(a_column_is_as_wide_as_its_heading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
