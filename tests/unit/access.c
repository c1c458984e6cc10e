/* SPDX-License-Identifier: MIT */
/* One op at a time, with the shipped lists of 06_2D before devices of memory. */
#include "test.h"

#include "daemon/access.h"
#include "daemon/grant.h"
#include "daemon/lock.h"
#include "mock_device.h"

#include <stdlib.h>
#include <string.h>

struct world {
	struct mock msr, pci;
	struct policy policy;
	struct kept kept;
	struct access access;
	char lock[64]; /* a lock file of this test, if it made one */
};

static int set_up(void **state)
{
	static struct world world;
	struct site site;

	world = (struct world){.msr.device.ops = &mock_ops, .pci.device.ops = &mock_ops};
	site_init(&site);
	assert_int_equal(grant_anybody(&world.policy, arch_find(6, 0x2d), &site), 0);
	world.access = (struct access){
		.peer.uid = 1000,
		.policy = &world.policy,
		.devices = {&world.msr.device, &world.pci.device},
		.arch = arch_find(6, 0x2d),
		.kept = &world.kept,
		.lock_path = "/nonexistent",
	};
	*state = &world;
	return kept_init(&world.kept, 100);
}

/* Also after a test that failed. */
static int tear_down(void **state)
{
	struct world *world = *state;

	if (*world->lock)
		unlink(world->lock);
	kept_deinit(&world->kept);
	return 0;
}

/* This process's own, and not yet looked at. */
static void make_lock(struct world *world)
{
	strcpy(world->lock, "/tmp/msrd-test-lock-XXXXXX");
	int fd = mkstemp(world->lock);

	assert_true(fd >= 0);
	close(fd);
}

static struct op read_msr(uint32_t cpu, uint32_t reg)
{
	return (struct op){.verb = OP_READ, .place = place_at(place_of_cpu(cpu), reg)};
}

static struct op write_msr(uint32_t reg, uint64_t value)
{
	return (struct op){
		.verb = OP_WRITE, .place = place_at(place_of_cpu(0), reg), .value = value};
}

static enum op_status run(struct world *world, struct op op)
{
	access_run(&world->access, &op);
	return op.status;
}

static void allowed_read_reaches_the_device(void **state)
{
	struct world *world = *state;
	struct op op = read_msr(3, 0xce);

	world->msr.value = 0xc00e0001b00;
	access_run(&world->access, &op);
	assert_int_equal(op.status, OP_OK);
	assert_true(op.value == 0xc00e0001b00);
	assert_int_equal(world->msr.last.place.cpu, 3);
	assert_int_equal(world->msr.last.place.reg, 0xce);
}

static void refused_register_is_never_touched(void **state)
{
	struct world *world = *state;

	assert_int_equal(run(world, read_msr(0, 0x600)), OP_REFUSED);
	assert_int_equal(run(world, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(world->msr.n_reads + world->msr.n_writes, 0);
}

static void full_mask_is_written_without_a_look(void **state)
{
	struct world *world = *state;

	assert_int_equal(run(world, (struct op){.verb = OP_WRITE,
					    .place = place_at(place_of_unit(1, UNIT_IMC, 0), 0xa0),
					    .value = 7}),
		OP_OK);
	assert_int_equal(world->pci.n_reads, 0);
	assert_int_equal(world->pci.n_writes, 1);
	assert_int_equal(world->pci.last.place.package, 1);
	assert_int_equal(world->msr.n_writes, 0);
}

static void partial_mask_lets_read_modify_write_through(void **state)
{
	struct world *world = *state;

	world->msr.value = 0x850089;
	assert_int_equal(run(world, write_msr(0x1a0, 0x4000850089)), OP_OK);
	assert_int_equal(world->msr.n_reads, 1);
	assert_int_equal(world->msr.n_writes, 1);
	assert_true(world->msr.value == 0x4000850089);
}

static void write_that_changes_another_bit_is_refused_not_masked(void **state)
{
	struct world *world = *state;

	world->msr.value = 0x850089;
	assert_int_equal(run(world, write_msr(0x1a0, 0x4000850088)), OP_REFUSED);
	assert_int_equal(world->msr.n_writes, 0);
	assert_true(world->msr.value == 0x850089);
}

static void refusal_says_why(void **state)
{
	struct world *world = *state;

	assert_int_equal(run(world, read_msr(0, 0x600)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_NOT_LISTED);
	assert_int_equal(run(world, write_msr(0x186, 0x5300c0)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_CLEAR_ONLY);
	assert_int_equal(run(world, write_msr(0x1a0, 1)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_OUTSIDE_MASK);
	assert_true(world->access.refusal.bits == 1);
}

static void interrupt_that_stays_on_is_refused_without_a_look(void **state)
{
	struct world *world = *state;

	world->msr.value = 0x5100c0;
	assert_int_equal(run(world, write_msr(0x186, 0x5300c0)), OP_REFUSED);
	assert_int_equal(world->msr.n_reads + world->msr.n_writes, 0);
	assert_int_equal(run(world, write_msr(0x186, 0x4300c0)), OP_OK);
}

/* All registers of the mock hold the same: the counter's old value is its select's too. */
static void counter_whose_interrupt_is_on_is_not_written(void **state)
{
	static const uint32_t counters[] = {0xc1, 0x4c1, 0xc8, 0x4c8};
	struct world *world = *state;

	for (size_t i = 0; i < 4; i++) {
		world->msr.value = 0x5100c0;
		assert_int_equal(run(world, write_msr(counters[i], 0xffffffffffff)), OP_REFUSED);
		assert_int_equal(world->access.refusal.reason, POLICY_KERNELS);
		assert_int_equal(world->msr.n_writes, 0);
	}
	world->msr.value = 0x4100c0;
	assert_int_equal(run(world, write_msr(0xc1, 7)), OP_OK);
	assert_int_equal(world->msr.n_writes, 1);
}

static void fixed_counter_whose_interrupt_is_on_is_not_written(void **state)
{
	struct world *world = *state;

	world->msr.value = 0x0b0;
	assert_int_equal(run(world, write_msr(0x30a, 0)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_KERNELS);
	assert_int_equal(run(world, write_msr(0x309, 7)), OP_OK);
	world->msr.value = 0x0b0;
	assert_int_equal(run(world, write_msr(0x30b, 7)), OP_OK);
}

static void counter_whose_control_can_not_be_read_is_not_written(void **state)
{
	struct world *world = *state;

	world->msr.status = OP_FAILED;
	assert_int_equal(run(world, write_msr(0xc1, 0)), OP_FAILED);
	assert_int_equal(world->msr.n_writes, 0);
}

static void only_counters_of_the_core_cost_a_look_at_their_control(void **state)
{
	struct world *world = *state;

	assert_int_equal(run(world, write_msr(0x186, 0x4100c0)), OP_OK);
	assert_int_equal(world->msr.n_reads, 1);
	world->msr.value = 0;
	assert_int_equal(run(world, write_msr(0x38f, 1)), OP_OK);
	assert_int_equal(world->msr.n_reads, 2);
	assert_int_equal(run(world, read_msr(0, 0xc1)), OP_OK);
	assert_int_equal(world->msr.n_reads, 3);
	world->msr.value = 0;
	assert_int_equal(run(world, write_msr(0xc1, 1)), OP_OK);
	assert_int_equal(world->msr.n_reads, 5);
}

static void write_whose_old_value_can_not_be_read_is_not_done(void **state)
{
	struct world *world = *state;

	world->msr.status = OP_FAILED;
	assert_int_equal(run(world, write_msr(0x186, 1)), OP_FAILED);
	assert_int_equal(world->msr.n_writes, 0);
}

static void check_touches_no_register(void **state)
{
	struct world *world = *state;

	assert_int_equal(
		run(world, (struct op){.verb = OP_CHECK, .place = place_of_unit(1, UNIT_HA, 0)}),
		OP_OK);
	assert_int_equal(world->pci.n_checks, 1);
	assert_int_equal(world->pci.n_reads + world->pci.n_writes, 0);
}

static void what_the_wire_knows_to_be_absent_stays_so(void **state)
{
	struct world *world = *state;
	struct op op = read_msr(0, 0xce);

	op.status = OP_ABSENT;
	assert_int_equal(run(world, op), OP_ABSENT);
	assert_int_equal(world->msr.n_reads, 0);
}

static void unready_daemon_answers_every_access_with_the_reason(void **state)
{
	struct world *world = *state;
	struct policy nothing = {.n_lists = 0};

	world->access.unready = OP_UNSUPPORTED;
	world->access.devices[OP_MSR] = world->access.devices[OP_PCI] = NULL;
	world->access.policy = &nothing;
	assert_int_equal(run(world, read_msr(0, 0xce)), OP_UNSUPPORTED);
	assert_int_equal(run(world, write_msr(0x186, 0)), OP_UNSUPPORTED);
	assert_int_equal(
		run(world, (struct op){.verb = OP_CHECK, .place = place_of_unit(0, UNIT_IMC, 0)}),
		OP_UNSUPPORTED);
}

static void foreign_lock_file_locks_every_access(void **state)
{
	struct world *world = *state;
	struct op absent = read_msr(99, 0xce);

	make_lock(world);
	absent.status = OP_ABSENT;
	world->access.lock_path = world->lock;
	world->access.peer.uid = geteuid() + 1;
	assert_int_equal(run(world, read_msr(0, 0xce)), OP_LOCKED);
	assert_int_equal(run(world, (struct op){.verb = OP_CHECK}), OP_LOCKED);
	assert_int_equal(run(world, absent), OP_LOCKED);
	assert_int_equal(world->msr.n_reads, 0);

	world->access.peer.uid = geteuid();
	assert_int_equal(run(world, read_msr(0, 0xce)), OP_OK);
	world->access.peer.uid = geteuid() + 1;
	unlink(world->lock);
	assert_int_equal(run(world, read_msr(0, 0xce)), OP_OK);
}

static void owner_of_the_lock_file_may_more_while_it_is_his(void **state)
{
	struct world *world = *state;
	struct grant grant;
	struct site site;

	make_lock(world);
	site_init(&site);
	assert_int_equal(grant_peer(&grant, arch_find(6, 0x2d), &site, &world->access.peer), 0);
	world->access.policy = &grant.policy;
	world->access.owner_policy = &grant.owner;
	world->access.peer.uid = geteuid();
	assert_int_equal(run(world, write_msr(0x1a4, 1)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_OWNERS);
	assert_int_equal(run(world, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_NOT_LISTED);
	world->access.lock_path = world->lock;
	assert_int_equal(run(world, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_NOT_LISTED);
	assert_int_equal(run(world, write_msr(0x1a4, 1)), OP_OK);
	unlink(world->lock);
	assert_int_equal(run(world, write_msr(0x1a4, 0)), OP_REFUSED);
}

static void refusal_of_what_a_profile_has_that_is_off_says_so(void **state)
{
	struct world *world = *state;
	struct grant grant;
	struct site site;

	site_init(&site);
	assert_int_equal(grant_peer(&grant, arch_find(6, 0x2d), &site, &world->access.peer), 0);
	world->access.policy = &grant.policy;
	world->access.owner_policy = &grant.owner;
	world->access.anybody = &grant.anybody;
	assert_int_equal(run(world, write_msr(0x1b0, 1)), OP_REFUSED); /* power's */
	assert_int_equal(world->access.refusal.reason, POLICY_OTHERS);
	assert_int_equal(run(world, write_msr(0x1a4, 1)), OP_REFUSED); /* features' */
	assert_int_equal(world->access.refusal.reason, POLICY_OWNERS);
	assert_int_equal(run(world, write_msr(0x611, 1)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_READ_ONLY);
	assert_int_equal(run(world, write_msr(0x186, 1ull << 20)), OP_REFUSED);
	assert_int_equal(world->access.refusal.reason, POLICY_CLEAR_ONLY);
	assert_int_equal(world->msr.n_writes, 0);
}

static void lock_that_can_not_be_looked_at_is_a_lock(void **state)
{
	bool is_own = true;

	(void)state;
	assert_int_equal(lock_check("/proc/self/status/lock", geteuid(), &is_own), OP_LOCKED);
	assert_false(is_own);
	assert_int_equal(lock_check("/nonexistent/lock", geteuid(), &is_own), OP_OK);
	assert_false(is_own);
}

static void lock_that_is_a_dangling_link_is_a_lock(void **state)
{
	char folder[] = "/tmp/msrd-test-link-XXXXXX";
	char path[64];
	bool is_own;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/lock", folder);
	assert_int_equal(symlink("/nonexistent", path), 0);
	assert_int_equal(lock_check(path, geteuid() + 1, &is_own), OP_LOCKED);
	unlink(path);
	rmdir(folder);
}

static void ten_refusals_a_second_are_logged_and_the_rest_counted(void **state)
{
	struct refusals refusals = {0};

	(void)state;
	for (int second = 0; second < 3; second++) {
		int logged = 0;
		for (int i = 0; i < 25; i++)
			logged += refusals_may_log(&refusals, 5000 + 1000 * second + i);
		assert_int_equal(logged, 10);
		assert_int_equal(refusals_take_suppressed(&refusals), 15);
		assert_int_equal(refusals_take_suppressed(&refusals), 0);
	}
}

#define ACCESS_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ACCESS_TEST(allowed_read_reaches_the_device),
		ACCESS_TEST(refused_register_is_never_touched),
		ACCESS_TEST(full_mask_is_written_without_a_look),
		ACCESS_TEST(partial_mask_lets_read_modify_write_through),
		ACCESS_TEST(write_that_changes_another_bit_is_refused_not_masked),
		ACCESS_TEST(refusal_says_why),
		ACCESS_TEST(interrupt_that_stays_on_is_refused_without_a_look),
		ACCESS_TEST(counter_whose_interrupt_is_on_is_not_written),
		ACCESS_TEST(fixed_counter_whose_interrupt_is_on_is_not_written),
		ACCESS_TEST(counter_whose_control_can_not_be_read_is_not_written),
		ACCESS_TEST(only_counters_of_the_core_cost_a_look_at_their_control),
		ACCESS_TEST(write_whose_old_value_can_not_be_read_is_not_done),
		ACCESS_TEST(check_touches_no_register),
		ACCESS_TEST(what_the_wire_knows_to_be_absent_stays_so),
		ACCESS_TEST(unready_daemon_answers_every_access_with_the_reason),
		ACCESS_TEST(foreign_lock_file_locks_every_access),
		ACCESS_TEST(owner_of_the_lock_file_may_more_while_it_is_his),
		ACCESS_TEST(refusal_of_what_a_profile_has_that_is_off_says_so),
		ACCESS_TEST(lock_that_can_not_be_looked_at_is_a_lock),
		ACCESS_TEST(lock_that_is_a_dangling_link_is_a_lock),
		cmocka_unit_test(ten_refusals_a_second_are_logged_and_the_rest_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
