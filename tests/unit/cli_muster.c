/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
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
		muster_count_lost(&ranks[i], true);
		muster_leave(&ranks[i]);
	}
	join(2, MUSTER_LEADS);
	join(1, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[2]), 0);
	assert_true(muster_is_complete(&ranks[2]));
}

static void a_leader_that_is_met_while_it_is_killed_is_lost_once(void **state)
{
	(void)state;
	join(0, MUSTER_LEADS);
	join(1, MUSTER_FOLLOWS);
	assert_int_equal(muster_take(&ranks[0]), 0);
	/* the kernel closes this one first */
	close(ranks[0].members[0].fd);
	ranks[0].members[0].fd = -1;
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_LOST);
	muster_count_lost(&ranks[1], true);
	muster_leave(&ranks[1]);
	join(1, MUSTER_FOLLOWS);
	muster_leave(&ranks[0]);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_LOST);
	muster_count_lost(&ranks[1], true);
	assert_int_equal(ranks[1].n_lost, 1);
}

static void a_leader_of_another_measurement_is_not_lost(void **state)
{
	(void)state;
	join(0, MUSTER_LEADS);
	join(1, MUSTER_FOLLOWS);
	muster_count_lost(&ranks[1], false);
	muster_count_lost(&ranks[1], true);
	assert_int_equal(ranks[1].n_lost, 0);
}

static void *join_last(void *result)
{
	*(int *)result = muster_join(&ranks[2]);
	return NULL;
}

static void more_than_the_kernel_lets_wait_are_let_in_one_by_one(void **state)
{
	pthread_t thread;
	int r = 1;

	(void)state;
	join(0, MUSTER_LEADS);
	/* one at a time */
	assert_int_equal(listen(ranks[0].listener, 0), 0);
	join(1, MUSTER_FOLLOWS);
	assert_int_equal(pthread_create(&thread, NULL, join_last, &r), 0);
	while (!muster_is_complete(&ranks[0]) && r == 1)
		assert_int_equal(muster_take(&ranks[0]), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(r, 0);
	assert_int_equal(ranks[2].role, MUSTER_FOLLOWS);
}

static void who_goes_without_a_word_was_killed(void **state)
{
	(void)state;
	join_all();
	muster_go(&ranks[0]);
	muster_say_goodbye(&ranks[1]);
	muster_leave(&ranks[1]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_int_equal(ranks[0].n_killed, 0);
	muster_leave(&ranks[2]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_int_equal(ranks[0].n_killed, 1);
	assert_int_equal(ranks[0].n_started, 2);
	assert_int_equal(muster_n_running(&ranks[0]), 0);
}

static void without_one_of_them_there_is_no_other_run(void **state)
{
	(void)state;
	join_all();
	muster_go(&ranks[0]);
	muster_done(&ranks[1]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_false(muster_is_whole(&ranks[0]));
	muster_done(&ranks[2]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_true(muster_is_whole(&ranks[0]));
	muster_say_goodbye(&ranks[2]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_false(muster_is_whole(&ranks[0]));
}

static void when_all_are_dismissed_there_is_no_other_run(void **state)
{
	(void)state;
	join_all();
	muster_go(&ranks[0]);
	muster_dismiss(&ranks[0], MUSTER_END, 0);
	for (size_t i = 1; i < N; i++)
		muster_done(&ranks[i]);
	assert_int_equal(muster_take(&ranks[0]), 0);
	assert_false(muster_is_whole(&ranks[0]));
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

static void last_words_reach_who_was_not_listened_to(void **state)
{
	(void)state;
	join_all();
	muster_done(&ranks[1]);
	muster_dismiss(&ranks[0], MUSTER_OVER, 0);
	muster_leave(&ranks[0]);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_OVER);
	assert_int_equal(muster_hear(&ranks[1]), MUSTER_LOST);
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
		cmocka_unit_test_setup_teardown(
			a_leader_that_is_met_while_it_is_killed_is_lost_once, start, end),
		cmocka_unit_test_setup_teardown(
			a_leader_of_another_measurement_is_not_lost, start, end),
		cmocka_unit_test_setup_teardown(
			more_than_the_kernel_lets_wait_are_let_in_one_by_one, start, end),
		cmocka_unit_test_setup_teardown(who_goes_without_a_word_was_killed, start, end),
		cmocka_unit_test_setup_teardown(
			without_one_of_them_there_is_no_other_run, start, end),
		cmocka_unit_test_setup_teardown(
			when_all_are_dismissed_there_is_no_other_run, start, end),
		cmocka_unit_test_setup_teardown(last_words_reach_all, start, end),
		cmocka_unit_test_setup_teardown(
			last_words_reach_who_was_not_listened_to, start, end),
		cmocka_unit_test_setup_teardown(other_options_are_told, start, end),
		cmocka_unit_test_setup_teardown(one_within_another_is_another, start, end),
		cmocka_unit_test_setup_teardown(a_program_may_run_again, start, end),
		cmocka_unit_test_setup_teardown(nothing_is_left_behind, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
