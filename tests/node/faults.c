/* SPDX-License-Identifier: MIT */
/*
 * What the daemon says and does when the machine under it fails, on the simulated node:
 *
 *     fuse-msr run --syslog LOG FIXTURE -- node-faults MSRD LOG
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire.h"

#define FAULT "/sys/devices/sim/fault"

/* What a client is told. */
enum { OK = 0, REFUSED = 2, NO_FILE = 3, FAILED = 4, BUSY = 5, ABSENT = 6 };

static const char *program;
static const char *log_file;

static void give(const char *line)
{
	int fd = open(FAULT, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	if (write(fd, line, strlen(line)) != (ssize_t)strlen(line))
		fail_msg("%s: %s", line, strerror(errno));
	close(fd);
}

static bool log_says(const char *text)
{
	FILE *log = fopen(log_file, "r");
	char line[1024];
	bool found = false;

	assert_non_null(log);
	while (!found && fgets(line, sizeof line, log))
		found = strstr(line, text) != NULL;
	fclose(log);
	return found;
}

/* The log's text has the daemon's number in front, as each daemon says the same. */
static void wait_for_line(pid_t daemon, const char *text)
{
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	char line[512];

	snprintf(line, sizeof line, "msrd[%d]: %s", (int)daemon, text);
	while (!log_says(line)) {
		if (clock_now_ms() >= deadline)
			fail_msg("the log does not say: %s", line);
		poll(NULL, 0, 2);
	}
}

static int set_up(void **state)
{
	static struct accessd accessd;

	accessd = accessd_start(program, NULL);
	accessd_connect(&accessd);
	*state = &accessd;
	return 0;
}

static uint32_t error_of(const struct accessd *accessd, uint32_t type, uint32_t device,
	uint32_t cpu, uint32_t reg, uint64_t data)
{
	return wire_ask(accessd->fd, type, device, cpu, reg, data).errorcode;
}

static void register_that_fails_once_is_answered_and_the_session_goes_on(void **state)
{
	struct accessd *accessd = *state;
	pid_t pid = accessd->pid;
	char line[128];

	give("fail 0 0x611 EIO nth=2");
	wire_read(accessd->fd, MSR, 0, 0x611);
	assert_int_equal(error_of(accessd, READ, MSR, 0, 0x611, 0), FAILED);
	wire_read(accessd->fd, MSR, 0, 0x611);
	wire_read(accessd->fd, MSR, 1, 0x611);
	accessd_exit(accessd);
	snprintf(line, sizeof line,
		"uid %u pid %d: the client said exit: 3 read, 0 written, 1 failed",
		(unsigned)getuid(), (int)getpid());
	wait_for_line(pid, line);
	give("clear all");
}

static void busy_register_is_a_failure_and_no_value(void **state)
{
	struct accessd *accessd = *state;
	struct reply reply;

	give("fail 1 0x186 EBUSY read");
	reply = wire_ask(accessd->fd, READ, MSR, 1, 0x186, 0);
	assert_int_equal(reply.errorcode, FAILED);
	assert_int_equal(reply.data, 0);
	/* what it held could not be remembered: so it is not written */
	assert_int_equal(error_of(accessd, WRITE, MSR, 1, 0x186, 0x4300c0), FAILED);
	give("clear all");
	assert_int_equal(wire_read(accessd->fd, MSR, 1, 0x186), 0);
	accessd_exit(accessd);
}

static void cpu_that_goes_offline_in_mid_session_and_comes_back_is_read_again(void **state)
{
	struct accessd *accessd = *state;

	wire_write(accessd->fd, MSR, 1, 0x186, 0x4300c0);
	give("offline 1");
	assert_int_equal(access("/dev/cpu/1/msr", F_OK), -1);
	assert_int_equal(error_of(accessd, READ, MSR, 1, 0x186, 0), ABSENT);
	assert_int_equal(error_of(accessd, WRITE, MSR, 1, 0x186, 0), ABSENT);
	wire_read(accessd->fd, MSR, 0, 0x611);
	give("online 1");
	assert_int_equal(access("/dev/cpu/1/msr", F_OK), 0);
	assert_int_equal(wire_read(accessd->fd, MSR, 1, 0x186), 0x4300c0);
	wire_write(accessd->fd, MSR, 1, 0x186, 0);
	accessd_exit(accessd);
}

static void cpu_that_was_offline_at_the_start_stays_so_for_the_session(void **state)
{
	struct accessd *accessd = *state, later;

	accessd_exit(accessd);
	give("offline 1");
	later = accessd_start(program, NULL);
	accessd_connect(&later);
	assert_int_equal(error_of(&later, READ, MSR, 1, 0x606, 0), ABSENT);
	give("online 1");
	assert_int_equal(error_of(&later, READ, MSR, 1, 0x606, 0), ABSENT);
	accessd_exit(&later);
	assert_int_equal(set_up(state), 0);
	wire_read(((struct accessd *)*state)->fd, MSR, 1, 0x606);
	accessd_exit(*state);
}

static void locked_down_kernel_is_read_and_the_log_says_why_it_is_not_written(void **state)
{
	struct accessd *accessd = *state, later;

	give("lockdown integrity");
	assert_int_equal(error_of(accessd, WRITE, MSR, 0, 0x186, 0x4300c0), FAILED);
	assert_int_equal(error_of(accessd, WRITE, IMC0, 0, 0xd8, 0x400304), FAILED);
	wire_read(accessd->fd, MSR, 0, 0x186);
	wire_read(accessd->fd, IMC0, 0, 0xd8);
	accessd_exit(accessd);

	later = accessd_start(program, NULL);
	accessd_connect(&later);
	assert_int_equal(error_of(&later, WRITE, MSR, 0, 0x186, 0x4300c0), FAILED);
	wire_read(later.fd, MSR, 0, 0x606);
	pid_t pid = later.pid;
	accessd_exit(&later);
	give("lockdown none");
	wait_for_line(pid, "Sandy Bridge-EP: sockets 0, 1; ");
	assert_true(log_says("msr is only read: the kernel is locked down (boot without lockdown"));
	assert_true(log_says("pci is only read: the kernel is locked down (boot without lockdown"));
}

static void function_that_goes_away_in_mid_session_fails_and_the_others_go_on(void **state)
{
	struct accessd *accessd = *state, later;

	wire_read(accessd->fd, IMC0, 0, 0xd8);
	give("hide 7f:10.0");
	assert_int_equal(error_of(accessd, READ, IMC0, 0, 0xd8, 0), FAILED);
	assert_int_equal(error_of(accessd, WRITE, IMC0, 0, 0xd8, 0x400304), FAILED);
	wire_read(accessd->fd, IMC0, 1, 0xd8);
	wire_read(accessd->fd, MSR, 0, 0x606);
	/* a file of what was removed is not one of what has come instead: the next session's is */
	give("show 7f:10.0");
	assert_int_equal(error_of(accessd, READ, IMC0, 0, 0xd8, 0), FAILED);
	accessd_exit(accessd);
	later = accessd_start(program, NULL);
	accessd_connect(&later);
	wire_read(later.fd, IMC0, 0, 0xd8);
	accessd_exit(&later);
}

static void function_that_firmware_hides_is_absent(void **state)
{
	struct accessd *accessd = *state, later;

	accessd_exit(accessd);
	give("hide 7f:10.0");
	later = accessd_start(program, NULL);
	accessd_connect(&later);
	assert_int_equal(error_of(&later, READ, IMC0, 0, 0xd8, 0), ABSENT);
	assert_int_equal(error_of(&later, READ, IMC0, 1, 0xd8, 0), OK);
	accessd_exit(&later);
	give("show 7f:10.0");
}

/* A session whose CPU 1 cannot be opened, and what the log gives as the cause. */
static void assert_unopened(const char *fault, const char *undo, const char *cause)
{
	struct accessd accessd;
	pid_t pid;

	give(fault);
	accessd = accessd_start(program, NULL);
	accessd_connect(&accessd);
	assert_int_equal(error_of(&accessd, READ, MSR, 1, 0x606, 0), NO_FILE);
	assert_int_equal(error_of(&accessd, READ, MSR, 0, 0x606, 0), OK);
	pid = accessd.pid;
	accessd_exit(&accessd);
	give(undo);
	wait_for_line(pid, "1 of 2 MSR files can't be opened: /dev/cpu/1/msr: ");
	if (!log_says(cause))
		fail_msg("the log does not say: %s", cause);
}

static void file_that_cannot_be_opened_has_its_cause_in_the_log(void **state)
{
	accessd_exit(*state);
	assert_unopened("vanish /dev/cpu/1/msr", "return /dev/cpu/1/msr",
		"some CPUs have no MSR file, though others have");
	assert_unopened("open /dev/cpu/1/msr EIO", "clear all", "these CPUs have no MSRs");
	assert_unopened("open /dev/cpu/1/msr EMFILE", "clear all", "the limit of open files");
	assert_unopened("open /dev/cpu/1/msr EROFS", "clear all", "mounted read-only");
	assert_unopened("open /dev/cpu/1/msr EFAULT", "clear all",
		"the kernel gives no reason that is known");
}

static void slow_device_is_waited_for(void **state)
{
	struct accessd *accessd = *state;
	int64_t before = clock_now_ms();

	give("delay 0 0x606 150ms once");
	wire_read(accessd->fd, MSR, 0, 0x606);
	assert_true(clock_now_ms() - before >= 150);
	wire_read(accessd->fd, MSR, 0, 0x606);
	accessd_exit(accessd);
	give("clear all");
}

/* What was looked at must still hold when it is written. */
static void write_on_a_slow_device_is_judged_again_until_it_is_busy(void **state)
{
	struct accessd *accessd = *state;

	give("delay 0 0x186 20ms read times=2");
	wire_write(accessd->fd, MSR, 0, 0x186, 0x4300c0);
	give("clear all");
	give("delay 0 0x186 510ms read");
	assert_int_equal(error_of(accessd, WRITE, MSR, 0, 0x186, 0), BUSY);
	give("clear all");
	wire_write(accessd->fd, MSR, 0, 0x186, 0);
	accessd_exit(accessd);
}

static void counter_of_the_watchdog_and_of_perf_is_theirs_until_it_is_released(void **state)
{
	struct accessd *accessd = *state;

	give("watchdog on");
	give("perf 0 2");
	assert_int_equal(error_of(accessd, WRITE, MSR, 0, 0x30a, 0), REFUSED);
	assert_int_equal(error_of(accessd, WRITE, MSR, 1, 0x38d, 0x3b3), REFUSED);
	assert_int_equal(error_of(accessd, WRITE, MSR, 0, 0xc3, 0), REFUSED);
	wire_write(accessd->fd, MSR, 1, 0xc3, 0);
	wire_write(accessd->fd, MSR, 0, 0x188, 0);
	wire_write(accessd->fd, MSR, 0, 0xc3, 0);
	give("watchdog off");
	wire_write(accessd->fd, MSR, 0, 0x30a, 0);
	accessd_exit(accessd);
}

/* Programs three registers, then lets the machine fail and the client go: what the log says of
 * what was put back. */
static void leave(struct accessd *accessd, const char *fault, const char *line)
{
	char text[256];
	pid_t pid = accessd->pid;

	wire_write(accessd->fd, MSR, 0, 0x186, 0x4300c0);
	wire_write(accessd->fd, MSR, 1, 0x187, 0x4300c5);
	wire_write(accessd->fd, IMC0, 1, 0xd8, 0x400304);
	give(fault);
	accessd_disconnect(accessd);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	snprintf(text, sizeof text,
		"uid %u pid %d: the client went away without an exit message: 0 read, 3 written, "
		"%s",
		(unsigned)getuid(), (int)getpid(), line);
	wait_for_line(pid, text);
}

static uint64_t now_reads(uint32_t device, uint32_t cpu, uint32_t reg)
{
	struct accessd accessd = accessd_start(program, NULL);

	accessd_connect(&accessd);
	uint64_t value = wire_read(accessd.fd, device, cpu, reg);
	accessd_exit(&accessd);
	return value;
}

static void reset(uint32_t device, uint32_t cpu, uint32_t reg)
{
	struct accessd accessd = accessd_start(program, NULL);

	accessd_connect(&accessd);
	wire_write(accessd.fd, device, cpu, reg, 0);
	accessd_exit(&accessd);
}

static void device_that_fails_in_the_middle_of_a_restore_keeps_only_its_own(void **state)
{
	leave(*state, "fail 1 0x187 EIO write",
		"2 restored, 1 not restored: failed; the first: MSR 0x187 on CPU 1");
	give("clear all");
	assert_int_equal(now_reads(MSR, 0, 0x186), 0);
	assert_int_equal(now_reads(MSR, 1, 0x187), 0x4300c5);
	assert_int_equal(now_reads(IMC0, 1, 0xd8), 0);
	reset(MSR, 1, 0x187);
}

static void fault_of_a_moment_during_a_restore_is_said(void **state)
{
	leave(*state, "fail all any EIO read once",
		"2 restored, 1 not restored: failed; the first: MSR 0x187 on CPU 1");
	give("clear all");
	reset(MSR, 1, 0x187);
}

static void cpu_that_is_offline_when_it_is_to_be_restored_is_said(void **state)
{
	leave(*state, "offline 1",
		"2 restored, 1 not restored: failed; the first: MSR 0x187 on CPU 1");
	give("online 1");
	assert_int_equal(now_reads(MSR, 0, 0x186), 0);
	assert_int_equal(now_reads(MSR, 1, 0x187), 0x4300c5);
	reset(MSR, 1, 0x187);
}

static void lockdown_in_mid_session_leaves_all_and_says_so(void **state)
{
	leave(*state, "lockdown integrity",
		"0 restored, 3 not restored: failed; the first: offset 0xd8 in imc0 of socket 1");
	give("lockdown none");
	reset(MSR, 0, 0x186);
	reset(MSR, 1, 0x187);
	reset(IMC0, 1, 0xd8);
}

int main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(register_that_fails_once_is_answered_and_the_session_goes_on),
		TEST(busy_register_is_a_failure_and_no_value),
		TEST(cpu_that_goes_offline_in_mid_session_and_comes_back_is_read_again),
		TEST(cpu_that_was_offline_at_the_start_stays_so_for_the_session),
		TEST(locked_down_kernel_is_read_and_the_log_says_why_it_is_not_written),
		TEST(function_that_goes_away_in_mid_session_fails_and_the_others_go_on),
		TEST(function_that_firmware_hides_is_absent),
		TEST(file_that_cannot_be_opened_has_its_cause_in_the_log),
		TEST(slow_device_is_waited_for),
		TEST(write_on_a_slow_device_is_judged_again_until_it_is_busy),
		TEST(counter_of_the_watchdog_and_of_perf_is_theirs_until_it_is_released),
		TEST(device_that_fails_in_the_middle_of_a_restore_keeps_only_its_own),
		TEST(fault_of_a_moment_during_a_restore_is_said),
		TEST(cpu_that_is_offline_when_it_is_to_be_restored_is_said),
		TEST(lockdown_in_mid_session_leaves_all_and_says_so),
	};

	if (argc != 3) {
		fprintf(stderr, "usage: node-faults MSRD LOG\n");
		return 2;
	}
	program = argv[1];
	log_file = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
