/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/top/state.h"

static struct state a_state(void)
{
	return (struct state){
		.interval_s = 1, .n_rows = 20, .n_visible = 5, .n_columns = 3, .n_groups = 4};
}

static void q_quits_and_leaves_a_page(void **unused)
{
	struct state state = a_state();

	(void)unused;
	assert_int_equal(state_press(&state, 'q'), STATE_QUIT);
	assert_int_equal(state_press(&state, 'h'), STATE_CHANGED);
	assert_int_equal(state.page, STATE_HELP);
	assert_int_equal(state_press(&state, 'q'), STATE_CHANGED);
	assert_int_equal(state.page, STATE_LIST);
	state_press(&state, '?');
	assert_int_equal(state.page, STATE_HELP);
	state_press(&state, STATE_ESCAPE);
	assert_int_equal(state.page, STATE_LIST);
	state_press(&state, 'w');
	assert_int_equal(state.page, STATE_WHY);
	state_press(&state, STATE_DOWN);
	assert_int_equal(state.page, STATE_WHY);
	assert_int_equal(state.first_row, 1);
}

static void s_goes_through_the_columns_and_back(void **unused)
{
	struct state state = a_state();

	(void)unused;
	for (size_t i = 1; i <= 3; i++) {
		state_press(&state, 's');
		assert_int_equal(state.sort, i);
	}
	state_press(&state, 's');
	assert_int_equal(state.sort, 0);
	state_press(&state, 'S');
	assert_int_equal(state.sort, 3);
	state_press(&state, 'r');
	assert_true(state.is_reversed);
	state_press(&state, 'r');
	assert_false(state.is_reversed);
}

static void scrolling_ends_where_the_rows_end(void **unused)
{
	struct state state = a_state();

	(void)unused;
	state_press(&state, STATE_UP);
	assert_int_equal(state.first_row, 0);
	state_press(&state, STATE_PAGE_DOWN);
	assert_int_equal(state.first_row, 4);
	state_press(&state, STATE_DOWN);
	assert_int_equal(state.first_row, 5);
	state_press(&state, STATE_END);
	assert_int_equal(state.first_row, 15);
	state_press(&state, STATE_DOWN);
	state_press(&state, STATE_PAGE_DOWN);
	assert_int_equal(state.first_row, 15);
	state_press(&state, STATE_PAGE_UP);
	assert_int_equal(state.first_row, 11);
	state_press(&state, STATE_HOME);
	assert_int_equal(state.first_row, 0);
	state.n_rows = 3;
	state_press(&state, STATE_END);
	assert_int_equal(state.first_row, 0);
}

static void columns_scroll_to_the_last(void **unused)
{
	struct state state = a_state();

	(void)unused;
	state_press(&state, STATE_LEFT);
	assert_int_equal(state.first_column, 0);
	for (size_t i = 0; i < 9; i++)
		state_press(&state, STATE_RIGHT);
	assert_int_equal(state.first_column, 2);
	state_press(&state, STATE_LEFT);
	assert_int_equal(state.first_column, 1);
}

static void intervals_go_by_the_usual_lengths(void **unused)
{
	struct state state = a_state();

	(void)unused;
	assert_int_equal(state_press(&state, '+'), STATE_NEW_INTERVAL);
	assert_true(state.interval_s == 2);
	state_press(&state, '-');
	state_press(&state, '-');
	assert_true(state.interval_s == 0.5);
	state.interval_s = 3;
	state_press(&state, '-');
	assert_true(state.interval_s == 2);
	state.interval_s = 3600;
	assert_int_equal(state_press(&state, '+'), STATE_NOTHING);
	assert_true(state.interval_s == 3600);
	state_press(&state, '-');
	assert_true(state.interval_s == 60);
	state.interval_s = 0.05;
	assert_int_equal(state_press(&state, '-'), STATE_NOTHING);
}

static void another_view_begins_anew(void **unused)
{
	struct state state = a_state();

	(void)unused;
	state.sort = 2;
	state.first_row = 7;
	state_press(&state, 'c');
	assert_int_equal(state.view, BOARD_CORES);
	assert_int_equal(state.sort, 0);
	assert_int_equal(state.first_row, 0);
	state_press(&state, 'c');
	state_press(&state, 'c');
	assert_int_equal(state.view, BOARD_CPUS);
}

static void a_group_is_chosen_with_enter_alone(void **unused)
{
	struct state state = a_state();

	(void)unused;
	state_press(&state, 'g');
	assert_int_equal(state.page, STATE_GROUPS);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(state_press(&state, STATE_DOWN), STATE_CHANGED);
	assert_int_equal(state.chosen, 4);
	state_press(&state, STATE_UP);
	assert_int_equal(state_press(&state, STATE_ENTER), STATE_NEW_GROUP);
	assert_int_equal(state.chosen, 3);
	assert_int_equal(state.page, STATE_LIST);
	state_press(&state, 'g');
	assert_int_equal(state_press(&state, STATE_ESCAPE), STATE_CHANGED);
	assert_int_equal(state.page, STATE_LIST);
}

static void keys_without_a_meaning_do_nothing(void **unused)
{
	struct state state = a_state();

	(void)unused;
	assert_int_equal(state_press(&state, 'x'), STATE_NOTHING);
	assert_int_equal(state_press(&state, 0), STATE_NOTHING);
	assert_int_equal(state_press(&state, STATE_ENTER), STATE_NOW);
	assert_int_equal(state_press(&state, STATE_REDRAW), STATE_CLEAR);
	assert_int_equal(state_press(&state, ' '), STATE_CHANGED);
	assert_true(state.is_paused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(q_quits_and_leaves_a_page),
		cmocka_unit_test(s_goes_through_the_columns_and_back),
		cmocka_unit_test(scrolling_ends_where_the_rows_end),
		cmocka_unit_test(columns_scroll_to_the_last),
		cmocka_unit_test(intervals_go_by_the_usual_lengths),
		cmocka_unit_test(another_view_begins_anew),
		cmocka_unit_test(a_group_is_chosen_with_enter_alone),
		cmocka_unit_test(keys_without_a_meaning_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
