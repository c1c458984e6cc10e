/* SPDX-License-Identifier: MIT */
/*
 * libmsrd without a daemon, on plain files as device files: a file of n bytes has registers up to
 * n - 8. Every call of msrd.h that can be made there does what it does with a daemon.
 */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "client/handle.h"
#include "sysroot.h"
#include "util/array.h"

#define N_CPUS 4
/* an address of the model's memory controllers, on the only package */
#define IMC0 "0000:7f:10.0"

struct bench {
	struct sysroot sysroot;
	char lock_path[80];
	struct msrd *msrd;
	int n_descriptors;
};

static unsigned only_package(uint32_t cpu)
{
	(void)cpu;
	return 0;
}

static void add_msr_file(const struct sysroot *sysroot, uint32_t cpu)
{
	const uint64_t values[4] = {0x100 + cpu, 0x200 + cpu, 0x300 + cpu, 0x123456789abcdef0};
	char path[32];

	snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu);
	sysroot_write(sysroot, path, 0, values, sizeof values);
}

static void open_handle(struct bench *bench)
{
	bench->msrd = calloc(1, sizeof *bench->msrd);
	bench->msrd->owner = getpid();
	pthread_mutex_init(&bench->msrd->lock, NULL);
	int r = handle_use_devices(bench->msrd, bench->sysroot.fd, bench->lock_path);
	if (r != 0) {
		fprintf(stderr, "%s\n", bench->msrd->text);
		free(bench->msrd);
		bench->msrd = NULL;
	}
	assert_int_equal(r, 0);
}

static int set_up_machine(void **state)
{
	static struct bench bench;

	bench.n_descriptors = test_count_descriptors();
	sysroot_init(&bench.sysroot);
	snprintf(bench.lock_path, sizeof bench.lock_path, "%s/lock", bench.sysroot.path);
	sysroot_add_cpus(&bench.sysroot, "0-3", N_CPUS - 1, only_package);
	for (uint32_t cpu = 0; cpu < N_CPUS; cpu++)
		add_msr_file(&bench.sysroot, cpu);
	sysroot_add_function(&bench.sysroot, IMC0, 0x3cb0, 256);
	sysroot_set_config(&bench.sysroot, IMC0, 0xf4, 0x10000);
	bench.msrd = NULL;
	*state = &bench;
	return 0;
}

static int set_up(void **state)
{
	set_up_machine(state);
	open_handle(*state);
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	msrd_close(bench->msrd);
	sysroot_deinit(&bench->sysroot);
	assert_int_equal(test_count_descriptors(), bench->n_descriptors);
	return 0;
}

static void assert_told(struct msrd *msrd, unsigned reason, const char *words)
{
	char text[MSRD_ERROR_SIZE];

	assert_int_equal(msrd_reason(msrd), reason);
	if (!strstr(msrd_error(msrd, text, sizeof text), words))
		fail_msg("\"%s\" does not say \"%s\"", text, words);
}

static struct msrd_op read_op(uint32_t cpu, uint32_t reg)
{
	return (struct msrd_op){.verb = MSRD_OP_READ, .device = cpu, .reg = reg};
}

static struct msrd_op write_op(uint32_t cpu, uint32_t reg, uint64_t value)
{
	return (struct msrd_op){.verb = MSRD_OP_WRITE, .device = cpu, .reg = reg, .value = value};
}

static void msr_is_read_and_written_without_a_daemon(void **state)
{
	struct bench *bench = *state;
	uint64_t value = 0;

	assert_int_equal(msrd_read(bench->msrd, 3, 8, &value), 0);
	assert_int_equal(value, 0x203);
	assert_int_equal(msrd_write(bench->msrd, 3, 8, 77), 0);
	assert_int_equal(msrd_read(bench->msrd, 3, 8, &value), 0);
	assert_int_equal(value, 77);
	assert_int_equal(msrd_read(bench->msrd, 2, 8, &value), 0);
	assert_int_equal(value, 0x202);
	assert_int_equal(msrd_check(bench->msrd, 0), 0);
	assert_int_equal(msrd_pid(bench->msrd), 0);
}

static void config_space_is_read_and_written_without_a_daemon(void **state)
{
	struct bench *bench = *state;
	uint32_t value = 0;

	assert_int_equal(msrd_pci_read(bench->msrd, 0, MSRD_UNIT_IMC, 0, 0xf4, &value), 0);
	assert_int_equal(value, 0x10000);
	assert_int_equal(msrd_pci_write(bench->msrd, 0, MSRD_UNIT_IMC, 0, 0xd8, 0x400304), 0);
	assert_int_equal(msrd_pci_read(bench->msrd, 0, MSRD_UNIT_IMC, 0, 0xd8, &value), 0);
	assert_int_equal(value, 0x400304);
	assert_int_equal(msrd_pci_check(bench->msrd, 0, MSRD_UNIT_IMC, 0), 0);
	assert_int_equal(msrd_pci_read(bench->msrd, 0, (enum msrd_unit)99, 0, 0, &value), -EINVAL);
	assert_int_equal(msrd_pci_check(bench->msrd, 0, MSRD_UNIT_IMC, 0), 0);
}

static void what_is_not_there_is_absent(void **state)
{
	struct bench *bench = *state;
	uint64_t value = 5;
	uint32_t dword = 5;

	assert_int_equal(msrd_read(bench->msrd, N_CPUS, 8, &value), MSRD_ABSENT);
	assert_told(bench->msrd, MSRD_REASON_NO_DEVICE, "CPU 4: no such device");
	assert_int_equal(msrd_check(bench->msrd, UINT32_MAX), MSRD_ABSENT);
	assert_int_equal(msrd_pci_read(bench->msrd, 0, MSRD_UNIT_HA, 0, 0, &dword), MSRD_ABSENT);
	assert_int_equal(msrd_pci_read(bench->msrd, 1, MSRD_UNIT_IMC, 0, 0, &dword), MSRD_ABSENT);
	assert_int_equal(value, 5);
	assert_int_equal(dword, 5);
}

static void what_the_hardware_refuses_fails_with_its_reason(void **state)
{
	struct bench *bench = *state;
	uint64_t value = 5;
	uint32_t dword = 5;

	assert_int_equal(msrd_read(bench->msrd, 0, 4096, &value), MSRD_FAILED);
	assert_told(bench->msrd, MSRD_REASON_FAULT, "this CPU may not have the register");
	assert_int_equal(msrd_pci_read(bench->msrd, 0, MSRD_UNIT_IMC, 0, 6, &dword), MSRD_FAILED);
	assert_told(bench->msrd, MSRD_REASON_FAULT, "multiples of 4");
	assert_int_equal(
		msrd_pci_read(bench->msrd, 0, MSRD_UNIT_IMC, 0, 4096, &dword), MSRD_FAILED);

	struct msrd_op op = {.verb = MSRD_OP_WRITE,
		.space = MSRD_SPACE_PCI,
		.unit = MSRD_UNIT_IMC,
		.reg = 0xd8,
		.value = UINT64_C(1) << 32};

	assert_int_equal(msrd_batch(bench->msrd, &op, 1, MSRD_EACH, NULL), MSRD_FAILED);
	assert_int_equal(op.reason, MSRD_REASON_TOO_WIDE);
	assert_int_equal(msrd_pci_read(bench->msrd, 0, MSRD_UNIT_IMC, 0, 0xd8, &dword), 0);
	assert_int_equal(dword, 0); /* no part of it was written */
}

/* The lock file is somebody's who is not this process's user. */
static void lock_by_another(struct bench *bench)
{
	if (geteuid() == 0) {
		sysroot_print(&bench->sysroot, "lock", "x");
		assert_int_equal(chown(bench->lock_path, 1, (gid_t)-1), 0);
	} else {
		strcpy(bench->lock_path, "/etc/passwd");
	}
}

static void lock_file_of_somebody_else_is_respected(void **state)
{
	struct bench *bench = *state;
	char own[sizeof bench->lock_path];
	struct msrd_op ops[] = {read_op(0, 8), write_op(1, 8, 1)};
	uint64_t value;

	strcpy(own, bench->lock_path);
	lock_by_another(bench);
	assert_int_equal(msrd_read(bench->msrd, 0, 8, &value), MSRD_LOCKED);
	assert_told(bench->msrd, MSRD_REASON_LOCKED, "who has the counters until it is removed");
	assert_int_equal(msrd_check(bench->msrd, 0), MSRD_LOCKED);
	for (enum msrd_mode mode = MSRD_EACH; mode <= MSRD_ALL_OR_NONE; mode++) {
		assert_int_equal(msrd_batch(bench->msrd, ops, 2, mode, NULL), MSRD_LOCKED);
		assert_int_equal(ops[1].status, MSRD_LOCKED);
		assert_int_equal(ops[1].reason, MSRD_REASON_LOCKED);
	}
	/* taken away at any time */
	strcpy(bench->lock_path, own);
	unlink(own);
	assert_int_equal(msrd_read(bench->msrd, 1, 8, &value), 0);
	assert_int_equal(value, 0x201); /* not written */
}

static void own_lock_file_locks_nothing(void **state)
{
	struct bench *bench = *state;
	uint64_t value;

	sysroot_print(&bench->sysroot, "lock", "x");
	assert_int_equal(msrd_read(bench->msrd, 0, 8, &value), 0);
}

static void lock_that_can_not_be_looked_at_locks(void **state)
{
	struct bench *bench = *state;
	uint64_t value;

	sysroot_print(&bench->sysroot, "lock", "x");
	strcat(bench->lock_path, "/below");
	assert_int_equal(msrd_read(bench->msrd, 0, 8, &value), MSRD_LOCKED);
	assert_told(bench->msrd, MSRD_REASON_LOCKED, "can't be looked at");
}

static void batch_does_each_in_order(void **state)
{
	struct bench *bench = *state;
	struct msrd_op ops[] = {read_op(1, 8), write_op(1, 8, 5), read_op(1, 8), read_op(9, 8),
		read_op(0, 4096), read_op(2, 16)};
	struct msrd_times times;
	char text[MSRD_ERROR_SIZE];

	assert_int_equal(
		msrd_batch(bench->msrd, ops, N_ELEMENTS(ops), MSRD_EACH, &times), MSRD_ABSENT);
	assert_told(bench->msrd, MSRD_REASON_NO_DEVICE, "CPU 9");
	assert_true(times.begin_ns > 0 && times.begin_ns <= times.end_ns);
	assert_int_equal(ops[0].value, 0x201);
	assert_int_equal(ops[1].status, MSRD_OK);
	assert_int_equal(ops[2].value, 5);
	assert_int_equal(ops[3].status, MSRD_ABSENT);
	assert_int_equal(ops[3].reason, MSRD_REASON_NO_DEVICE);
	assert_int_equal(ops[4].status, MSRD_FAILED);
	assert_int_equal(ops[4].reason, MSRD_REASON_FAULT);
	assert_int_equal(ops[5].value, 0x302);
	assert_string_not_equal(msrd_error(bench->msrd, text, sizeof text), "");
}

static void batch_stops_at_the_first_failure(void **state)
{
	struct bench *bench = *state;
	struct msrd_op ops[] = {write_op(0, 8, 1), read_op(0, 4096), write_op(1, 8, 1)};
	uint64_t value;

	assert_int_equal(msrd_batch(bench->msrd, ops, 3, MSRD_UNTIL_FAILURE, NULL), MSRD_FAILED);
	assert_int_equal(ops[0].status, MSRD_OK);
	assert_int_equal(ops[1].status, MSRD_FAILED);
	assert_int_equal(ops[2].status, MSRD_SKIPPED);
	assert_int_equal(msrd_read(bench->msrd, 1, 8, &value), 0);
	assert_int_equal(value, 0x201);
}

static void all_or_none_does_none_where_one_is_not_there(void **state)
{
	struct bench *bench = *state;
	struct msrd_op ops[] = {write_op(0, 8, 1), write_op(9, 8, 1), write_op(1, 8, 1)};
	uint64_t value;

	assert_int_equal(msrd_batch(bench->msrd, ops, 3, MSRD_ALL_OR_NONE, NULL), MSRD_ABSENT);
	assert_int_equal(ops[0].status, MSRD_SKIPPED);
	assert_int_equal(ops[1].status, MSRD_ABSENT);
	assert_int_equal(ops[2].status, MSRD_SKIPPED);
	assert_int_equal(msrd_read(bench->msrd, 0, 8, &value), 0);
	assert_int_equal(value, 0x200);
	ops[1].device = 2;
	assert_int_equal(msrd_batch(bench->msrd, ops, 3, MSRD_ALL_OR_NONE, NULL), 0);
	assert_int_equal(msrd_read(bench->msrd, 2, 8, &value), 0);
	assert_int_equal(value, 1);
}

static void all_or_none_is_as_long_as_with_a_daemon(void **state)
{
	struct bench *bench = *state;
	struct msrd_op *ops = calloc(1025, sizeof *ops);

	assert_int_equal(msrd_batch(bench->msrd, ops, 1024, MSRD_ALL_OR_NONE, NULL), 0);
	assert_int_equal(msrd_batch(bench->msrd, ops, 1025, MSRD_ALL_OR_NONE, NULL), -E2BIG);
	assert_int_equal(msrd_batch(bench->msrd, ops, 1025, MSRD_EACH, NULL), 0);
	free(ops);
}

static void operation_that_is_none_is_told(void **state)
{
	struct bench *bench = *state;
	struct msrd_op op = {.verb = 7};

	assert_int_equal(msrd_batch(bench->msrd, &op, 1, MSRD_EACH, NULL), -EINVAL);
	assert_told(bench->msrd, MSRD_REASON_NONE, "verb 7");
	assert_int_equal(msrd_batch(bench->msrd, NULL, 0, MSRD_EACH, NULL), 0);
}

static void prepared_batch_runs_again_with_other_values(void **state)
{
	struct bench *bench = *state;
	const struct msrd_op ops[] = {write_op(0, 8, 1), read_op(0, 8), read_op(0, 4096)};
	struct msrd_batch *batch;
	char text[MSRD_ERROR_SIZE];
	const struct msrd_op *results;

	assert_int_equal(msrd_prepare(bench->msrd, &batch, ops, 3, MSRD_EACH), 0);
	for (unsigned i = 10; i < 14; i++) {
		assert_int_equal(msrd_batch_set(batch, 0, i), 0);
		assert_int_equal(msrd_run(batch), MSRD_FAILED);
		results = msrd_batch_ops(batch, NULL);
		assert_int_equal(results[1].value, i);
		assert_string_equal(msrd_batch_error(batch, 1, text, sizeof text), "");
		assert_non_null(strstr(msrd_batch_error(batch, 2, text, sizeof text),
			"read of MSR 0x1000 on CPU 0: read or write failed: this CPU may not"));
	}
	assert_int_equal(msrd_batch_set(batch, 1, 0), -EINVAL);
	msrd_batch_free(batch);
}

static void what_is_submitted_is_done_and_its_descriptor_ready(void **state)
{
	struct bench *bench = *state;
	const struct msrd_op op = read_op(3, 8);
	struct msrd_batch *batch, *reaped;
	struct pollfd fds = {0};
	uint64_t value;

	assert_int_equal(msrd_reap(bench->msrd, &reaped), -ENOENT);
	assert_int_equal(msrd_prepare(bench->msrd, &batch, &op, 1, MSRD_EACH), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(msrd_submit(batch), 0);
		assert_int_equal(msrd_submit(batch), -EBUSY);
		fds.fd = msrd_fd(bench->msrd, &fds.events);
		assert_true(fds.fd >= 0 && fds.events != 0);
		assert_int_equal(poll(&fds, 1, 0), 1);
		/* others do not wait for it */
		assert_int_equal(msrd_read(bench->msrd, 2, 8, &value), 0);
		assert_int_equal(msrd_reap(bench->msrd, &reaped), 0);
		assert_ptr_equal(reaped, batch);
		assert_int_equal(msrd_batch_ops(batch, NULL)->value, 0x203);
	}
	msrd_batch_free(batch);
}

static void registers_of_many_devices_are_one_call(void **state)
{
	static const uint32_t cpus[] = {3, 9, 0}, regs[] = {8, 16}, offsets[] = {0xf4}, socket = 0;
	struct bench *bench = *state;
	uint64_t values[6] = {0};
	uint16_t statuses[6];
	uint32_t dword = 0;

	assert_int_equal(
		msrd_read_cpus(bench->msrd, cpus, 3, regs, 2, values, statuses), MSRD_ABSENT);
	assert_int_equal(values[1], 0x303);
	assert_int_equal(values[4], 0x200);
	assert_int_equal(statuses[2], MSRD_ABSENT);
	assert_int_equal(msrd_pci_read_units(bench->msrd, &socket, 1, MSRD_UNIT_IMC, 1, offsets, 1,
				 &dword, NULL),
		0);
	assert_int_equal(dword, 0x10000);
}

static void handle_does_not_survive_fork(void **state)
{
	struct bench *bench = *state;
	uint64_t value;
	pid_t child = fork();
	int status;

	if (child == 0) {
		bool fine = msrd_read(bench->msrd, 0, 8, &value) == -ECHILD &&
			    msrd_fd(bench->msrd, NULL) == -ECHILD;

		msrd_close(bench->msrd);
		_exit(fine ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(msrd_read(bench->msrd, 0, 8, &value), 0);
}

static void *add_up(void *argument)
{
	struct msrd *msrd = argument;
	uint64_t sum = 0, value = 0;

	for (int i = 0; i < 1000; i++)
		if (msrd_read(msrd, (uint32_t)(i % N_CPUS), 24, &value) == 0)
			sum += value == 0x123456789abcdef0;
	return (void *)sum;
}

static void threads_share_a_handle(void **state)
{
	struct bench *bench = *state;
	pthread_t threads[4];
	void *sum;

	for (size_t i = 0; i < N_ELEMENTS(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_up, bench->msrd), 0);
	for (size_t i = 0; i < N_ELEMENTS(threads); i++) {
		pthread_join(threads[i], &sum);
		assert_int_equal((uintptr_t)sum, 1000);
	}
}

static void module_that_is_not_loaded_is_told_at_each_access(void **state)
{
	struct bench *bench = *state;
	uint64_t value;

	for (uint32_t cpu = 0; cpu < N_CPUS; cpu++) {
		char path[32];

		snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu);
		sysroot_remove(&bench->sysroot, path);
	}
	open_handle(bench);
	assert_int_equal(msrd_read(bench->msrd, 0, 8, &value), MSRD_NO_FILE);
	assert_told(bench->msrd, MSRD_REASON_MODULE, "modprobe msr");
	assert_int_equal(msrd_check(bench->msrd, 3), MSRD_NO_FILE);
	assert_int_equal(msrd_pci_check(bench->msrd, 0, MSRD_UNIT_IMC, 0), 0);
}

static void file_that_one_cpu_has_not_is_told_for_it_alone(void **state)
{
	struct bench *bench = *state;
	uint64_t value;

	sysroot_remove(&bench->sysroot, "dev/cpu/2/msr");
	open_handle(bench);
	assert_int_equal(msrd_read(bench->msrd, 2, 8, &value), MSRD_NO_FILE);
	assert_told(bench->msrd, MSRD_REASON_CPU_FILE, "some CPUs have no MSR file");
	assert_int_equal(msrd_read(bench->msrd, 1, 8, &value), 0);
}

static void machine_without_uncore_functions_is_told(void **state)
{
	struct bench *bench = *state;

	sysroot_remove(&bench->sysroot, "sys/bus/pci/devices/" IMC0 "/vendor");
	sysroot_remove(&bench->sysroot, "sys/bus/pci/devices/" IMC0 "/device");
	sysroot_remove(&bench->sysroot, "sys/bus/pci/devices/" IMC0 "/numa_node");
	sysroot_remove(&bench->sysroot, "sys/bus/pci/devices/" IMC0 "/config");
	open_handle(bench);
	assert_int_equal(msrd_pci_check(bench->msrd, 0, MSRD_UNIT_IMC, 0), MSRD_ABSENT);
	assert_told(bench->msrd, MSRD_REASON_NO_UNCORE, "no uncore functions");
	assert_int_equal(msrd_check(bench->msrd, 0), 0);
}

/* No list has to have them. */
static void msrs_of_a_model_that_is_not_known_are_read(void **state)
{
	struct bench *bench = *state;
	uint64_t value;

	sysroot_remove(&bench->sysroot, "proc/cpuinfo");
	sysroot_print(&bench->sysroot, "proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
		"model name\t: another\nstepping\t: 1\n");
	open_handle(bench);
	assert_int_equal(msrd_read(bench->msrd, 3, 8, &value), 0);
	assert_int_equal(value, 0x203);
	assert_int_equal(msrd_pci_check(bench->msrd, 0, MSRD_UNIT_IMC, 0), MSRD_ABSENT);
	assert_told(bench->msrd, MSRD_REASON_MODEL, "not supported");
}

/* The program has files of its own to open. */
static void too_few_descriptors_are_no_handle_and_none_is_kept(void **state)
{
	struct bench *bench = *state;
	struct rlimit before, limit;
	struct msrd *msrd = calloc(1, sizeof *msrd);

	getrlimit(RLIMIT_NOFILE, &before);
	limit = before;
	int next = dup(bench->sysroot.fd);

	limit.rlim_cur = (rlim_t)next + 4;
	setrlimit(RLIMIT_NOFILE, &limit);
	close(next);
	int r = handle_use_devices(msrd, bench->sysroot.fd, bench->lock_path);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(r, -EMFILE);
	assert_non_null(strstr(msrd->text, "takes 5 open files"));
	free(msrd);
}

static void machine_that_can_not_be_read_is_no_handle(void **state)
{
	struct bench *bench = *state;
	char text[MSRD_ERROR_SIZE];

	sysroot_remove(&bench->sysroot, "proc/cpuinfo");
	bench->msrd = calloc(1, sizeof *bench->msrd);
	assert_int_equal(
		handle_use_devices(bench->msrd, bench->sysroot.fd, bench->lock_path), -ENOENT);
	snprintf(text, sizeof text, "%s", bench->msrd->text);
	free(bench->msrd);
	bench->msrd = NULL;
	assert_non_null(strstr(text, "mount /proc and /sys"));
}

static void direct_access_and_a_daemon_are_one_too_many(void **state)
{
	static const struct msrd_options both[] = {
		{.direct = 1, .daemon = "/sbin/msrd"}, {.direct = 1, .service = "/run/x"}};
	char text[MSRD_ERROR_SIZE];
	struct msrd *msrd;

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(both); i++) {
		assert_int_equal(msrd_open(&msrd, &both[i], text, sizeof text), -EINVAL);
		assert_null(msrd);
		assert_non_null(strstr(text, "only one of them"));
	}
}

/* root opens everything: only somebody else can be denied a file */
static void who_may_not_write_reads_all_the_same(void **state)
{
	struct bench *bench = *state;
	uint64_t value;
	uint32_t dword;

	for (uint32_t cpu = 0; cpu < N_CPUS; cpu++) {
		char path[32];

		snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu);
		assert_int_equal(fchmodat(bench->sysroot.fd, path, 0444, 0), 0);
	}
	assert_int_equal(
		fchmodat(bench->sysroot.fd, "sys/bus/pci/devices/" IMC0 "/config", 0444, 0), 0);
	assert_int_equal(chmod(bench->sysroot.path, 0755), 0);
	assert_int_equal(seteuid(geteuid() == 0 ? 65534 : geteuid()), 0);
	open_handle(bench);
	assert_int_equal(msrd_read(bench->msrd, 0, 8, &value), 0);
	assert_int_equal(value, 0x200);
	assert_int_equal(msrd_pci_read(bench->msrd, 0, MSRD_UNIT_IMC, 0, 0xf4, &dword), 0);
	assert_int_equal(msrd_write(bench->msrd, 0, 8, 1), MSRD_FAILED);
	assert_told(bench->msrd, MSRD_REASON_INSTALLED, "/dev/cpu/0/msr may not be written");
	assert_int_equal(msrd_pci_write(bench->msrd, 0, MSRD_UNIT_IMC, 0, 0xf4, 1), MSRD_FAILED);
	assert_told(bench->msrd, MSRD_REASON_INSTALLED, "config may not be written");
	assert_int_equal(seteuid(getuid()), 0);
}

int main(void)
{
#define TEST(name)	   cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_MACHINE(name) cmocka_unit_test_setup_teardown(name, set_up_machine, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(msr_is_read_and_written_without_a_daemon),
		TEST(config_space_is_read_and_written_without_a_daemon),
		TEST(what_is_not_there_is_absent),
		TEST(what_the_hardware_refuses_fails_with_its_reason),
		TEST(lock_file_of_somebody_else_is_respected),
		TEST(own_lock_file_locks_nothing),
		TEST(lock_that_can_not_be_looked_at_locks),
		TEST(batch_does_each_in_order),
		TEST(batch_stops_at_the_first_failure),
		TEST(all_or_none_does_none_where_one_is_not_there),
		TEST(all_or_none_is_as_long_as_with_a_daemon),
		TEST(operation_that_is_none_is_told),
		TEST(prepared_batch_runs_again_with_other_values),
		TEST(what_is_submitted_is_done_and_its_descriptor_ready),
		TEST(registers_of_many_devices_are_one_call),
		TEST(handle_does_not_survive_fork),
		TEST(threads_share_a_handle),
		TEST_MACHINE(module_that_is_not_loaded_is_told_at_each_access),
		TEST_MACHINE(file_that_one_cpu_has_not_is_told_for_it_alone),
		TEST_MACHINE(machine_without_uncore_functions_is_told),
		TEST_MACHINE(msrs_of_a_model_that_is_not_known_are_read),
		TEST_MACHINE(too_few_descriptors_are_no_handle_and_none_is_kept),
		TEST_MACHINE(machine_that_can_not_be_read_is_no_handle),
		TEST_MACHINE(direct_access_and_a_daemon_are_one_too_many),
		TEST_MACHINE(who_may_not_write_reads_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
