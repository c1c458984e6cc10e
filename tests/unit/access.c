/* SPDX-License-Identifier: MIT */
/* One op at a time, with the shipped lists of 06_2D before devices of memory. */
#include "daemon/access.h"

#include "test.h"

#include <stdlib.h>

#include "daemon/grant.h"
#include "daemon/lock.h"
#include "mock_device.h"

struct scene {
	struct mock msr, pci;
	struct policy policy;
	struct access access;
};

static int set_up(void **state)
{
	static struct scene scene;
	struct site site;

	scene = (struct scene){.msr.device.ops = &mock_ops, .pci.device.ops = &mock_ops};
	site_init(&site);
	assert_int_equal(grant_anybody(&scene.policy, arch_find(6, 0x2d), &site), 0);
	scene.access = (struct access){
		.peer.uid = 1000,
		.policy = &scene.policy,
		.devices = {&scene.msr.device, &scene.pci.device},
		.lock_path = "/nonexistent",
	};
	*state = &scene;
	return 0;
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

static enum op_status run(struct scene *scene, struct op op)
{
	access_run(&scene->access, &op);
	return op.status;
}

static void allowed_read_reaches_the_device(void **state)
{
	struct scene *scene = *state;
	struct op op = read_msr(3, 0xce);

	scene->msr.value = 0xc00e0001b00;
	access_run(&scene->access, &op);
	assert_int_equal(op.status, OP_OK);
	assert_true(op.value == 0xc00e0001b00);
	assert_int_equal(scene->msr.last.place.cpu, 3);
	assert_int_equal(scene->msr.last.place.reg, 0xce);
}

static void refused_register_is_never_touched(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(run(scene, read_msr(0, 0x600)), OP_REFUSED);
	assert_int_equal(run(scene, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(scene->msr.n_reads + scene->msr.n_writes, 0);
}

static void full_mask_is_written_without_a_look(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(run(scene, (struct op){.verb = OP_WRITE,
					    .place = place_at(place_of_unit(1, UNIT_IMC, 0), 0xa0),
					    .value = 7}),
		OP_OK);
	assert_int_equal(scene->pci.n_reads, 0);
	assert_int_equal(scene->pci.n_writes, 1);
	assert_int_equal(scene->pci.last.place.package, 1);
	assert_int_equal(scene->msr.n_writes, 0);
}

static void partial_mask_lets_read_modify_write_through(void **state)
{
	struct scene *scene = *state;

	scene->msr.value = 0x850089;
	assert_int_equal(run(scene, write_msr(0x1a0, 0x4000850089)), OP_OK);
	assert_int_equal(scene->msr.n_reads, 1);
	assert_int_equal(scene->msr.n_writes, 1);
	assert_true(scene->msr.value == 0x4000850089);
}

static void write_that_changes_another_bit_is_refused_not_masked(void **state)
{
	struct scene *scene = *state;

	scene->msr.value = 0x850089;
	assert_int_equal(run(scene, write_msr(0x1a0, 0x4000850088)), OP_REFUSED);
	assert_int_equal(scene->msr.n_writes, 0);
	assert_true(scene->msr.value == 0x850089);
}

static void refusal_says_why(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(run(scene, read_msr(0, 0x600)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_NOT_LISTED);
	assert_int_equal(run(scene, write_msr(0x186, 0x5300c0)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_CLEAR_ONLY);
	assert_int_equal(run(scene, write_msr(0x1a0, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_OUTSIDE_MASK);
	assert_true(scene->access.refusal.bits == 1);
}

static void interrupt_that_stays_on_is_refused_without_a_look(void **state)
{
	struct scene *scene = *state;

	scene->msr.value = 0x5100c0;
	assert_int_equal(run(scene, write_msr(0x186, 0x5300c0)), OP_REFUSED);
	assert_int_equal(scene->msr.n_reads + scene->msr.n_writes, 0);
	assert_int_equal(run(scene, write_msr(0x186, 0x4300c0)), OP_OK);
}

/* All registers of the mock hold the same: the counter's old value is its select's too. */
static void counter_whose_interrupt_is_on_is_not_written(void **state)
{
	static const uint32_t counters[] = {0xc1, 0x4c1, 0xc8, 0x4c8};
	struct scene *scene = *state;

	for (size_t i = 0; i < 4; i++) {
		scene->msr.value = 0x5100c0;
		assert_int_equal(run(scene, write_msr(counters[i], 0xffffffffffff)), OP_REFUSED);
		assert_int_equal(scene->access.refusal.reason, POLICY_KERNELS);
		assert_int_equal(scene->msr.n_writes, 0);
	}
	scene->msr.value = 0x4100c0;
	assert_int_equal(run(scene, write_msr(0xc1, 7)), OP_OK);
	assert_int_equal(scene->msr.n_writes, 1);
}

static void fixed_counter_whose_interrupt_is_on_is_not_written(void **state)
{
	struct scene *scene = *state;

	scene->msr.value = 0x0b0;
	assert_int_equal(run(scene, write_msr(0x30a, 0)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_KERNELS);
	assert_int_equal(run(scene, write_msr(0x309, 7)), OP_OK);
	scene->msr.value = 0x0b0;
	assert_int_equal(run(scene, write_msr(0x30b, 7)), OP_OK);
}

static void counter_whose_control_can_not_be_read_is_not_written(void **state)
{
	struct scene *scene = *state;

	scene->msr.status = OP_FAILED;
	assert_int_equal(run(scene, write_msr(0xc1, 0)), OP_FAILED);
	assert_int_equal(scene->msr.n_writes, 0);
}

static void only_counters_of_the_core_cost_a_look_at_their_control(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(run(scene, write_msr(0x186, 0x4100c0)), OP_OK);
	assert_int_equal(scene->msr.n_reads, 1);
	scene->msr.value = 0;
	assert_int_equal(run(scene, write_msr(0x38f, 1)), OP_OK);
	assert_int_equal(scene->msr.n_reads, 2);
	assert_int_equal(run(scene, read_msr(0, 0xc1)), OP_OK);
	assert_int_equal(scene->msr.n_reads, 3);
	scene->msr.value = 0;
	assert_int_equal(run(scene, write_msr(0xc1, 1)), OP_OK);
	assert_int_equal(scene->msr.n_reads, 5);
}

static void write_whose_old_value_can_not_be_read_is_not_done(void **state)
{
	struct scene *scene = *state;

	scene->msr.status = OP_FAILED;
	assert_int_equal(run(scene, write_msr(0x186, 1)), OP_FAILED);
	assert_int_equal(scene->msr.n_writes, 0);
}

static void check_touches_no_register(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(
		run(scene, (struct op){.verb = OP_CHECK, .place = place_of_unit(1, UNIT_HA, 0)}),
		OP_OK);
	assert_int_equal(scene->pci.n_checks, 1);
	assert_int_equal(scene->pci.n_reads + scene->pci.n_writes, 0);
}

static void what_the_wire_knows_to_be_absent_stays_so(void **state)
{
	struct scene *scene = *state;
	struct op op = read_msr(0, 0xce);

	op.status = OP_ABSENT;
	assert_int_equal(run(scene, op), OP_ABSENT);
	assert_int_equal(scene->msr.n_reads, 0);
}

static void unready_daemon_answers_every_access_with_the_reason(void **state)
{
	struct scene *scene = *state;
	struct policy nothing = {.n_lists = 0};

	scene->access.unready = OP_UNSUPPORTED;
	scene->access.devices[OP_MSR] = scene->access.devices[OP_PCI] = NULL;
	scene->access.policy = &nothing;
	assert_int_equal(run(scene, read_msr(0, 0xce)), OP_UNSUPPORTED);
	assert_int_equal(run(scene, write_msr(0x186, 0)), OP_UNSUPPORTED);
	assert_int_equal(
		run(scene, (struct op){.verb = OP_CHECK, .place = place_of_unit(0, UNIT_IMC, 0)}),
		OP_UNSUPPORTED);
}

static void foreign_lock_file_locks_every_access(void **state)
{
	struct scene *scene = *state;
	char path[] = "/tmp/msrd-test-lock-XXXXXX";
	struct op absent = read_msr(99, 0xce);
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	absent.status = OP_ABSENT;
	scene->access.lock_path = path;
	scene->access.peer.uid = geteuid() + 1;
	assert_int_equal(run(scene, read_msr(0, 0xce)), OP_LOCKED);
	assert_int_equal(run(scene, (struct op){.verb = OP_CHECK}), OP_LOCKED);
	assert_int_equal(run(scene, absent), OP_LOCKED);
	assert_int_equal(scene->msr.n_reads, 0);

	scene->access.peer.uid = geteuid();
	assert_int_equal(run(scene, read_msr(0, 0xce)), OP_OK);
	scene->access.peer.uid = geteuid() + 1;
	unlink(path);
	assert_int_equal(run(scene, read_msr(0, 0xce)), OP_OK);
}

static void owner_of_the_lock_file_may_more_while_it_is_his(void **state)
{
	struct scene *scene = *state;
	char path[] = "/tmp/msrd-test-owner-XXXXXX";
	int fd = mkstemp(path);
	struct grant grant;
	struct site site;

	assert_true(fd >= 0);
	close(fd);
	site_init(&site);
	assert_int_equal(grant_peer(&grant, arch_find(6, 0x2d), &site, &scene->access.peer), 0);
	scene->access.policy = &grant.policy;
	scene->access.owner_policy = &grant.owner;
	scene->access.peer.uid = geteuid();
	assert_int_equal(run(scene, write_msr(0x1a4, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_OWNERS);
	assert_int_equal(run(scene, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_NOT_LISTED);
	scene->access.lock_path = path;
	assert_int_equal(run(scene, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_NOT_LISTED);
	assert_int_equal(run(scene, write_msr(0x1a4, 1)), OP_OK);
	unlink(path);
	assert_int_equal(run(scene, write_msr(0x1a4, 0)), OP_REFUSED);
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

#define ACCESS_TEST(f) cmocka_unit_test_setup(f, set_up)

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
		ACCESS_TEST(lock_that_can_not_be_looked_at_is_a_lock),
		ACCESS_TEST(lock_that_is_a_dangling_link_is_a_lock),
		cmocka_unit_test(ten_refusals_a_second_are_logged_and_the_rest_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
