/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/ranks/muster.h"

#define N 3

/* Ranks of one job, all in this process: the first that joins leads. */
static struct muster ranks[N];

static void start_rank(uint32_t number, uint64_t options, unsigned depth)
{
	struct rank rank = {.launcher = "a test", .number = number, .size = N, .local_size = N};

	/* other runs of this test meet elsewhere */
	snprintf(rank.job, sizeof rank.job, "test-%d", (int)getpid());
	muster_init(&ranks[number], &rank, options, depth);
}

static int start(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < N; i++)
		start_rank(i, 1, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < N; i++)
		muster_leave(&ranks[i]);
	return 0;
}

static void join(size_t i, enum muster_role role)
{
	assert_int_equal(muster_join(&ranks[i]), 0);
	assert_int_equal(ranks[i].role, role);
}

static void join_all(void)
{
	join(0, MUSTER_LEADS);
	join(1, MUSTER_FOLLOWS);
	join(2, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_true(muster_is_complete(&ranks[0]));
}

static void the_first_leads_and_all_start_at_its_word(void **state)
{
	(void)state;
	join(0, MUSTER_LEADS);
	join(1, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_false(muster_is_complete(&ranks[0]));
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_NOTHING);
	join(2, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_true(muster_is_complete(&ranks[0]));
	assert_int_equal(muster_n_running(&ranks[0]), 0);
	muster_go(&ranks[0]);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_GO);
	assert_int_equal(muster_hear(&ranks[2]), MUSTER_GO);
	assert_false(ranks[1].differs);
	assert_int_equal(muster_n_running(&ranks[0]), 2);
}

static void it_is_over_when_the_last_is_gone(void **state)
{
	(void)state;
	join_all();
	muster_go(&ranks[0]);
	assert_false(muster_close(&ranks[0]));
	muster_leave(&ranks[1]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_false(muster_close(&ranks[0]));
	muster_leave(&ranks[2]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_true(muster_close(&ranks[0]));
	assert_true(muster_close(&ranks[0]));
}

static void who_comes_late_starts_at_once_and_is_waited_for(void **state)
{
	(void)state;
	join(0, MUSTER_LEADS);
	muster_go(&ranks[0]);
	/* at the door when the leader looks for the last time */
	join(1, MUSTER_FOLLOWS);
	assert_false(muster_close(&ranks[0]));
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_GO);
}

static void the_same_rank_once_more_is_of_the_next_measurement(void **state)
{
	(void)state;
	join_all();
	muster_go(&ranks[0]);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_GO);
	muster_leave(&ranks[1]);
	start_rank(1, 1, 0);
	join(1, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_LATER);
	muster_leave(&ranks[2]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_true(muster_close(&ranks[0]));
	muster_leave(&ranks[0]);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_LOST);
	muster_leave(&ranks[1]);
	join(1, MUSTER_LEADS);
}

static void when_the_leader_is_lost_another_one_leads_and_does_not_wait_for_it(void **state)
{
	(void)state;
	join_all();
	muster_leave(&ranks[0]);
	for (size_t i = 1; i < N; i++) {
		assert_int_equal(muster_hear(&ranks[i]), MUSTER_LOST);
		muster_leave(&ranks[i]);
		ranks[i].n_lost++;
	}
	join(2, MUSTER_LEADS);
	join(1, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[2]), 0);
	assert_true(muster_is_complete(&ranks[2]));
}

static void last_words_reach_all(void **state)
{
	(void)state;
	join_all();
	muster_dismiss(&ranks[0], MUSTER_FAILED, 2);
	muster_leave(&ranks[0]);
	for (size_t i = 1; i < N; i++) {
		assert_int_equal(muster_hear(&ranks[i]), MUSTER_FAILED);
		assert_int_equal(ranks[i].status, 2);
		assert_int_equal(muster_hear(&ranks[i]), MUSTER_LOST);
	}
}

static void other_options_are_told(void **state)
{
	(void)state;
	start_rank(1, 2, 0);
	join(0, MUSTER_LEADS);
	join(1, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[0]), 0);
	muster_go(&ranks[0]);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_GO);
	assert_true(ranks[1].differs);
}

static void one_within_another_is_another(void **state)
{
	(void)state;
	start_rank(1, 1, 1);
	join(0, MUSTER_LEADS);
	join(1, MUSTER_LEADS);
}

static void a_program_may_run_again(void **state)
{
	(void)state;
	join_all();
	for (unsigned i = 0; i < 2; i++) {
		muster_go(&ranks[0]);
		assert_int_equal(muster_n_running(&ranks[0]), 2);
		for (size_t j = 1; j < N; j++) {
			assert_int_equal(muster_hear(&ranks[j]), MUSTER_GO);
			muster_done(&ranks[j]);
		}
		assert_int_equal(muster_take(&ranks[0]), 0);
		assert_int_equal(muster_n_running(&ranks[0]), 0);
	}
}

static void nothing_is_left_behind(void **state)
{
	(void)state;
	join_all();
	for (size_t i = 0; i < N; i++)
		muster_leave(&ranks[i]);
	/* other jobs of this user may be there */
	join(1, MUSTER_LEADS);
	assert_int_equal(ranks[1].n_members, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_first_leads_and_all_start_at_its_word, start, end),
		cmocka_unit_test_setup_teardown(it_is_over_when_the_last_is_gone, start, end),
		cmocka_unit_test_setup_teardown(
			who_comes_late_starts_at_once_and_is_waited_for, start, end),
		cmocka_unit_test_setup_teardown(
			the_same_rank_once_more_is_of_the_next_measurement, start, end),
		cmocka_unit_test_setup_teardown(
			when_the_leader_is_lost_another_one_leads_and_does_not_wait_for_it, start,
			end),
		cmocka_unit_test_setup_teardown(last_words_reach_all, start, end),
		cmocka_unit_test_setup_teardown(other_options_are_told, start, end),
		cmocka_unit_test_setup_teardown(one_within_another_is_another, start, end),
		cmocka_unit_test_setup_teardown(a_program_may_run_again, start, end),
		cmocka_unit_test_setup_teardown(nothing_is_left_behind, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
