/* SPDX-License-Identifier: MIT */
/*
 * Clients that die, and what they had programmed, with the real daemon on the
 * simulated node:
 *
 *     fuse-msr run --syslog LOG FIXTURE -- node-restore MSRD LOG
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire.h"

static const char *program;
static const char *log_file;

#define N_ELEMENTS(array) (sizeof(array) / sizeof *(array))

/* What a measurement programs: on each CPU and each socket. */
static const struct {
	uint32_t device, cpu, reg;
	uint64_t value;
} controls[] = {
	{MSR, 0, 0x38f, 0x7000000ff},
	{MSR, 1, 0x38f, 0x700000003},
	{MSR, 0, 0x186, 0x4300c0},
	{MSR, 1, 0x187, 0x4300c5},
	{MSR, 0, 0x38d, 0x333},
	{MSR, 1, 0x38d, 0x222},
	{MSR, 0, 0x1a6, 0x3f},
	{MSR, 0, 0xd04, 0x10100},
	{MSR, 1, 0xd10, 0x400011},
	{MSR, 0, 0xc34, 0x1f},
	{IMC0, 0, 0xd8, 0x400304},
	{IMC0, 1, 0xdc, 0x400c04},
	{IMC1, 1, 0xf4, 0x10100},
	{HA, 0, 0xd8, 0x400001},
	{QPI0, 1, 0xd8, 0x400014},
};
#define N_CONTROLS N_ELEMENTS(controls)

static uint64_t before[N_CONTROLS];

static void read_controls(uint64_t values[N_CONTROLS])
{
	struct accessd accessd = accessd_start(program, NULL);

	accessd_connect(&accessd);
	for (size_t i = 0; i < N_CONTROLS; i++)
		values[i] =
			wire_read(accessd.fd, controls[i].device, controls[i].cpu, controls[i].reg);
	accessd_exit(&accessd);
}

static void assert_as_before(void)
{
	uint64_t after[N_CONTROLS];

	read_controls(after);
	for (size_t i = 0; i < N_CONTROLS; i++)
		if (after[i] != before[i])
			fail_msg("register 0x%x of device %u, %u is 0x%llx and was 0x%llx",
				controls[i].reg, controls[i].device, controls[i].cpu,
				(unsigned long long)after[i], (unsigned long long)before[i]);
}

static void program_controls(int fd)
{
	for (size_t i = 0; i < N_CONTROLS; i++)
		wire_write(fd, controls[i].device, controls[i].cpu, controls[i].reg,
			controls[i].value);
}

static void wait_for_line(const char *text)
{
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	char line[1024];
	bool found = false;

	while (!found) {
		FILE *log = fopen(log_file, "r");

		assert_non_null(log);
		while (!found && fgets(line, sizeof line, log))
			found = strstr(line, text) != NULL;
		fclose(log);
		if (!found && clock_now_ms() >= deadline)
			fail_msg("the log does not say: %s", text);
		poll(NULL, 0, 2);
	}
}

/* A line of this process and of how the session ended. */
static void wait_for_end(const char *end)
{
	char text[256];

	snprintf(text, sizeof text, "uid %u pid %d: %s", (unsigned)getuid(), (int)getpid(), end);
	wait_for_line(text);
}

/* Two values of each register: what it is set to must not be what it was by chance. */
static int set_up(void **state)
{
	static struct accessd accessd;
	uint64_t is_odd = *(const uint64_t *)*state;
	struct accessd first = accessd_start(program, NULL);

	accessd_connect(&first);
	wire_write(first.fd, MSR, 0, 0x186, is_odd ? 0x4100c4 : 0);
	wire_write(first.fd, IMC0, 1, 0xdc, is_odd ? 0x400100 : 0);
	accessd_exit(&first);
	read_controls(before);
	accessd = accessd_start(program, NULL);
	accessd_connect(&accessd);
	*state = &accessd;
	return 0;
}

static void request(int fd, uint32_t type, uint32_t reg, uint64_t data)
{
	unsigned char bytes[32];

	wire_request(bytes, type, MSR, 0, reg, data);
	assert_int_equal(send(fd, bytes, sizeof bytes, MSG_NOSIGNAL), 32);
}

static void exit_leaves_what_was_programmed(void **state)
{
	struct accessd *accessd = *state;
	uint64_t after[N_CONTROLS];

	program_controls(accessd->fd);
	accessd_exit(accessd);
	read_controls(after);
	for (size_t i = 0; i < N_CONTROLS; i++)
		assert_true(after[i] == controls[i].value);
	wait_for_end("the client said exit: 0 read, 15 written");

	/* for the others */
	struct accessd last = accessd_start(program, NULL);
	accessd_connect(&last);
	for (size_t i = N_CONTROLS; i-- > 0;)
		wire_write(
			last.fd, controls[i].device, controls[i].cpu, controls[i].reg, before[i]);
	accessd_exit(&last);
}

static void client_that_just_closes_leaves_nothing_programmed(void **state)
{
	struct accessd *accessd = *state;

	program_controls(accessd->fd);
	accessd_disconnect(accessd);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	assert_as_before();
	wait_for_end(
		"the client went away without an exit message: 0 read, 15 written, 15 restored");
}

static void client_that_closes_inside_a_record_leaves_nothing_programmed(void **state)
{
	struct accessd *accessd = *state;

	program_controls(accessd->fd);
	assert_int_equal(send(accessd->fd, "0123456789", 10, MSG_NOSIGNAL), 10);
	accessd_disconnect(accessd);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	assert_as_before();
	wait_for_end(
		"the client went away in the middle of a record: 0 read, 15 written, 15 restored");
}

/* The writes themselves are answered when nobody is there any more. */
static void client_gone_between_write_and_reply_leaves_nothing_programmed(void **state)
{
	struct accessd *accessd = *state;

	program_controls(accessd->fd);
	assert_int_equal(kill(accessd->pid, SIGSTOP), 0);
	for (int i = 0; i < 64; i++)
		request(accessd->fd, WRITE, 0x188, 0x4300c0 + (uint64_t)i);
	accessd_disconnect(accessd);
	assert_int_equal(kill(accessd->pid, SIGCONT), 0);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	assert_as_before();
	wait_for_end(
		"the client went away before it read its reply: 0 read, 16 written, 16 restored");
}

/* A process of its own that has the connection, programs, and is killed; it reads how many replies
 * of further reads. */
static void kill_client(struct accessd *accessd, int n_unread)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t client = fork();
	assert_true(client >= 0);
	if (client == 0) {
		program_controls(accessd->fd);
		for (int i = 0; i < n_unread; i++)
			request(accessd->fd, READ, 0x606, 0);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	accessd_disconnect(accessd);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	assert_int_equal(kill(client, SIGKILL), 0);
	assert_int_equal(waitpid(client, NULL, 0), client);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	assert_as_before();
}

static void client_that_is_killed_leaves_nothing_programmed(void **state)
{
	kill_client(*state, 0);
	wait_for_line("15 restored");
}

static void client_that_is_killed_with_unread_replies_leaves_nothing_programmed(void **state)
{
	kill_client(*state, 200);
	wait_for_line("15 restored");
}

static void termination_leaves_nothing_programmed(void **state)
{
	struct accessd *accessd = *state;

	program_controls(accessd->fd);
	assert_int_equal(kill(accessd->pid, SIGTERM), 0);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	accessd_disconnect(accessd);
	assert_as_before();
	wait_for_end("the daemon was told to terminate: 0 read, 15 written, 15 restored");
}

/* All the time, also while it puts back; and the client reads nothing. */
static void terminations_while_the_client_reads_nothing_leave_nothing_programmed(void **state)
{
	struct accessd *accessd = *state;
	struct pollfd full = {.fd = accessd->fd, .events = POLLOUT};
	unsigned char bytes[32];
	int status;

	program_controls(accessd->fd);
	wire_request(bytes, READ, MSR, 0, 0x606, 0);
	/* until replies that nobody reads have filled the way back */
	while (poll(&full, 1, 100) == 1)
		assert_int_equal(send(accessd->fd, bytes, sizeof bytes, MSG_NOSIGNAL), 32);
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	do {
		assert_int_equal(kill(accessd->pid, SIGTERM), 0);
		assert_true(clock_now_ms() < deadline);
	} while (waitpid(accessd->pid, &status, WNOHANG) == 0);
	assert_int_equal(status, 0);
	accessd_disconnect(accessd);
	assert_as_before();
}

static void what_a_box_has_cleared_comes_back(void **state)
{
	struct accessd *accessd = *state;

	/* resets of selects and counters, as LIKWID's tools do it */
	wire_write(accessd->fd, HA, 0, 0xd8, 0x400001);
	wire_write(accessd->fd, HA, 0, 0xf4, 0x10103);
	assert_int_equal(wire_read(accessd->fd, HA, 0, 0xd8), 0);
	accessd_exit(accessd);

	struct accessd first = accessd_start(program, NULL);
	accessd_connect(&first);
	wire_write(first.fd, HA, 0, 0xf4, 0);
	wire_write(first.fd, HA, 0, 0xd8, 0x400001);
	accessd_exit(&first);

	struct accessd second = accessd_start(program, NULL);
	accessd_connect(&second);
	wire_write(second.fd, HA, 0, 0xf4, 0x10103);
	accessd_disconnect(&second);
	assert_int_equal(accessd_wait(&second, PATIENCE_MS), 0);

	struct accessd third = accessd_start(program, NULL);
	accessd_connect(&third);
	assert_int_equal(wire_read(third.fd, HA, 0, 0xd8), 0x400001);
	assert_int_equal(wire_read(third.fd, HA, 0, 0xf4), 0);
	wire_write(third.fd, HA, 0, 0xd8, 0);
	accessd_exit(&third);
}

static void other_sessions_bits_stay(void **state)
{
	struct accessd *accessd = *state, other = accessd_start(program, NULL);

	accessd_connect(&other);
	uint64_t old = wire_read(other.fd, MSR, 0, 0x38f);
	wire_write(accessd->fd, MSR, 0, 0x38f, old ^ 0x3);
	wire_write(other.fd, MSR, 0, 0x38f, old ^ 0x700000003);
	accessd_disconnect(accessd);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	assert_true(wire_read(other.fd, MSR, 0, 0x38f) == (old ^ 0x700000000));
	wire_write(other.fd, MSR, 0, 0x38f, old);
	accessd_exit(&other);
}

/* Of that daemon. */
static int count_lines(pid_t pid)
{
	FILE *log = fopen(log_file, "r");
	char line[1024], ident[32];
	int n = 0;

	assert_non_null(log);
	snprintf(ident, sizeof ident, "msrd[%d]: ", (int)pid);
	while (fgets(line, sizeof line, log))
		n += strstr(line, ident) != NULL;
	fclose(log);
	return n;
}

static void session_in_which_nothing_is_refused_or_fails_has_one_line(void **state)
{
	struct accessd *accessd = *state;
	pid_t pid = accessd->pid;
	char end[256];

	for (int i = 0; i < 3; i++)
		wire_read(accessd->fd, MSR, 0, 0x606);
	assert_int_equal(wire_ask(accessd->fd, CHECK, HA, 1, 0, 0).errorcode, 0);
	accessd_exit(accessd);
	/* this daemon's: the test has been run once, by this process, too */
	snprintf(end, sizeof end,
		"msrd[%d]: uid %u pid %d: the client said exit: 3 read, 0 written", (int)pid,
		(unsigned)getuid(), (int)getpid());
	wait_for_line(end);
	assert_int_equal(count_lines(pid), 1);
}

static void line_counts_what_was_refused_and_what_failed(void **state)
{
	struct accessd *accessd = *state;

	assert_int_equal(wire_ask(accessd->fd, READ, MSR, 0, 0xdead, 0).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, WRITE, MSR, 0, 0x186, 0x5300c0).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, READ, MSR, 0, 0x641, 0).errorcode, 4);
	accessd_exit(accessd);
	wait_for_end("the client said exit: 0 read, 0 written, 2 refused, 1 failed");
}

static void refusal_line_says_why(void **state)
{
	struct accessd *accessd = *state;

	assert_int_equal(wire_ask(accessd->fd, WRITE, MSR, 0, 0x187, 0x5300c0).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, WRITE, MSR, 1, 0x38d, 0xf000).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, WRITE, MSR, 0, 0x1b0, 9).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, WRITE, IMC0, 1, 0xd8, 0x123456789).errorcode, 2);
	accessd_exit(accessd);
	wait_for_line("write of 0x5300c0 to MSR 0x187 on CPU 0 (bits 0x100000 may only be cleared, "
		      "and would be on)");
	wait_for_line("write of 0xf000 to MSR 0x38d on CPU 1 (bits 0xf000 outside the mask)");
	wait_for_line("write of 0x9 to MSR 0x1b0 on CPU 0 (the profile or allowlist is off");
	wait_for_line("write of 0x123456789 to offset 0xd8 in imc0 of socket 1 (bits 0x100000000 "
		      "are not in a register of this space)");
}

#define RESTORE_TEST(f)                                                                            \
	cmocka_unit_test_prestate_setup_teardown(f, set_up, NULL, (void *)&zero),                  \
		cmocka_unit_test_prestate_setup_teardown(f, set_up, NULL, (void *)&one)

int main(int argc, char **argv)
{
	static const uint64_t zero = 0, one = 1;
	const struct CMUnitTest tests[] = {
		RESTORE_TEST(exit_leaves_what_was_programmed),
		RESTORE_TEST(client_that_just_closes_leaves_nothing_programmed),
		RESTORE_TEST(client_that_closes_inside_a_record_leaves_nothing_programmed),
		RESTORE_TEST(client_gone_between_write_and_reply_leaves_nothing_programmed),
		RESTORE_TEST(client_that_is_killed_leaves_nothing_programmed),
		RESTORE_TEST(client_that_is_killed_with_unread_replies_leaves_nothing_programmed),
		RESTORE_TEST(termination_leaves_nothing_programmed),
		RESTORE_TEST(terminations_while_the_client_reads_nothing_leave_nothing_programmed),
		RESTORE_TEST(what_a_box_has_cleared_comes_back),
		RESTORE_TEST(other_sessions_bits_stay),
		RESTORE_TEST(session_in_which_nothing_is_refused_or_fails_has_one_line),
		RESTORE_TEST(line_counts_what_was_refused_and_what_failed),
		RESTORE_TEST(refusal_line_says_why),
	};

	if (argc != 3) {
		fprintf(stderr, "usage: node-restore MSRD LOG\n");
		return 2;
	}
	program = argv[1];
	log_file = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
