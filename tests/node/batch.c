/* SPDX-License-Identifier: MIT */
/*
 * Batches of libmsrd through the daemon on the simulated node: what they read and write is what
 * single accesses do, whatever their length, and whoever answers them.
 *
 *     batch MSRD [plain]    plain: it speaks LIKWID's protocol alone
 *     batch direct          without a daemon: where there is no policy, the hardware refuses
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/test.h"
#include "client/msrd.h"

#define N_CPUS	   16
#define N_OPS	   2600 /* more than two messages */
#define PERFEVTSEL 0x186
#define PMC	   0xc1
#define UNITS	   0x606 /* MSR_RAPL_POWER_UNIT: 0xa1003 on this node */
#define FORBIDDEN  0x600 /* IA32_DS_AREA */
#define MISSING	   0x1ac /* allowed, and not there on this model */

static struct msrd *msrd;
static bool is_plain, is_direct;
static struct msrd_options options;

/* A register that is never read, and how that ends. */
static uint32_t no_reg = FORBIDDEN;
static int no_status = MSRD_REFUSED;

static const char *error(void)
{
	static char text[MSRD_ERROR_SIZE];

	return msrd_error(msrd, text, sizeof text);
}

static int open_handle(void **state)
{
	char text[MSRD_ERROR_SIZE];

	(void)state;
	if (msrd_open(&msrd, &options, text, sizeof text) != 0)
		fail_msg("%s", text);
	return 0;
}

static int close_handle(void **state)
{
	(void)state;
	msrd = msrd_close(msrd);
	return 0;
}

static struct msrd_op read_op(uint32_t cpu, uint32_t reg)
{
	return (struct msrd_op){.verb = MSRD_OP_READ, .device = cpu, .reg = reg};
}

static struct msrd_op write_op(uint32_t cpu, uint32_t reg, uint64_t value)
{
	return (struct msrd_op){.verb = MSRD_OP_WRITE, .device = cpu, .reg = reg, .value = value};
}

static void batch_of_any_length_reads_what_single_reads_do(void **state)
{
	static const size_t lengths[] = {0, 1, 2, 1023, 1024, 1025, N_OPS};
	static struct msrd_op ops[N_OPS];

	(void)state;
	for (uint32_t cpu = 0; cpu < N_CPUS; cpu++)
		assert_int_equal(msrd_write(msrd, cpu, PMC, 0x1000 + cpu), 0);
	for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
		struct msrd_times times;

		for (uint32_t i = 0; i < lengths[l]; i++)
			ops[i] = i % 2 ? read_op(i % N_CPUS, PMC) : read_op(i % N_CPUS, UNITS);
		assert_int_equal(msrd_batch(msrd, ops, lengths[l], MSRD_EACH, &times), 0);
		assert_true(times.begin_ns <= times.end_ns);
		for (uint32_t i = 0; i < lengths[l]; i++) {
			uint64_t expected = i % 2 ? 0x1000 + i % N_CPUS : 0xa1003;

			assert_int_equal(ops[i].status, MSRD_OK);
			if (ops[i].value != expected)
				fail_msg("op %u of %zu reads %#jx", i, lengths[l],
					(uintmax_t)ops[i].value);
		}
	}
}

static void order_within_a_batch_is_that_of_its_operations(void **state)
{
	struct msrd_op ops[2 * N_CPUS * 2];
	size_t n = 0;

	(void)state;
	for (uint32_t round = 1; round <= 2; round++)
		for (uint32_t cpu = 0; cpu < N_CPUS; cpu++) {
			ops[n++] = write_op(cpu, PMC, round * 0x100 + cpu);
			ops[n++] = read_op(cpu, PMC);
		}
	assert_int_equal(msrd_batch(msrd, ops, n, MSRD_EACH, NULL), 0);
	for (size_t i = 1; i < n; i += 2)
		assert_true(ops[i].value == ops[i - 1].value);
}

static void spaces_are_mixed(void **state)
{
	struct msrd_op ops[] = {
		{.verb = MSRD_OP_WRITE,
			.space = MSRD_SPACE_PCI,
			.unit = MSRD_UNIT_IMC,
			.device = 1,
			.index = 2,
			.reg = 0xd8,
			.value = 0x400304},
		read_op(3, UNITS),
		{.verb = MSRD_OP_READ,
			.space = MSRD_SPACE_PCI,
			.unit = MSRD_UNIT_IMC,
			.device = 1,
			.index = 2,
			.reg = 0xd8},
		{.verb = MSRD_OP_CHECK, .space = MSRD_SPACE_PCI, .unit = MSRD_UNIT_HA, .device = 0},
		{.verb = MSRD_OP_CHECK, .device = 5},
	};
	uint32_t value;

	(void)state;
	assert_int_equal(msrd_batch(msrd, ops, 5, MSRD_EACH, NULL), 0);
	assert_int_equal(ops[1].value, 0xa1003);
	assert_int_equal(ops[2].value, 0x400304);
	assert_int_equal(msrd_pci_read(msrd, 1, MSRD_UNIT_IMC, 2, 0xd8, &value), 0);
	assert_int_equal(value, 0x400304);
}

static void each_operation_has_its_status_and_the_first_failure_its_text(void **state)
{
	struct msrd_op ops[] = {read_op(0, UNITS), read_op(99, UNITS), read_op(1, no_reg),
		read_op(1, UNITS), write_op(2, UNITS, 1)};

	(void)state;
	assert_int_equal(msrd_batch(msrd, ops, 5, MSRD_EACH, NULL), MSRD_ABSENT);
	assert_non_null(strstr(error(), "CPU 99"));
	assert_int_equal(ops[0].status, MSRD_OK);
	assert_int_equal(ops[1].status, MSRD_ABSENT);
	assert_int_equal(ops[2].status, no_status);
	assert_int_equal(ops[3].status, MSRD_OK);
	assert_int_equal(ops[3].value, 0xa1003);
	assert_int_equal(ops[4].status, no_status);
	if (!is_plain) {
		assert_int_equal(ops[1].reason, MSRD_REASON_NO_DEVICE);
		assert_int_equal(
			ops[2].reason, is_direct ? MSRD_REASON_FAULT : MSRD_REASON_NOT_LISTED);
		assert_int_equal(
			ops[4].reason, is_direct ? MSRD_REASON_FAULT : MSRD_REASON_READ_ONLY);
		assert_int_equal(msrd_reason(msrd), MSRD_REASON_NO_DEVICE);
	}
	assert_int_equal(msrd_batch(msrd, ops + 2, 1, MSRD_EACH, NULL), no_status);
	assert_non_null(strstr(error(), is_direct ? "0x1ac" : "0x600"));
}

static void batch_until_failure_stops_there_in_whatever_message_it_is(void **state)
{
	static const size_t places[] = {0, 1, 1023, 1024, 2047, 2048, N_OPS - 1};
	static struct msrd_op ops[N_OPS];

	(void)state;
	for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
		for (uint32_t i = 0; i < N_OPS; i++)
			ops[i] = read_op(i % N_CPUS, UNITS);
		ops[places[p]].reg = no_reg;
		assert_int_equal(msrd_batch(msrd, ops, N_OPS, MSRD_UNTIL_FAILURE, NULL), no_status);
		for (size_t i = 0; i < N_OPS; i++)
			assert_int_equal(ops[i].status, i < places[p]	 ? MSRD_OK
							: i == places[p] ? no_status
									 : MSRD_SKIPPED);
	}
	/* and the handle goes on */
	ops[0] = read_op(0, UNITS);
	assert_int_equal(msrd_batch(msrd, ops, 1, MSRD_UNTIL_FAILURE, NULL), 0);
}

static void batch_of_all_or_none_does_all_or_none(void **state)
{
	static struct msrd_op many[1025];
	struct msrd_op ops[] = {write_op(0, PMC, 7), write_op(1, PMC, 7), read_op(0, no_reg)};
	uint64_t value;

	(void)state;
	if (is_direct)
		ops[2] = read_op(99, UNITS); /* as far as it is known before */
	for (uint32_t cpu = 0; cpu < 2; cpu++)
		assert_int_equal(msrd_write(msrd, cpu, PMC, 1), 0);
	if (is_plain) {
		assert_int_equal(msrd_batch(msrd, ops, 3, MSRD_ALL_OR_NONE, NULL), -EOPNOTSUPP);
		return;
	}
	assert_int_equal(msrd_batch(msrd, ops, 3, MSRD_ALL_OR_NONE, NULL),
		is_direct ? MSRD_ABSENT : MSRD_REFUSED);
	assert_int_equal(ops[0].status, MSRD_SKIPPED);
	assert_int_equal(ops[1].status, MSRD_SKIPPED);
	assert_int_equal(ops[2].status, is_direct ? MSRD_ABSENT : MSRD_REFUSED);
	assert_int_equal(msrd_read(msrd, 0, PMC, &value), 0);
	assert_int_equal(value, 1);
	assert_int_equal(msrd_batch(msrd, ops, 2, MSRD_ALL_OR_NONE, NULL), 0);
	assert_int_equal(msrd_read(msrd, 1, PMC, &value), 0);
	assert_int_equal(value, 7);
	assert_int_equal(msrd_batch(msrd, many, 1025, MSRD_ALL_OR_NONE, NULL), -E2BIG);
	assert_non_null(strstr(error(), "all or none"));
}

static void text_of_each_failure_is_there(void **state)
{
	const struct msrd_op ops[] = {read_op(0, no_reg), read_op(0, UNITS), read_op(99, UNITS),
		read_op(3, MISSING), write_op(2, UNITS, 1)};
	const char *const texts[] = {is_direct ? "0x1ac" : "0x600", "", "CPU 99", "0x1ac", "0x606"};
	char text[MSRD_ERROR_SIZE], of_single[MSRD_ERROR_SIZE];
	struct msrd_batch *batch;
	uint64_t value;

	(void)state;
	assert_int_equal(msrd_prepare(msrd, &batch, ops, 5, MSRD_EACH), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(msrd_run(batch), no_status);
		for (size_t i = 0; i < 5; i++)
			assert_non_null(
				strstr(msrd_batch_error(batch, i, text, sizeof text), texts[i]));
		assert_string_equal(msrd_batch_error(batch, 1, text, sizeof text), "");
		assert_string_equal(msrd_batch_error(batch, 5, text, sizeof text), "");
	}
	/* the same as of a single access */
	assert_int_equal(msrd_read(msrd, 3, MISSING, &value), MSRD_FAILED);
	msrd_error(msrd, of_single, sizeof of_single);
	assert_string_equal(msrd_batch_error(batch, 3, text, sizeof text), of_single);
	msrd_batch_free(batch);
}

static void what_is_no_operation_is_refused_with_its_number(void **state)
{
	struct msrd_op ops[2] = {read_op(0, UNITS), read_op(0, UNITS)};

	(void)state;
	ops[1].verb = 3;
	assert_int_equal(msrd_batch(msrd, ops, 2, MSRD_EACH, NULL), -EINVAL);
	assert_non_null(strstr(error(), "operation 1"));
	ops[1] = read_op(0, UNITS);
	ops[1].space = 2;
	assert_int_equal(msrd_batch(msrd, ops, 2, MSRD_EACH, NULL), -EINVAL);
	ops[1] = read_op(0, UNITS);
	ops[1].unit = 1; /* an MSR has none */
	assert_int_equal(msrd_batch(msrd, ops, 2, MSRD_EACH, NULL), -EINVAL);
	assert_int_equal(msrd_batch(msrd, ops, 1, (enum msrd_mode)3, NULL), -EINVAL);
	ops[1] = read_op(0, UNITS);
	assert_int_equal(msrd_batch(msrd, ops, 2, MSRD_EACH, NULL), 0);
}

static void prepared_batch_runs_again_and_again(void **state)
{
	struct msrd_op ops[] = {write_op(4, PMC, 0), read_op(4, PMC)};
	struct msrd_batch *batch;
	size_t n;

	(void)state;
	assert_int_equal(msrd_prepare(msrd, &batch, ops, 2, MSRD_EACH), 0);
	for (uint64_t value = 1; value < 50; value++) {
		assert_int_equal(msrd_batch_set(batch, 0, value), 0);
		assert_int_equal(msrd_run(batch), 0);
		const struct msrd_op *results = msrd_batch_ops(batch, &n);

		assert_int_equal(n, 2);
		assert_true(results[1].value == value);
		assert_true(msrd_batch_times(batch).begin_ns <= msrd_batch_times(batch).end_ns);
	}
	assert_int_equal(msrd_batch_set(batch, 1, 1), -EINVAL); /* a read */
	assert_int_equal(msrd_batch_set(batch, 2, 1), -EINVAL);
	assert_null(msrd_batch_free(batch));
	assert_null(msrd_batch_free(NULL));
}

/* Until the batch has landed. */
static int await(struct msrd_batch **batch)
{
	struct pollfd fd;
	int r;

	while ((r = msrd_reap(msrd, batch)) == -EAGAIN) {
		fd.fd = msrd_fd(msrd, &fd.events);
		assert_true(fd.fd >= 0 && fd.events != 0);
		assert_int_equal(poll(&fd, 1, 10000), 1);
	}
	return r;
}

static void submitted_batch_is_polled_for_and_reaped(void **state)
{
	static struct msrd_op ops[N_OPS];
	struct msrd_batch *batch, *other, *reaped;
	uint64_t value;
	size_t n;

	(void)state;
	assert_int_equal(msrd_reap(msrd, &reaped), -ENOENT);
	for (uint32_t i = 0; i < N_OPS; i++)
		ops[i] = read_op(i % N_CPUS, UNITS);
	ops[N_OPS - 1].reg = no_reg;
	assert_int_equal(msrd_prepare(msrd, &batch, ops, N_OPS, MSRD_EACH), 0);
	assert_int_equal(msrd_prepare(msrd, &other, ops, 1, MSRD_EACH), 0);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(msrd_submit(batch), 0);
		assert_int_equal(msrd_submit(other), -EBUSY);
		assert_int_equal(msrd_run(batch), -EBUSY);
		if (round == 1) /* one after the other, also with it */
			assert_int_equal(msrd_run(other), 0);
		if (round == 2) {
			assert_int_equal(msrd_read(msrd, 3, UNITS, &value), 0);
			assert_int_equal(value, 0xa1003);
		}
		assert_int_equal(await(&reaped), no_status);
		assert_ptr_equal(reaped, batch);
		const struct msrd_op *results = msrd_batch_ops(batch, &n);

		for (size_t i = 0; i < n - 1; i++)
			assert_true(results[i].status == MSRD_OK && results[i].value == 0xa1003);
		assert_int_equal(results[n - 1].status, no_status);
	}
	/* freed while it flies */
	assert_int_equal(msrd_submit(batch), 0);
	msrd_batch_free(batch);
	assert_int_equal(msrd_run(other), 0);
	msrd_batch_free(other);
}

static void same_registers_of_many_devices_are_one_call(void **state)
{
	static const uint32_t cpus[] = {0, 99, 15}, regs[] = {UNITS, PMC}, sockets[] = {0, 1},
			      offsets[] = {0xd8, 0xdc};
	uint64_t values[6] = {0, 0, 5, 5, 0, 0};
	uint32_t dwords[2 * 4 * 2];
	uint16_t statuses[16];

	(void)state;
	assert_int_equal(msrd_write(msrd, 15, PMC, 77), 0);
	assert_int_equal(msrd_read_cpus(msrd, cpus, 3, regs, 2, values, statuses), MSRD_ABSENT);
	assert_int_equal(values[0], 0xa1003);
	assert_int_equal(values[2], 5); /* left alone */
	assert_int_equal(values[4], 0xa1003);
	assert_int_equal(values[5], 77);
	assert_int_equal(statuses[3], MSRD_ABSENT);
	assert_int_equal(statuses[5], MSRD_OK);
	for (uint32_t socket = 0; socket < 2; socket++)
		for (uint32_t index = 0; index < 4; index++)
			assert_int_equal(msrd_pci_write(msrd, socket, MSRD_UNIT_IMC, index, 0xdc,
						 0x100 * (socket + 1) + index),
				0);
	assert_int_equal(msrd_pci_read_units(
				 msrd, sockets, 2, MSRD_UNIT_IMC, 4, offsets, 2, dwords, statuses),
		0);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(dwords[2 * i + 1], 0x100 * (i / 4 + 1) + i % 4);
	assert_int_equal(msrd_read_cpus(msrd, cpus, 0, regs, 2, values, NULL), 0);
	values[0] = 9;
	dwords[0] = 9;
	assert_int_equal(msrd_pci_read_units(msrd, sockets, 1, (enum msrd_unit)99, 1, offsets, 1,
				 dwords, statuses),
		-EINVAL);
	assert_int_equal(dwords[0], 9);
	assert_int_equal(statuses[0], MSRD_SKIPPED);
}

static void batch_in_a_forked_process_is_refused(void **state)
{
	struct msrd_op op = read_op(0, UNITS);
	struct msrd_batch *batch, *reaped;
	int status;

	(void)state;
	assert_int_equal(msrd_prepare(msrd, &batch, &op, 1, MSRD_EACH), 0);
	pid_t pid = fork();

	if (pid == 0)
		_exit(msrd_run(batch) != -ECHILD || msrd_submit(batch) != -ECHILD ||
			msrd_reap(msrd, &reaped) != -ECHILD || msrd_fd(msrd, NULL) != -ECHILD ||
			msrd_batch(msrd, &op, 1, MSRD_EACH, NULL) != -ECHILD);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(msrd_run(batch), 0);
	msrd_batch_free(batch);
}

/* What a batch has changed, too. Without a daemon there is nobody who would. */
static void registers_come_back_when_the_client_dies(void **state)
{
	uint64_t before, after;
	int status;

	(void)state;
	assert_int_equal(msrd_read(msrd, 2, PERFEVTSEL, &before), 0);
	pid_t pid = fork();

	if (pid == 0) {
		struct msrd_op ops[] = {
			write_op(2, PERFEVTSEL, before ^ 0x4300c0), read_op(2, PERFEVTSEL)};
		struct msrd *own;

		if (msrd_open(&own, &options, NULL, 0) != 0 ||
			msrd_batch(own, ops, 2, MSRD_EACH, NULL) != 0 ||
			ops[1].value != (before ^ 0x4300c0))
			_exit(1);
		_exit(0); /* without a word */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	for (int i = 0; i < 500; i++) {
		assert_int_equal(msrd_read(msrd, 2, PERFEVTSEL, &after), 0);
		if (is_direct) {
			assert_true(after == (before ^ 0x4300c0));
			return;
		}
		if (after == before)
			return;
		usleep(10000);
	}
	fail_msg("IA32_PERFEVTSEL0 stays %#jx", (uintmax_t)after);
}

int main(int argc, char **argv)
{
#define BATCH_TEST(test) cmocka_unit_test_setup_teardown(test, open_handle, close_handle)
	const struct CMUnitTest tests[] = {
		BATCH_TEST(batch_of_any_length_reads_what_single_reads_do),
		BATCH_TEST(order_within_a_batch_is_that_of_its_operations),
		BATCH_TEST(spaces_are_mixed),
		BATCH_TEST(each_operation_has_its_status_and_the_first_failure_its_text),
		BATCH_TEST(batch_until_failure_stops_there_in_whatever_message_it_is),
		BATCH_TEST(batch_of_all_or_none_does_all_or_none),
		BATCH_TEST(text_of_each_failure_is_there),
		BATCH_TEST(what_is_no_operation_is_refused_with_its_number),
		BATCH_TEST(prepared_batch_runs_again_and_again),
		BATCH_TEST(submitted_batch_is_polled_for_and_reaped),
		BATCH_TEST(same_registers_of_many_devices_are_one_call),
		BATCH_TEST(batch_in_a_forked_process_is_refused),
		BATCH_TEST(registers_come_back_when_the_client_dies),
	};

	if (argc < 2)
		return 2;
	is_direct = strcmp(argv[1], "direct") == 0;
	is_plain = argc > 2;
	options.daemon = is_direct ? NULL : argv[1];
	options.direct = is_direct;
	if (is_direct) {
		no_reg = MISSING;
		no_status = MSRD_FAILED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
