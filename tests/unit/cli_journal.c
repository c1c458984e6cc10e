/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/measure/journal.h"
#include "fake_msrd.h"

#define CPU	   place_of_cpu(0)
#define AT(number) ((struct place){.space = OP_MSR, .reg = (number)})

/* A measurement that begins: what it changes is written when it has said all. */
static struct cache begin(struct msrd *msrd)
{
	struct cache cache;

	cache_init(&cache, msrd);
	return cache;
}

static void write_all(struct journal *journal, struct cache *cache)
{
	assert_int_equal(journal_write(journal, cache), 0);
	cache_deinit(cache);
}

static void changes_are_put_back_in_reverse_order(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	fake_add(&msrd, CPU, 1, 0xf0);
	fake_add(&msrd, CPU, 2, 0);
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 0x0f, 0x05, &cause), 0);
	assert_int_equal(journal_change(&journal, &cache, &AT(2), 0xff, 0x11, &cause), 0);
	write_all(&journal, &cache);
	assert_int_equal(fake_find(&msrd, AT(1))->value, 0xf5);
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(failures.n, 0);
	assert_int_equal(fake_find(&msrd, AT(1))->value, 0xf0);
	assert_int_equal(fake_find(&msrd, AT(2))->value, 0);
	assert_int_equal(msrd.n_writes, 4);
	assert_int_equal(msrd.last_written[2], 2);
	assert_int_equal(msrd.last_written[3], 1);
	journal_deinit(&journal);
}

/* What a register was is known, here and to others, before the first of them is another. */
static void nothing_is_written_before_all_is_noted(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	uint64_t value;

	(void)state;
	fake_add(&msrd, CPU, 1, 0xf0);
	fake_add(&msrd, CPU, 2, 7);
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 0x0f, 0x05, &cause), 0);
	assert_int_equal(journal_keep(&journal, &cache, &AT(2), UINT64_MAX), 0);
	assert_int_equal(msrd.n_writes, 0);
	assert_int_equal(journal.claims.n, 2);
	assert_true(journal.claims.list[0].old == 0xf0);
	assert_true(journal.claims.list[1].old == 7);
	/* who looks finds what will be there */
	assert_int_equal(journal_original(&journal, &cache, &AT(1), &value), 0);
	assert_true(value == 0xf5);
	write_all(&journal, &cache);
	assert_int_equal(fake_find(&msrd, AT(1))->value, 0xf5);
	journal_deinit(&journal);
}

static void notice(void *closure, const struct place *place)
{
	*(uint32_t *)closure = place->reg;
}

/* What was never set is not missed. */
static void who_looks_finds_what_somebody_else_changed_and_nothing_that_was_refused(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	uint32_t changed = 0;

	(void)state;
	fake_add(&msrd, CPU, 1, 0)->write_result = MSRD_REFUSED;
	fake_add(&msrd, CPU, 2, 0);
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 1, 1, &cause), 0);
	assert_int_equal(journal_change(&journal, &cache, &AT(2), 1, 1, &cause), 0);
	write_all(&journal, &cache);
	assert_string_equal(cause.text, "the fake refuses");
	assert_int_equal(journal_look(&journal, &msrd, notice, &changed), 0);
	assert_int_equal(changed, 0);
	fake_find(&msrd, AT(2))->value = 0x10;
	assert_int_equal(journal_look(&journal, &msrd, notice, &changed), 0);
	assert_int_equal(changed, 2);
	journal_deinit(&journal);
}

static void what_is_right_is_not_written(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	fake_add(&msrd, CPU, 1, 0x35);
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 0x0f, 0x05, &cause), 0);
	write_all(&journal, &cache);
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(msrd.n_writes, 0);
	journal_deinit(&journal);
}

static void bits_that_others_changed_meanwhile_stay(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	fake_add(&msrd, CPU, 1, 0);
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 0x0f, 0x05, &cause), 0);
	write_all(&journal, &cache);
	fake_find(&msrd, AT(1))->value |= 0x100;
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(fake_find(&msrd, AT(1))->value, 0x100);
	journal_deinit(&journal);
}

static void a_kept_register_is_put_back_when_it_moved(void **state)
{
	struct journal journal = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	fake_add(&msrd, CPU, 1, 77);
	assert_int_equal(journal_keep(&journal, &cache, &AT(1), UINT64_MAX), 0);
	write_all(&journal, &cache);
	assert_int_equal(msrd.n_writes, 0);
	fake_find(&msrd, AT(1))->value = 99;
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(fake_find(&msrd, AT(1))->value, 77);
	journal_deinit(&journal);
}

static void a_register_that_cannot_be_restored_does_not_stop_the_others(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	for (uint32_t reg = 1; reg <= 3; reg++) {
		fake_add(&msrd, CPU, reg, 0);
		assert_int_equal(journal_change(&journal, &cache, &AT(reg), 1, 1, &cause), 0);
	}
	write_all(&journal, &cache);
	fake_find(&msrd, AT(2))->write_result = MSRD_REFUSED;
	/* gone with its CPU: nothing to restore, no failure */
	fake_find(&msrd, AT(3))->read_result = MSRD_ABSENT;
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(failures.n, 1);
	assert_string_equal(failures.first, "the fake refuses");
	assert_int_equal(fake_find(&msrd, AT(1))->value, 0);
	journal_deinit(&journal);
}

static void what_is_another_users_now_stays_to_be_put_back(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	for (uint32_t reg = 1; reg <= 2; reg++) {
		fake_add(&msrd, CPU, reg, 0);
		assert_int_equal(journal_change(&journal, &cache, &AT(reg), 1, 1, &cause), 0);
	}
	write_all(&journal, &cache);
	/* since before it was read, or since it was */
	for (unsigned i = 0; i < 2; i++) {
		fake_find(&msrd, AT(1))->read_result = i == 0 ? MSRD_LOCKED : 0;
		fake_find(&msrd, AT(1))->write_result = MSRD_LOCKED;
		assert_int_equal(journal_restore(&journal, &msrd, &failures), -EBUSY);
		assert_int_equal(failures.n, 0);
		assert_int_equal(fake_find(&msrd, AT(1))->value, 1);
	}
	fake_find(&msrd, AT(1))->write_result = 0;
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(failures.n, 0);
	for (uint32_t reg = 1; reg <= 2; reg++)
		assert_int_equal(fake_find(&msrd, AT(reg))->value, 0);
	journal_deinit(&journal);
}

static void another_daemon_restores_what_a_lost_one_left(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {.writes_left = 4};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	for (uint32_t reg = 1; reg <= 3; reg++) {
		fake_add(&msrd, CPU, reg, 0);
		assert_int_equal(journal_change(&journal, &cache, &AT(reg), 1, 1, &cause), 0);
	}
	write_all(&journal, &cache);
	assert_int_equal(journal_restore(&journal, &msrd, &failures), -ECONNRESET);
	assert_int_equal(fake_find(&msrd, AT(1))->value, 1);
	msrd.writes_left = 0;
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(failures.n, 0);
	for (uint32_t reg = 1; reg <= 3; reg++)
		assert_int_equal(fake_find(&msrd, AT(reg))->value, 0);
	journal_deinit(&journal);
}

static void a_register_that_cannot_be_read_is_not_touched(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);

	(void)state;
	fake_add(&msrd, CPU, 1, 0)->read_result = MSRD_REFUSED;
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 1, 1, &cause), MSRD_REFUSED);
	write_all(&journal, &cache);
	assert_int_equal(journal.claims.n, 0);
	assert_int_equal(msrd.n_writes, 0);
	journal_deinit(&journal);
}

static void two_changes_of_a_register_are_both_put_back(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	fake_add(&msrd, CPU, 1, 0xa0);
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 0x0f, 0x05, &cause), 0);
	assert_int_equal(journal_change(&journal, &cache, &AT(1), 0xff, 0x66, &cause), 0);
	write_all(&journal, &cache);
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(fake_find(&msrd, AT(1))->value, 0xa0);
	journal_deinit(&journal);
}

/* A read and a write of what was programmed, and the same of what counts. */
static void however_many_registers_are_put_back_by_four_batches(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	for (uint32_t reg = 1; reg <= 40; reg += 2) {
		fake_add(&msrd, CPU, reg, 0);
		fake_add(&msrd, CPU, reg + 1, 7);
		assert_int_equal(journal_keep(&journal, &cache, &AT(reg + 1), UINT64_MAX), 0);
		assert_int_equal(journal_change(&journal, &cache, &AT(reg), 1, 1, &cause), 0);
		fake_find(&msrd, AT(reg + 1))->value = 99;
	}
	write_all(&journal, &cache);
	msrd.n_batches = 0;
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(msrd.n_batches, 4);
	for (uint32_t reg = 1; reg <= 40; reg += 2) {
		assert_int_equal(fake_find(&msrd, AT(reg))->value, 0);
		assert_int_equal(fake_find(&msrd, AT(reg + 1))->value, 7);
	}
	journal_deinit(&journal);
}

/* The counter goes on until its control is put back, and its old value is what it must read. */
static void a_counter_is_put_back_after_it_stands_still(void **state)
{
	struct journal journal = {0};
	struct cause cause = {0};
	struct msrd msrd = {0};
	struct cache cache = begin(&msrd);
	struct journal_failures failures = {0};

	(void)state;
	fake_add(&msrd, CPU, 1, 5);
	fake_add(&msrd, CPU, 2, 0);
	assert_int_equal(journal_change(&journal, &cache, &AT(2), 1, 1, &cause), 0);
	assert_int_equal(journal_keep(&journal, &cache, &AT(1), UINT64_MAX), 0);
	write_all(&journal, &cache);
	fake_find(&msrd, AT(1))->value = 6;
	msrd.n_writes = 0;
	assert_int_equal(journal_restore(&journal, &msrd, &failures), 0);
	assert_int_equal(msrd.n_writes, 2);
	assert_int_equal(msrd.last_written[0], 2);
	assert_int_equal(msrd.last_written[1], 1);
	journal_deinit(&journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_put_back_in_reverse_order),
		cmocka_unit_test(nothing_is_written_before_all_is_noted),
		cmocka_unit_test(
			who_looks_finds_what_somebody_else_changed_and_nothing_that_was_refused),
		cmocka_unit_test(what_is_right_is_not_written),
		cmocka_unit_test(bits_that_others_changed_meanwhile_stay),
		cmocka_unit_test(a_kept_register_is_put_back_when_it_moved),
		cmocka_unit_test(a_register_that_cannot_be_restored_does_not_stop_the_others),
		cmocka_unit_test(what_is_another_users_now_stays_to_be_put_back),
		cmocka_unit_test(another_daemon_restores_what_a_lost_one_left),
		cmocka_unit_test(a_register_that_cannot_be_read_is_not_touched),
		cmocka_unit_test(two_changes_of_a_register_are_both_put_back),
		cmocka_unit_test(however_many_registers_are_put_back_by_four_batches),
		cmocka_unit_test(a_counter_is_put_back_after_it_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
