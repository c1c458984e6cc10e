/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/count/assign.h"
#include "util/array.h"

static void events_of_any_counter_fill_one_set(void **state)
{
	struct assign_want wants[] = {
		{.counters = 0xf}, {.counters = 0xf}, {.counters = 0xf}, {.counters = 0xf}};
	unsigned used = 0;

	(void)state;
	assert_int_equal(assign(wants, N_ELEMENTS(wants)), 1);
	for (size_t i = 0; i < N_ELEMENTS(wants); i++)
		used |= 1u << wants[i].counter;
	assert_int_equal(used, 0xf);
}

/* the last one can only have counter 0, which the first would take */
static void event_that_can_move_makes_room(void **state)
{
	struct assign_want wants[] = {{.counters = 0x3}, {.counters = 0x3}, {.counters = 0xc},
		{.counters = 0xf}, {.counters = 0x4}};
	struct assign_want chain[] = {{.counters = 0x3}, {.counters = 0x6}, {.counters = 0x1}};

	(void)state;
	assert_int_equal(assign(wants, 4), 1);
	assert_int_equal(assign(wants, N_ELEMENTS(wants)), 2);
	assert_int_equal(assign(chain, N_ELEMENTS(chain)), 1);
	assert_int_equal(chain[2].counter, 0);
	assert_int_equal(chain[0].counter, 1);
	assert_int_equal(chain[1].counter, 2);
}

static void events_of_one_counter_take_turns(void **state)
{
	struct assign_want wants[] = {
		{.counters = 0x1}, {.counters = 0xf}, {.counters = 0x1}, {.counters = 0x1}};

	(void)state;
	assert_int_equal(assign(wants, N_ELEMENTS(wants)), 3);
	assert_int_equal(wants[0].set, 0);
	assert_int_equal(wants[1].set, 0);
	assert_int_equal(wants[2].set, 1);
	assert_int_equal(wants[3].set, 2);
	assert_int_equal(assign_conflict(wants, N_ELEMENTS(wants), 2), N_ELEMENTS(wants));
}

static void events_that_want_another_filter_take_turns(void **state)
{
	struct assign_want wants[] = {
		{.counters = 0xf, .shared = 0x10, .shared_mask = 0xff},
		{.counters = 0xf, .shared = 0x20, .shared_mask = 0xff},
		/* other bits, the same value, another register, none */
		{.counters = 0xf, .shared = 0x300, .shared_mask = 0xff00},
		{.counters = 0xf, .shared = 0x10, .shared_mask = 0xff},
		{.counters = 0xf, .shared = 0x20, .shared_mask = 0xff, .shared_reg = 1},
		{.counters = 0xf},
	};

	(void)state;
	assert_int_equal(assign(wants, N_ELEMENTS(wants)), 2);
	assert_int_equal(wants[1].set, 1);
	assert_int_equal(wants[2].set, 0);
	assert_int_equal(wants[3].set, 0);
	assert_int_equal(wants[4].set, 0);
	assert_int_equal(wants[5].set, 1);
	assert_int_equal(assign_conflict(wants, N_ELEMENTS(wants), 1), 0);
}

static void event_without_a_free_counter_is_left_out(void **state)
{
	struct assign_want wants[] = {{.counters = 0}, {.counters = 0x2}};

	(void)state;
	assert_int_equal(assign(wants, N_ELEMENTS(wants)), 1);
	assert_false(wants[0].is_assigned);
	assert_int_equal(wants[1].counter, 1);
	assert_int_equal(assign(wants, 1), 0);
	assert_int_equal(assign(wants, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_any_counter_fill_one_set),
		cmocka_unit_test(event_that_can_move_makes_room),
		cmocka_unit_test(events_of_one_counter_take_turns),
		cmocka_unit_test(events_that_want_another_filter_take_turns),
		cmocka_unit_test(event_without_a_free_counter_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
