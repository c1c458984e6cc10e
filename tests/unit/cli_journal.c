/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/journal.h"

#include "fake_msrd.h"

#define CPU target_cpu(0)

static void changes_are_put_back_in_reverse_order(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {0};
	struct target cpu = CPU;
	unsigned n_failed = 0;

	(void)state;
	fake_add(&msrd, CPU, 1, 0xf0);
	fake_add(&msrd, CPU, 2, 0);
	assert_int_equal(journal_change(&journal, &msrd, &cpu, 1, 0x0f, 0x05), 0);
	assert_int_equal(journal_change(&journal, &msrd, &cpu, 2, 0xff, 0x11), 0);
	assert_int_equal(fake_find(&msrd, CPU, 1)->value, 0xf5);
	assert_int_equal(journal_restore(&journal, &msrd, &n_failed, NULL, 0), 0);
	assert_int_equal(n_failed, 0);
	assert_int_equal(fake_find(&msrd, CPU, 1)->value, 0xf0);
	assert_int_equal(fake_find(&msrd, CPU, 2)->value, 0);
	assert_int_equal(msrd.n_writes, 4);
	assert_int_equal(msrd.last_written[2], 2);
	assert_int_equal(msrd.last_written[3], 1);
	journal_deinit(&journal);
}

static void what_is_right_is_not_written(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {0};
	struct target cpu = CPU;
	unsigned n_failed = 0;

	(void)state;
	fake_add(&msrd, CPU, 1, 0x35);
	assert_int_equal(journal_change(&journal, &msrd, &cpu, 1, 0x0f, 0x05), 0);
	assert_int_equal(journal_restore(&journal, &msrd, &n_failed, NULL, 0), 0);
	assert_int_equal(msrd.n_writes, 0);
	journal_deinit(&journal);
}

static void bits_that_others_changed_meanwhile_stay(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {0};
	struct target cpu = CPU;
	unsigned n_failed = 0;

	(void)state;
	fake_add(&msrd, CPU, 1, 0);
	assert_int_equal(journal_change(&journal, &msrd, &cpu, 1, 0x0f, 0x05), 0);
	fake_find(&msrd, CPU, 1)->value |= 0x100;
	assert_int_equal(journal_restore(&journal, &msrd, &n_failed, NULL, 0), 0);
	assert_int_equal(fake_find(&msrd, CPU, 1)->value, 0x100);
	journal_deinit(&journal);
}

static void a_kept_register_is_put_back_when_it_moved(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {0};
	struct target cpu = CPU;
	unsigned n_failed = 0;
	uint64_t old = 0;

	(void)state;
	fake_add(&msrd, CPU, 1, 77);
	assert_int_equal(journal_keep(&journal, &msrd, &cpu, 1, UINT64_MAX, &old), 0);
	assert_int_equal(old, 77);
	assert_int_equal(msrd.n_writes, 0);
	fake_find(&msrd, CPU, 1)->value = 99;
	assert_int_equal(journal_restore(&journal, &msrd, &n_failed, NULL, 0), 0);
	assert_int_equal(fake_find(&msrd, CPU, 1)->value, 77);
	journal_deinit(&journal);
}

static void a_register_that_cannot_be_restored_does_not_stop_the_others(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {0};
	struct target cpu = CPU;
	unsigned n_failed = 0;
	char text[40] = "";

	(void)state;
	for (uint32_t reg = 1; reg <= 3; reg++) {
		fake_add(&msrd, CPU, reg, 0);
		assert_int_equal(journal_change(&journal, &msrd, &cpu, reg, 1, 1), 0);
	}
	fake_find(&msrd, CPU, 2)->write_result = MSRD_REFUSED;
	/* gone with its CPU: nothing to restore, no failure */
	fake_find(&msrd, CPU, 3)->read_result = MSRD_ABSENT;
	assert_int_equal(journal_restore(&journal, &msrd, &n_failed, text, sizeof text), 0);
	assert_int_equal(n_failed, 1);
	assert_string_equal(text, "the fake refuses");
	assert_int_equal(fake_find(&msrd, CPU, 1)->value, 0);
	journal_deinit(&journal);
}

static void another_daemon_restores_what_a_lost_one_left(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {.writes_left = 4};
	struct target cpu = CPU;
	unsigned n_failed = 0;

	(void)state;
	for (uint32_t reg = 1; reg <= 3; reg++) {
		fake_add(&msrd, CPU, reg, 0);
		assert_int_equal(journal_change(&journal, &msrd, &cpu, reg, 1, 1), 0);
	}
	assert_int_equal(journal_restore(&journal, &msrd, &n_failed, NULL, 0), -ECONNRESET);
	assert_int_equal(fake_find(&msrd, CPU, 1)->value, 1);
	msrd.writes_left = 0;
	assert_int_equal(journal_restore(&journal, &msrd, &n_failed, NULL, 0), 0);
	assert_int_equal(n_failed, 0);
	for (uint32_t reg = 1; reg <= 3; reg++)
		assert_int_equal(fake_find(&msrd, CPU, reg)->value, 0);
	journal_deinit(&journal);
}

static void a_register_that_cannot_be_read_is_not_touched(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {0};
	struct target cpu = CPU;

	(void)state;
	fake_add(&msrd, CPU, 1, 0)->read_result = MSRD_REFUSED;
	assert_int_equal(journal_change(&journal, &msrd, &cpu, 1, 1, 1), MSRD_REFUSED);
	assert_int_equal(journal.n_entries, 0);
	assert_int_equal(msrd.n_writes, 0);
	journal_deinit(&journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_put_back_in_reverse_order),
		cmocka_unit_test(what_is_right_is_not_written),
		cmocka_unit_test(bits_that_others_changed_meanwhile_stay),
		cmocka_unit_test(a_kept_register_is_put_back_when_it_moved),
		cmocka_unit_test(a_register_that_cannot_be_restored_does_not_stop_the_others),
		cmocka_unit_test(another_daemon_restores_what_a_lost_one_left),
		cmocka_unit_test(a_register_that_cannot_be_read_is_not_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
