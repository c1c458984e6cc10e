/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/top/board.h"
#include "fake_msrd.h"

/* Two threads of a core of socket 0, a CPU of socket 1 and one that nobody knows; two sockets. */
static struct node_cpu node_cpus[] = {{true, true, 0}, {true, true, 0}, {true, true, 1}};
static const struct node node = {.n_cpus = 3, .cpus = node_cpus};
static struct topology_cpu topology_cpus[] = {{5, 0}, {5, 0}, {5, 0}};
static const struct topology topology = {&node, topology_cpus};

#define N_ROWS 6
static struct metrics_row rows[N_ROWS];
static const struct metrics metrics = {rows, N_ROWS};

static void set_cpu(size_t i, double instructions, double cycles, double mhz)
{
	rows[i].figures[METRIC_INSTRUCTIONS].value = instructions;
	rows[i].figures[METRIC_CYCLES].value = cycles;
	rows[i].figures[METRIC_CPI].value = instructions > 0 ? cycles / instructions : NAN;
	rows[i].figures[METRIC_CLOCK].value = mhz;
}

static int set_rows(void **state)
{
	(void)state;
	memset(rows, 0, sizeof rows);
	for (size_t i = 0; i < N_ROWS; i++) {
		rows[i].kind = i < 4 ? SUBJECT_CPU : SUBJECT_SOCKET;
		rows[i].number = i < 4 ? (uint32_t)i : (uint32_t)i - 4;
		for (size_t j = 0; j < N_METRICS; j++)
			rows[i].figures[j].value = NAN;
	}
	rows[3].number = 99;
	set_cpu(0, 1e9, 2e9, 4000);
	set_cpu(1, 3e9, 2e9, 2000);
	set_cpu(2, 0, 0, NAN);
	strcpy(rows[2].cause, "no instructions in the interval: the CPU was idle");
	strcpy(rows[3].cause, "not there");
	rows[4].figures[METRIC_MEMORY_READ].value = 3e9;
	rows[4].figures[METRIC_MEMORY_WRITE].value = 1e9;
	rows[4].figures[METRIC_PACKAGE_POWER].value = 95;
	rows[5].figures[METRIC_MEMORY_READ].value = 8e9;
	return 0;
}

static void get_grid(enum board_view view, struct grid *grid)
{
	struct board board;

	assert_int_equal(board_init(&board, &metrics, &topology), 0);
	board_update(&board, &metrics);
	assert_int_equal(board_grid(&board, view, grid), 0);
	board_deinit(&board);
}

static void assert_values(const struct grid_row *row, double socket, double busy, double mhz,
	double instructions, double cpi)
{
	const double wanted[] = {socket, busy, mhz, instructions, cpi};

	for (size_t i = 0; i < 5; i++)
		if (isnan(wanted[i]) ? !isnan(row->values[i])
				     : fabs(row->values[i] - wanted[i]) > 1e-9 * wanted[i])
			fail_msg("value %zu is %g, not %g", i, row->values[i], wanted[i]);
}

static void a_cpu_is_busy_as_long_as_its_cycles_take(void **state)
{
	struct grid grid;

	(void)state;
	get_grid(BOARD_CPUS, &grid);
	assert_int_equal(grid.n_rows, 4);
	assert_values(&grid.rows[0], 0, 50, 4000, 1e9, 2);
	assert_values(&grid.rows[1], 0, 100, 2000, 3e9, 2.0 / 3);
	assert_true(history_get(&grid.rows[0].history, 0) == 0.5);
	grid_deinit(&grid);
}

static void one_that_is_idle_is_known_to_be(void **state)
{
	struct board board;
	struct grid grid;

	(void)state;
	get_grid(BOARD_CPUS, &grid);
	assert_values(&grid.rows[2], 1, 0, NAN, 0, NAN);
	grid_deinit(&grid);
	assert_int_equal(board_init(&board, &metrics, &topology), 0);
	board_update(&board, &metrics);
	assert_string_equal(board.cpus[2].cause, "");
	board_deinit(&board);
}

static void what_is_not_measured_has_its_cause(void **state)
{
	struct board board;
	struct grid grid;

	(void)state;
	get_grid(BOARD_CPUS, &grid);
	assert_string_equal(grid.rows[3].name, "99");
	assert_values(&grid.rows[3], NAN, NAN, NAN, NAN, NAN);
	grid_deinit(&grid);
	assert_int_equal(board_init(&board, &metrics, &topology), 0);
	board_update(&board, &metrics);
	assert_string_equal(board.cpus[3].cause, "not there");
	board_deinit(&board);
}

static void threads_of_a_core_are_added_up(void **state)
{
	struct grid grid;

	(void)state;
	/* the CPU that nobody knows is a row by itself */
	get_grid(BOARD_CORES, &grid);
	assert_int_equal(grid.n_rows, 3);
	assert_string_equal(grid.rows[0].name, "5");
	assert_values(&grid.rows[0], 0, 75, 4e9 / 1.5 / 1e6, 4e9, 1);
	assert_true(history_get(&grid.rows[0].history, 0) == 0.75);
	assert_string_equal(grid.rows[2].name, "cpu 99");
	grid_deinit(&grid);
}

static void peaks_are_of_all_sockets(void **state)
{
	struct board board;

	(void)state;
	assert_int_equal(board_init(&board, &metrics, &topology), 0);
	assert_true(board_peak_memory(&board, 80) == 0);
	board_update(&board, &metrics);
	/* half of what socket 1 does is not known, and so is all of it */
	assert_true(board_peak_memory(&board, 80) == 4e9);
	assert_true(board_peak_power(&board, 80) == 95);
	board_deinit(&board);
}

static void sockets_are_rows_too(void **state)
{
	struct grid grid;

	(void)state;
	get_grid(BOARD_SOCKETS, &grid);
	assert_int_equal(grid.n_rows, 2);
	assert_true(grid.rows[0].values[0] == 3e9);
	assert_true(grid.rows[0].values[2] == 95);
	assert_true(isnan(grid.rows[1].values[1]));
	grid_deinit(&grid);
}

static void extras_of_a_core_are_averages(void **state)
{
	struct board board;
	struct grid grid;

	(void)state;
	assert_int_equal(board_init(&board, &metrics, &topology), 0);
	board_update(&board, &metrics);
	strcpy(board.cpu_extras[0].heading, "TEMP C");
	board.n_cpu_extras = 1;
	assert_true(isnan(board.cpus[0].extras[0]));
	board.cpus[0].extras[0] = 50;
	board.cpus[1].extras[0] = 60;
	assert_int_equal(board_grid(&board, BOARD_CORES, &grid), 0);
	assert_true(grid.rows[0].values[5] == 55);
	assert_true(isnan(grid.rows[1].values[5]));
	grid_deinit(&grid);
	board_deinit(&board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cpu_is_busy_as_long_as_its_cycles_take, set_rows),
		cmocka_unit_test_setup(one_that_is_idle_is_known_to_be, set_rows),
		cmocka_unit_test_setup(what_is_not_measured_has_its_cause, set_rows),
		cmocka_unit_test_setup(threads_of_a_core_are_added_up, set_rows),
		cmocka_unit_test_setup(peaks_are_of_all_sockets, set_rows),
		cmocka_unit_test_setup(sockets_are_rows_too, set_rows),
		cmocka_unit_test_setup(extras_of_a_core_are_averages, set_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
