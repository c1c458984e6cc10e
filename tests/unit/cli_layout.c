/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "cli/top/layout.h"
#include "fake_msrd.h"

/* So many sockets and CPUs, all busy, on a screen. */
struct scene {
	struct board board;
	struct grid list, others;
	struct layout layout;
	struct state state;
	struct canvas canvas;
	char *text;
};

static void make_board(struct board *board, size_t n_sockets, size_t n_cpus)
{
	*board = (struct board){
		.cpus = calloc(n_cpus, sizeof *board->cpus),
		.sockets = calloc(n_sockets, sizeof *board->sockets),
		.n_cpus = n_cpus,
		.n_sockets = n_sockets,
		.n_intervals = 1,
	};
	assert_non_null(board->cpus);
	assert_non_null(board->sockets);
	for (size_t i = 0; i < n_cpus; i++) {
		board->cpus[i] = (struct board_cpu){.number = (uint32_t)i,
			.package = (uint32_t)(i * n_sockets / n_cpus),
			.instructions = 2e9,
			.cycles = 3e9,
			.active = 1};
		history_add(&board->cpus[i].busy, 1);
	}
	for (size_t i = 0; i < n_sockets; i++) {
		board->sockets[i] = (struct board_socket){
			.package = (uint32_t)i, .read = 8e9, .write = 4e9, .package_watts = 90};
		history_add(&board->sockets[i].memory, 12e9);
		history_add(&board->sockets[i].power, 90);
	}
}

static void make(struct scene *scene, size_t n_sockets, size_t n_cpus)
{
	*scene = (struct scene){.state.interval_s = 1};
	make_board(&scene->board, n_sockets, n_cpus);
	assert_int_equal(board_grid(&scene->board, BOARD_CPUS, &scene->list), 0);
	scene->layout = (struct layout){
		.host = "node7",
		.model = "a CPU",
		.source = "daemon msrd",
		.time = "12:00:00",
		.last_s = 1,
		.has_keys = true,
		.board = &scene->board,
		.list = &scene->list,
		.message = "",
	};
}

static void draw(struct scene *scene, size_t rows, size_t columns)
{
	size_t size;
	FILE *out;

	canvas_deinit(&scene->canvas);
	free(scene->text);
	assert_int_equal(canvas_init(&scene->canvas, rows, columns), 0);
	layout_draw(&scene->layout, &scene->state, &scene->canvas);
	out = open_memstream(&scene->text, &size);
	canvas_write(&scene->canvas, out);
	fclose(out);
}

static void drop(struct scene *scene)
{
	canvas_deinit(&scene->canvas);
	free(scene->text);
	grid_deinit(&scene->list);
	grid_deinit(&scene->others);
	board_deinit(&scene->board);
}

static void assert_shows(const struct scene *scene, const char *wanted)
{
	if (!strstr(scene->text, wanted))
		fail_msg("there is no \"%s\" in\n%s", wanted, scene->text);
}

static void assert_hides(const struct scene *scene, const char *unwanted)
{
	if (strstr(scene->text, unwanted))
		fail_msg("there is \"%s\" in\n%s", unwanted, scene->text);
}

static void two_sockets_fit_in_80_by_24_with_their_pictures(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 2, 32);
	draw(&scene, 24, 80);
	assert_shows(&scene, " 2 sockets, 32 CPUs  daemon msrd");
	assert_shows(&scene, "every 1 s, last 1.000 s\n");
	assert_shows(&scene, "     1   8000 M    4000 M     90.00");
	assert_shows(&scene, "of 12.00 G B/s\n");
	assert_shows(&scene, " q quit  h help");
	assert_int_equal(scene.state.n_rows, 32);
	assert_int_equal(scene.state.n_visible, 12);
	drop(&scene);
}

static void where_there_is_less_room_pictures_go_first(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 4, 32);
	draw(&scene, 20, 80);
	assert_hides(&scene, "memory");
	assert_shows(&scene, "     3   8000 M");
	assert_shows(&scene, "CPU SKT BUSY %");
	draw(&scene, 10, 80);
	assert_hides(&scene, "READ B/S");
	assert_shows(&scene, "CPU SKT BUSY %");
	drop(&scene);
}

static void too_small_a_screen_says_what_it_needs(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 2, 2);
	draw(&scene, 9, 80);
	assert_shows(&scene, "msrctl top needs 40 x 10\nand has 80 x 9\n");
	draw(&scene, 24, 39);
	assert_shows(&scene, "needs 40 x 10");
	draw(&scene, 1, 1);
	assert_shows(&scene, "m\n");
	drop(&scene);
}

/* Anything from nothing to a wall of screens. */
static void every_size_has_a_screen(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 3, 40);
	for (size_t rows = 1; rows < 60; rows += 3)
		for (size_t columns = 1; columns < 300; columns += 7)
			for (int page = STATE_LIST; page <= STATE_WHY; page++) {
				scene.state.page = (enum state_page)page;
				draw(&scene, rows, columns);
			}
	drop(&scene);
}

static void columns_that_do_not_fit_whole_are_left_out(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 1, 2);
	draw(&scene, 24, 43);
	assert_shows(&scene, "CPU SKT BUSY %             MHZ INSTR/S\n");
	scene.state.first_column = 3;
	draw(&scene, 24, 43);
	assert_shows(&scene, "CPU INSTR/S   CPI BUSY SO FAR\n");
	drop(&scene);
}

static void a_scroll_past_the_end_is_taken_back(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 2, 32);
	scene.state.first_row = 31;
	draw(&scene, 24, 80);
	assert_int_equal(scene.state.first_row, 20);
	assert_shows(&scene, "\n 31   1 ");
	drop(&scene);
}

static void what_is_said_stands_before_what_is_not_known(void **state)
{
	static const char *const causes[] = {"cpu 0: not there"};
	struct scene scene;

	(void)state;
	make(&scene, 2, 2);
	scene.layout.causes = causes;
	scene.layout.n_causes = 1;
	draw(&scene, 24, 80);
	assert_shows(&scene, "\n n/a: cpu 0: not there\n");
	scene.layout.message = "no such group";
	draw(&scene, 24, 80);
	assert_shows(&scene, "\n no such group\n");
	assert_hides(&scene, "not there");
	scene.state.page = STATE_WHY;
	draw(&scene, 24, 80);
	assert_shows(&scene, "   cpu 0: not there\n");
	drop(&scene);
}

static void a_pause_is_seen(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 2, 2);
	scene.state.is_paused = true;
	draw(&scene, 24, 80);
	assert_shows(&scene, "PAUSED: space goes on");
	drop(&scene);
}

static void the_chosen_group_is_always_seen(void **state)
{
	struct layout_group groups[30];
	char names[30][8];
	struct scene scene;

	(void)state;
	make(&scene, 2, 2);
	for (size_t i = 0; i < 30; i++) {
		snprintf(names[i], sizeof names[i], "g%zu", i);
		groups[i] = (struct layout_group){names[i], "something"};
	}
	scene.layout.groups = groups;
	scene.layout.n_groups = 30;
	scene.state.page = STATE_GROUPS;
	draw(&scene, 24, 80);
	assert_shows(&scene, "\n > none");
	scene.state.chosen = 30;
	draw(&scene, 24, 80);
	assert_shows(&scene, "\n > g29          something");
	assert_int_equal(scene.state.n_groups, 30);
	drop(&scene);
}

static void figures_of_sockets_stand_above_those_of_cpus(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 2, 32);
	grid_init(&scene.others, "");
	grid_add_column(&scene.others, "VOLUME B", GRID_FIGURE, 7);
	strcpy(grid_add_row(&scene.others)->name, "socket 0");
	scene.layout.others = &scene.others;
	scene.layout.group = "mine";
	draw(&scene, 24, 80);
	assert_shows(&scene, "\n group mine\n         VOLUME B\nsocket 0    0.000\nCPU SKT");
	/* a group of sockets alone is the list itself */
	scene.list.n_rows = 0;
	draw(&scene, 24, 80);
	assert_shows(&scene, "\n group mine\n         VOLUME B\nsocket 0    0.000\n");
	assert_int_equal(scene.state.n_rows, 1);
	drop(&scene);
}

static void a_whole_screen_has_every_row(void **state)
{
	struct scene scene;

	(void)state;
	make(&scene, 2, 40);
	scene.layout.has_keys = false;
	draw(&scene, layout_height(&scene.layout), 80);
	assert_shows(&scene, "\n 39   1 ");
	assert_shows(&scene, "of 12.00 G B/s");
	assert_hides(&scene, "q quit");
	drop(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_sockets_fit_in_80_by_24_with_their_pictures),
		cmocka_unit_test(where_there_is_less_room_pictures_go_first),
		cmocka_unit_test(too_small_a_screen_says_what_it_needs),
		cmocka_unit_test(every_size_has_a_screen),
		cmocka_unit_test(columns_that_do_not_fit_whole_are_left_out),
		cmocka_unit_test(a_scroll_past_the_end_is_taken_back),
		cmocka_unit_test(what_is_said_stands_before_what_is_not_known),
		cmocka_unit_test(a_pause_is_seen),
		cmocka_unit_test(the_chosen_group_is_always_seen),
		cmocka_unit_test(figures_of_sockets_stand_above_those_of_cpus),
		cmocka_unit_test(a_whole_screen_has_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
