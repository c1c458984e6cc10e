/* SPDX-License-Identifier: MIT */
/* One op at a time, with the shipped lists of 06_2D before devices of memory. */
#include "daemon/access.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/grant.h"
#include "mock_device.h"
#include "node/lock.h"
#include "util/clock.h"

struct scene {
	struct mock msr, pci;
	struct device *devices[OP_N_SPACES];
	struct policy policy;
	struct kept kept;
	struct access access;
	char lock[64]; /* a lock file of this test, if it made one */
};

static int set_up(void **state)
{
	static struct scene scene;
	struct site site;

	scene = (struct scene){.msr.device.ops = &mock_ops, .pci.device.ops = &mock_ops};
	scene.devices[OP_MSR] = &scene.msr.device;
	scene.devices[OP_PCI] = &scene.pci.device;
	site_init(&site);
	assert_int_equal(grant_anybody(&scene.policy, arch_find(6, 0x2d), &site), 0);
	scene.access = (struct access){
		.peer.uid = 1000,
		.policy = &scene.policy,
		.devices = scene.devices,
		.arch = arch_find(6, 0x2d),
		.kept = &scene.kept,
		.lock_path = "/nonexistent",
	};
	*state = &scene;
	return kept_init(&scene.kept, 100);
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	kept_deinit(&scene->kept);
	/* also after a test that failed */
	if (*scene->lock)
		unlink(scene->lock);
	return 0;
}

/* This process's own, and not yet looked at. */
static void make_lock(struct scene *scene)
{
	strcpy(scene->lock, "/tmp/msrd-test-lock-XXXXXX");
	int fd = mkstemp(scene->lock);

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

static enum op_status run(struct scene *scene, struct op op)
{
	access_run(&scene->access, &(struct batch){.ops = &op, .n = 1}, NULL, NULL);
	return op.status;
}

static void allowed_read_reaches_the_device(void **state)
{
	struct scene *scene = *state;
	struct op op = read_msr(3, 0xce);

	scene->msr.value = 0xc00e0001b00;
	access_run(&scene->access, &(struct batch){.ops = &op, .n = 1}, NULL, NULL);
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

/* The time is the tests': what takes long on this machine is no matter. */
static uint64_t time_ns = CLOCK_SECOND_NS;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	*now = (struct timespec){
		(time_t)(time_ns / CLOCK_SECOND_NS), (long)(time_ns % CLOCK_SECOND_NS)};
	return 0;
}

/* An event select, after whose first reads the daemon gets no processor for a while. */
struct held_up {
	struct mock mock;
	unsigned n_held_up;
	uint64_t meanwhile; /* what the kernel makes of it in that time */
	const char *lock;   /* taken away in that time; NULL: none is */
	uint64_t write_ns;  /* what a write takes */
};

static void held_up_access_one(struct device *device, struct op *op)
{
	struct held_up *held_up = (struct held_up *)device;

	mock_access_one(device, op);
	if (op->verb == OP_WRITE)
		time_ns += held_up->write_ns;
	if (op->verb != OP_READ || held_up->mock.n_reads > held_up->n_held_up)
		return;
	held_up->mock.value = held_up->meanwhile;
	if (held_up->lock)
		unlink(held_up->lock);
	time_ns += CLOCK_SECOND_NS / 50;
}

static void held_up_access(struct device *device, struct op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		held_up_access_one(device, &ops[i]);
}

static const struct device_ops held_up_ops = {.access = held_up_access};

static void look_that_has_grown_old_is_no_reason_to_write(void **state)
{
	struct scene *scene = *state;
	/* INT is off in the first, and on in the second */
	struct held_up select = {.mock = {.device.ops = &held_up_ops, .value = 0x4100c5},
		.n_held_up = 1,
		.meanwhile = 0x5300c5};

	scene->devices[OP_MSR] = &select.mock.device;
	assert_int_equal(run(scene, write_msr(0xc1, (UINT64_C(1) << 48) - 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_KERNELS);
	assert_int_equal(select.mock.n_reads, 2);
	assert_int_equal(select.mock.n_writes, 0);

	/* MISC_ENABLE: a bit that is not the user's is not put back to what it was */
	select.mock = (struct mock){.device.ops = &held_up_ops, .value = 0x850089};
	select.meanwhile = 0x810089;
	assert_int_equal(run(scene, write_msr(0x1a0, 0x4000850089)), OP_REFUSED);
	assert_int_equal(select.mock.n_writes, 0);
	/* ... and what has not changed is written */
	assert_int_equal(run(scene, write_msr(0x1a0, 0x4000810089)), OP_OK);
	assert_int_equal(select.mock.n_writes, 1);
}

static void lock_file_that_goes_while_the_daemon_is_held_up_has_gone(void **state)
{
	struct scene *scene = *state;
	struct held_up feature = {.mock.device.ops = &held_up_ops, .n_held_up = 1};
	struct policy nothing = {.n_lists = 0};

	make_lock(scene);
	feature.lock = scene->lock;
	scene->devices[OP_MSR] = &feature.mock.device;
	scene->access = (struct access){
		.peer.uid = geteuid(),
		.policy = &nothing,
		.owner_policy = &scene->policy,
		.devices = scene->devices,
		.arch = scene->access.arch,
		.kept = &scene->kept,
		.lock_path = scene->lock,
	};
	assert_int_equal(run(scene, write_msr(0x186, 0x4300c0)), OP_REFUSED);
	assert_int_equal(feature.mock.n_writes, 0);
}

static void daemon_that_is_held_up_for_ever_writes_nothing_and_says_busy(void **state)
{
	struct scene *scene = *state;
	struct held_up select = {.mock = {.device.ops = &held_up_ops, .value = 0x4100c5},
		.n_held_up = UINT32_MAX,
		.meanwhile = 0x4100c5};

	scene->devices[OP_MSR] = &select.mock.device;
	assert_int_equal(run(scene, write_msr(0xc1, 1)), OP_BUSY);
	assert_int_equal(select.mock.n_writes, 0);
}

static void batch_of_which_the_last_comes_late_is_written_wholly(void **state)
{
	struct scene *scene = *state;
	struct held_up counter = {
		.mock.device.ops = &held_up_ops, .write_ns = CLOCK_SECOND_NS * 2 / 3};
	struct op ops[4];
	struct batch batch = {.ops = ops, .n = 4};

	scene->devices[OP_MSR] = &counter.mock.device;
	for (size_t i = 0; i < batch.n; i++)
		ops[i] = write_msr(0xc1, i);
	access_run(&scene->access, &batch, NULL, NULL);
	for (size_t i = 0; i < batch.n; i++)
		assert_int_equal(ops[i].status, OP_OK);
	assert_int_equal(counter.mock.n_writes, 4);
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
	scene->devices[OP_MSR] = scene->devices[OP_PCI] = NULL;
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
	struct op absent = read_msr(99, 0xce);

	make_lock(scene);
	absent.status = OP_ABSENT;
	scene->access.lock_path = scene->lock;
	scene->access.peer.uid = geteuid() + 1;
	assert_int_equal(run(scene, read_msr(0, 0xce)), OP_LOCKED);
	assert_int_equal(run(scene, (struct op){.verb = OP_CHECK}), OP_LOCKED);
	assert_int_equal(run(scene, absent), OP_LOCKED);
	assert_int_equal(scene->msr.n_reads, 0);

	scene->access.peer.uid = geteuid();
	assert_int_equal(run(scene, read_msr(0, 0xce)), OP_OK);
	scene->access.peer.uid = geteuid() + 1;
	unlink(scene->lock);
	assert_int_equal(run(scene, read_msr(0, 0xce)), OP_OK);
}

static void owner_of_the_lock_file_may_more_while_it_is_his(void **state)
{
	struct scene *scene = *state;
	struct grant grant;
	struct site site;

	make_lock(scene);
	site_init(&site);
	assert_int_equal(grant_peer(&grant, arch_find(6, 0x2d), &site, &scene->access.peer), 0);
	scene->access.policy = &grant.policy;
	scene->access.owner_policy = &grant.owner;
	scene->access.peer.uid = geteuid();
	assert_int_equal(run(scene, write_msr(0x1a4, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_OWNERS);
	assert_int_equal(run(scene, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_NOT_LISTED);
	scene->access.lock_path = scene->lock;
	assert_int_equal(run(scene, write_msr(0x600, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_NOT_LISTED);
	assert_int_equal(run(scene, write_msr(0x1a4, 1)), OP_OK);
	unlink(scene->lock);
	assert_int_equal(run(scene, write_msr(0x1a4, 0)), OP_REFUSED);
}

static void refusal_of_what_a_profile_has_that_is_off_says_so(void **state)
{
	struct scene *scene = *state;
	struct grant grant;
	struct site site;

	site_init(&site);
	assert_int_equal(grant_peer(&grant, arch_find(6, 0x2d), &site, &scene->access.peer), 0);
	scene->access.policy = &grant.policy;
	scene->access.owner_policy = &grant.owner;
	scene->access.anybody = &grant.anybody;
	assert_int_equal(run(scene, write_msr(0x1b0, 1)), OP_REFUSED); /* power's */
	assert_int_equal(scene->access.refusal.reason, POLICY_OTHERS);
	assert_int_equal(run(scene, write_msr(0x1a4, 1)), OP_REFUSED); /* features' */
	assert_int_equal(scene->access.refusal.reason, POLICY_OWNERS);
	assert_int_equal(run(scene, write_msr(0x611, 1)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_READ_ONLY);
	assert_int_equal(run(scene, write_msr(0x186, 1ull << 20)), OP_REFUSED);
	assert_int_equal(scene->access.refusal.reason, POLICY_CLEAR_ONLY);
	assert_int_equal(scene->msr.n_writes, 0);
}

/* Three that may and, in their middle, one that may not. */
static void fill(struct op ops[4])
{
	ops[0] = read_msr(1, 0xce);
	ops[1] = read_msr(2, 0x600);
	ops[2] = (struct op){.verb = OP_WRITE,
		.place = place_at(place_of_unit(1, UNIT_IMC, 0), 0xa0),
		.value = 7};
	ops[3] = read_msr(3, 0xce);
}

static void assert_statuses(const struct op ops[4], const enum op_status expected[4])
{
	for (size_t i = 0; i < 4; i++)
		if (ops[i].status != expected[i])
			fail_msg("op %zu: %s, not %s", i, op_status_text(ops[i].status),
				op_status_text(expected[i]));
}

static void run_batch(struct scene *scene, struct op ops[4], enum batch_mode mode)
{
	struct batch batch = {.ops = ops, .n = 4, .mode = mode};
	uint64_t before = clock_now_ns();

	access_run(&scene->access, &batch, NULL, NULL);
	assert_true(before <= batch.begin_ns && batch.begin_ns <= batch.end_ns);
	assert_true(batch.end_ns <= clock_now_ns());
}

static void batch_where_each_is_for_itself_does_all_that_may(void **state)
{
	struct scene *scene = *state;
	struct op ops[4];

	fill(ops);
	run_batch(scene, ops, BATCH_EACH);
	assert_statuses(ops, (enum op_status[]){OP_OK, OP_REFUSED, OP_OK, OP_OK});
	assert_int_equal(scene->msr.n_reads, 2);
	assert_int_equal(scene->pci.n_writes, 1);
	assert_int_equal(scene->access.counts.read, 2);
	assert_int_equal(scene->access.counts.written, 1);
	assert_int_equal(scene->access.counts.refused, 1);
}

static void batch_until_failure_tries_nothing_after_it(void **state)
{
	struct scene *scene = *state;
	struct op ops[4];

	fill(ops);
	run_batch(scene, ops, BATCH_UNTIL_FAILURE);
	assert_statuses(ops, (enum op_status[]){OP_OK, OP_REFUSED, OP_SKIPPED, OP_SKIPPED});
	assert_int_equal(scene->msr.n_reads, 1);
	assert_int_equal(scene->pci.n_writes, 0);
	assert_int_equal(scene->access.counts.failed, 0);

	/* the same for what fails at its turn */
	fill(ops);
	ops[1] = read_msr(2, 0xce);
	scene->msr.status = OP_FAILED;
	run_batch(scene, ops, BATCH_UNTIL_FAILURE);
	assert_statuses(ops, (enum op_status[]){OP_FAILED, OP_SKIPPED, OP_SKIPPED, OP_SKIPPED});
	assert_int_equal(scene->msr.n_reads, 2);
}

static void batch_of_all_or_none_touches_nothing_when_one_may_not(void **state)
{
	struct scene *scene = *state;
	struct op ops[4];

	fill(ops);
	run_batch(scene, ops, BATCH_ALL_OR_NONE);
	assert_statuses(ops, (enum op_status[]){OP_SKIPPED, OP_REFUSED, OP_SKIPPED, OP_SKIPPED});
	fill(ops);
	ops[1].status = OP_ABSENT; /* as the wire knows */
	run_batch(scene, ops, BATCH_ALL_OR_NONE);
	assert_statuses(ops, (enum op_status[]){OP_SKIPPED, OP_ABSENT, OP_SKIPPED, OP_SKIPPED});
	assert_int_equal(scene->msr.n_reads + scene->pci.n_writes, 0);
	fill(ops);
	ops[1] = read_msr(2, 0xce);
	run_batch(scene, ops, BATCH_ALL_OR_NONE);
	assert_statuses(ops, (enum op_status[]){OP_OK, OP_OK, OP_OK, OP_OK});
}

static void batch_is_judged_wholly_before_its_first_access(void **state)
{
	struct scene *scene = *state;
	/* allowed only by what the register holds at its turn: what the first op has written */
	struct op ops[4] = {write_msr(0x186, 0x4300c0), write_msr(0x186, 0x4300c0),
		write_msr(0x186, UINT64_C(1) << 63), read_msr(0, 0xce)};

	run_batch(scene, ops, BATCH_ALL_OR_NONE);
	assert_int_equal(ops[3].status, OP_OK); /* bits outside a mask show at their turn */
	assert_statuses(ops, (enum op_status[]){OP_OK, OP_OK, OP_REFUSED, OP_OK});
	ops[2] = write_msr(0x186, UINT64_C(1) << 20); /* clear-only: that is known before */
	ops[0].status = ops[1].status = ops[3].status = OP_OK;
	scene->msr.n_writes = 0;
	run_batch(scene, ops, BATCH_ALL_OR_NONE);
	assert_statuses(ops, (enum op_status[]){OP_SKIPPED, OP_SKIPPED, OP_REFUSED, OP_SKIPPED});
	assert_int_equal(scene->msr.n_writes, 0);
}

static void remember_reason(void *closure, const struct access *access, size_t i)
{
	enum policy_reason *reasons = closure;

	reasons[i] = access->refusal.reason;
}

static void each_refusal_of_a_batch_says_why(void **state)
{
	struct scene *scene = *state;
	enum policy_reason reasons[4] = {POLICY_N_REASONS};
	struct op ops[4] = {write_msr(0x600, 1), write_msr(0x611, 1), write_msr(0x186, 1ull << 20),
		write_msr(0x186, UINT64_C(1) << 63)};
	struct batch batch = {.ops = ops, .n = 4};

	access_run(&scene->access, &batch, remember_reason, reasons);
	assert_int_equal(reasons[0], POLICY_NOT_LISTED);
	assert_int_equal(reasons[1], POLICY_READ_ONLY);
	assert_int_equal(reasons[2], POLICY_CLEAR_ONLY);
	assert_int_equal(reasons[3], POLICY_OUTSIDE_MASK);
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
		ACCESS_TEST(look_that_has_grown_old_is_no_reason_to_write),
		ACCESS_TEST(lock_file_that_goes_while_the_daemon_is_held_up_has_gone),
		ACCESS_TEST(daemon_that_is_held_up_for_ever_writes_nothing_and_says_busy),
		ACCESS_TEST(check_touches_no_register),
		ACCESS_TEST(what_the_wire_knows_to_be_absent_stays_so),
		ACCESS_TEST(unready_daemon_answers_every_access_with_the_reason),
		ACCESS_TEST(foreign_lock_file_locks_every_access),
		ACCESS_TEST(owner_of_the_lock_file_may_more_while_it_is_his),
		ACCESS_TEST(refusal_of_what_a_profile_has_that_is_off_says_so),
		ACCESS_TEST(batch_of_which_the_last_comes_late_is_written_wholly),
		ACCESS_TEST(batch_where_each_is_for_itself_does_all_that_may),
		ACCESS_TEST(batch_until_failure_tries_nothing_after_it),
		ACCESS_TEST(batch_of_all_or_none_touches_nothing_when_one_may_not),
		ACCESS_TEST(batch_is_judged_wholly_before_its_first_access),
		ACCESS_TEST(each_refusal_of_a_batch_says_why),
		ACCESS_TEST(lock_that_can_not_be_looked_at_is_a_lock),
		ACCESS_TEST(lock_that_is_a_dangling_link_is_a_lock),
		cmocka_unit_test(ten_refusals_a_second_are_logged_and_the_rest_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
