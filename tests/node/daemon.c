/* SPDX-License-Identifier: MIT */
/*
 * msrd on the simulated node, as LIKWID's clients use it. Runs inside the node
 * as an ordinary user:
 *
 *     fuse-msr run --syslog LOG FIXTURE -- node-daemon MSRD LOG
 *
 * With a third argument "as-root" it leaves out the test that the node's root
 * would not pass.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../src/wire/meeting.h"
#include "wire.h"

static const char *program;
static const char *log_file;

/* A connected daemon for each test, and a look at what it left behind. */
static int set_up(void **state)
{
	static struct accessd accessd;

	accessd = accessd_start(program, NULL);
	accessd_connect(&accessd);
	*state = &accessd;
	return 0;
}

static void assert_gone(const struct accessd *accessd)
{
	struct stat st;

	assert_int_equal(lstat(accessd->path, &st), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(kill(accessd->pid, 0), -1);
}

static int tear_down(void **state)
{
	struct accessd *accessd = *state;

	if (accessd->fd >= 0)
		accessd_exit(accessd);
	assert_gone(accessd);
	return 0;
}

static void msrs_are_read(void **state)
{
	struct accessd *accessd = *state;

	assert_int_equal(wire_read(accessd->fd, MSR, 0, 0x606), 0xa1003);
	assert_int_equal(wire_read(accessd->fd, MSR, 1, 0x606), 0xa1003);
	uint64_t before = wire_read(accessd->fd, MSR, 0, 0x10);
	assert_true(wire_read(accessd->fd, MSR, 0, 0x10) > before);
}

static void msrs_are_written_on_their_cpu_alone(void **state)
{
	struct accessd *accessd = *state;

	wire_write(accessd->fd, MSR, 0, 0x187, 0);
	wire_write(accessd->fd, MSR, 1, 0x187, 0x4300c0);
	assert_int_equal(wire_read(accessd->fd, MSR, 0, 0x187), 0);
	assert_int_equal(wire_read(accessd->fd, MSR, 1, 0x187), 0x4300c0);
	wire_write(accessd->fd, MSR, 1, 0x187, 0);
}

static void uncore_is_written_on_its_socket_alone(void **state)
{
	struct accessd *accessd = *state;

	wire_write(accessd->fd, IMC0, 0, 0xe0, 0);
	wire_write(accessd->fd, IMC0, 1, 0xe0, 0x400304);
	assert_int_equal(wire_read(accessd->fd, IMC0, 0, 0xe0), 0);
	assert_int_equal(wire_read(accessd->fd, IMC0, 1, 0xe0), 0x400304);
	assert_int_equal(wire_read(accessd->fd, IMC1, 1, 0xe0), 0);
	wire_write(accessd->fd, IMC0, 1, 0xe0, 0);
	/* QPI_RATE_STATUS: readable, not writable */
	assert_int_equal(wire_ask(accessd->fd, READ, QPI_MISC0, 0, 0xd4, 0).errorcode, 0);
	assert_int_equal(wire_ask(accessd->fd, WRITE, QPI_MISC0, 0, 0xd4, 0).errorcode, 2);
}

static void counters_count(void **state)
{
	struct accessd *accessd = *state;

	wire_write(accessd->fd, MSR, 0, 0x38d, 0x333);
	wire_write(accessd->fd, MSR, 0, 0x38f, 0x7000000ff);
	uint64_t before = wire_read(accessd->fd, MSR, 0, 0x309);
	assert_true(wire_read(accessd->fd, MSR, 0, 0x309) > before);
	wire_write(accessd->fd, MSR, 0, 0x38d, 0);
	before = wire_read(accessd->fd, MSR, 0, 0x309);
	assert_int_equal(wire_read(accessd->fd, MSR, 0, 0x309), before);
}

static void units_are_checked(void **state)
{
	struct accessd *accessd = *state;

	for (uint32_t socket = 0; socket < 2; socket++) {
		assert_int_equal(wire_ask(accessd->fd, CHECK, HA, socket, 0, 0).errorcode, 0);
		assert_int_equal(wire_ask(accessd->fd, CHECK, QPI0, socket, 0, 0).errorcode, 0);
	}
	assert_int_equal(wire_ask(accessd->fd, CHECK, MSR, 1, 0, 0).errorcode, 0);
	assert_int_equal(wire_ask(accessd->fd, CHECK, MSR, 2, 0, 0).errorcode, 6);
	assert_int_equal(wire_ask(accessd->fd, CHECK, HA, 2, 0, 0).errorcode, 6);
}

static void register_that_faults_is_error_4(void **state)
{
	struct accessd *accessd = *state;
	struct reply reply = wire_ask(accessd->fd, READ, MSR, 0, 0x641, 0);

	assert_int_equal(reply.errorcode, 4);
	assert_int_equal(reply.data, 0);
	assert_int_equal(wire_ask(accessd->fd, READ, MSR, 0, 0x620, 0).errorcode, 4);
	assert_int_equal(wire_read(accessd->fd, MSR, 0, 0x606), 0xa1003);
}

/* How often text stands in the node's log. */
static int count_in_log(const char *text)
{
	char line[1024];
	int n = 0;
	FILE *log = fopen(log_file, "r");

	assert_non_null(log);
	while (fgets(line, sizeof line, log))
		n += strstr(line, text) != NULL;
	fclose(log);
	return n;
}

static void wait_for_log(const char *text, int n)
{
	int64_t deadline = clock_now_ms() + PATIENCE_MS;

	while (count_in_log(text) < n) {
		assert_true(clock_now_ms() < deadline);
		poll(NULL, 0, 2);
	}
}

static void refusal_is_error_2_and_a_line_in_the_log(void **state)
{
	struct accessd *accessd = *state;
	char line[128];

	assert_int_equal(wire_ask(accessd->fd, READ, MSR, 1, 0x1d9, 0).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, WRITE, MSR, 0, 0x600, 0xbad).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, WRITE, MSR, 0, 0x611, 0).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, READ, IMC0, 1, 0x10, 0).errorcode, 2);
	snprintf(line, sizeof line,
		"refused: uid %u pid %d: read of MSR 0x1d9 on CPU 1 (not listed)",
		(unsigned)getuid(), (int)getpid());
	wait_for_log(line, 1);
	wait_for_log("write of 0xbad to MSR 0x600 on CPU 0", 1);
	wait_for_log("read of offset 0x10 in imc0 of socket 1", 1);
}

static void log_is_not_flooded(void **state)
{
	struct accessd *accessd = *state;

	for (int i = 0; i < 100; i++)
		assert_int_equal(wire_ask(accessd->fd, READ, MSR, 0, 0xdead, 0).errorcode, 2);
	accessd_exit(accessd);
	wait_for_log("more refusals not logged", 1);
	/* the hundred took less than two seconds, or three on a bad day */
	assert_in_range(count_in_log("MSR 0xdead"), 10, 40);
}

static void nonsense_gets_a_reply_each_and_the_daemon_goes_on(void **state)
{
	struct accessd *accessd = *state;

	assert_int_equal(wire_ask(accessd->fd, READ, MSR, 0x7fffffff, 0xce, 0).errorcode, 6);
	assert_int_equal(wire_ask(accessd->fd, READ, IMC0, 4095, 0xd8, 0).errorcode, 6);
	assert_int_equal(wire_ask(accessd->fd, READ, 77, 0, 0xd8, 0).errorcode, 6);
	assert_int_equal(wire_ask(accessd->fd, READ, MSR, 0, 0xffffffff, 0).errorcode, 2);
	assert_int_equal(wire_ask(accessd->fd, 9, MSR, 0, 0xce, 0x77).errorcode, 1);
	assert_int_equal(wire_ask(accessd->fd, 9, MSR, 0, 0xce, 0x77).data, 0x77);
	assert_int_equal(wire_read(accessd->fd, MSR, 0, 0x606), 0xa1003);
}

static void client_of_another_release_is_told_of_in_the_log(void **state)
{
	struct accessd *accessd = *state;

	/* the MSRs, as LIKWID 3.1 and 4.0 number them, are a home agent's number since */
	assert_int_equal(wire_ask(accessd->fd, READ, 14, 0, 0x606, 0).errorcode, 2);
	accessd_exit(accessd);
	wait_for_log(
		"every device that it asked for is absent or refused: it may be another release of "
		"LIKWID than 5.2, whose numbers this session spoke: see msrd(8)",
		1);
}

static void record_byte_by_byte_gets_its_reply(void **state)
{
	struct accessd *accessd = *state;
	unsigned char bytes[32];
	struct reply reply;

	wire_request(bytes, READ, MSR, 0, 0x606, 0);
	for (int i = 0; i < 32; i++)
		assert_int_equal(send(accessd->fd, bytes + i, 1, MSG_NOSIGNAL), 1);
	assert_true(wire_receive(accessd->fd, &reply));
	assert_int_equal(reply.data, 0xa1003);
}

static void many_records_at_once_get_their_replies_in_order(void **state)
{
	struct accessd *accessd = *state;
	unsigned char bytes[100][32];
	struct reply reply;

	for (uint32_t i = 0; i < 100; i++)
		wire_request(bytes[i], CHECK, MSR, i % 2, i, i);
	assert_int_equal(send(accessd->fd, bytes, sizeof bytes, MSG_NOSIGNAL), sizeof bytes);
	for (uint32_t i = 0; i < 100; i++) {
		assert_true(wire_receive(accessd->fd, &reply));
		assert_int_equal(reply.data, i);
	}
}

static void exit_ends_the_daemon_with_0(void **state)
{
	accessd_exit(*state);
}

static void client_that_just_closes_ends_the_daemon(void **state)
{
	struct accessd *accessd = *state;

	wire_read(accessd->fd, MSR, 0, 0x606);
	accessd_disconnect(accessd);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	wait_for_log("went away without an exit message", 1);
}

static void client_that_closes_inside_a_record_ends_the_daemon(void **state)
{
	struct accessd *accessd = *state;

	assert_int_equal(send(accessd->fd, "0123456789", 10, MSG_NOSIGNAL), 10);
	accessd_disconnect(accessd);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	wait_for_log("in the middle of a record", 1);
}

static void client_gone_between_read_and_reply_ends_the_daemon(void **state)
{
	struct accessd *accessd = *state;
	unsigned char bytes[64][32];

	/* so many that the daemon is still reading when the client is gone */
	for (int i = 0; i < 64; i++)
		wire_request(bytes[i], READ, MSR, 0, 0x606, 0);
	assert_int_equal(kill(accessd->pid, SIGSTOP), 0);
	assert_int_equal(send(accessd->fd, bytes, sizeof bytes, MSG_NOSIGNAL), sizeof bytes);
	accessd_disconnect(accessd);
	assert_int_equal(kill(accessd->pid, SIGCONT), 0);
	/* not killed by SIGPIPE: it ends by itself */
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	wait_for_log("before it read its reply", 1);
}

static void termination_ends_the_daemon(void **state)
{
	struct accessd *accessd = *state;

	wire_read(accessd->fd, MSR, 0, 0x606); /* the session has begun */
	assert_int_equal(kill(accessd->pid, SIGTERM), 0);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
	accessd_disconnect(accessd);
	wait_for_log("told to terminate", 1);
}

static void terminal_signals_do_not_end_the_daemon(void **state)
{
	struct accessd *accessd = *state;

	kill(accessd->pid, SIGINT);
	kill(accessd->pid, SIGHUP);
	kill(accessd->pid, SIGQUIT);
	kill(accessd->pid, SIGPIPE);
	assert_int_equal(wire_read(accessd->fd, MSR, 0, 0x606), 0xa1003);
}

static void socket_is_gone_once_the_client_is_there(void **state)
{
	struct accessd *accessd = *state;
	struct stat st;

	wire_read(accessd->fd, MSR, 0, 0x606);
	assert_int_equal(lstat(accessd->path, &st), -1);
	assert_int_equal(errno, ENOENT);
}

static void two_daemons_see_the_same_hardware(void **state)
{
	struct accessd *first = *state;
	struct accessd second = accessd_start(program, NULL);

	accessd_connect(&second);
	wire_write(first->fd, MSR, 0, 0x188, 0x4300c5);
	assert_int_equal(wire_read(second.fd, MSR, 0, 0x188), 0x4300c5);
	wire_write(second.fd, MSR, 0, 0x188, 0);
	assert_int_equal(wire_read(first->fd, MSR, 0, 0x188), 0);
	accessd_exit(&second);
	assert_int_equal(wire_read(first->fd, MSR, 0, 0x606), 0xa1003);
}

static int inherited_pipe[2];

static void keep_pipe_open(void)
{
	fcntl(inherited_pipe[1], F_SETFD, 0);
}

static void inherited_descriptors_are_closed(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(pipe2(inherited_pipe, O_CLOEXEC), 0);
	struct accessd second = accessd_start(program, keep_pipe_open);
	accessd_connect(&second);
	wire_read(second.fd, MSR, 0, 0x606);
	close(inherited_pipe[1]);
	struct pollfd end = {.fd = inherited_pipe[0], .events = POLLIN};
	assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
	assert_int_equal(read(inherited_pipe[0], &byte, 1), 0); /* nobody else holds it */
	close(inherited_pipe[0]);
	accessd_exit(&second);
}

static void close_standard_descriptors(void)
{
	closefrom(0);
}

static void daemon_starts_without_standard_descriptors(void **state)
{
	struct accessd second = accessd_start(program, close_standard_descriptors);

	(void)state;
	accessd_connect(&second);
	assert_int_equal(wire_read(second.fd, MSR, 0, 0x606), 0xa1003);
	accessd_exit(&second);
}

static void ignore_everything(void)
{
	sigset_t all;

	signal(SIGTERM, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	umask(0);
	if (chdir("/proc/self") < 0)
		_exit(1);
}

static void inherited_signals_and_umask_do_not_matter(void **state)
{
	struct accessd second = accessd_start(program, ignore_everything);
	struct stat st;

	(void)state;
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	while (lstat(second.path, &st) < 0)
		assert_true(clock_now_ms() < deadline);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_uid, getuid());
	accessd_connect(&second);
	wire_read(second.fd, MSR, 0, 0x606);
	assert_int_equal(kill(second.pid, SIGTERM), 0);
	assert_int_equal(accessd_wait(&second, PATIENCE_MS), 0);
	accessd_disconnect(&second);
}

static void occupy_with_file(void)
{
	char path[64];

	snprintf(path, sizeof path, "/tmp/likwid-%d", (int)getpid());
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
	if (fd < 0 || write(fd, "mine", 4) != 4)
		_exit(99);
}

static void occupy_with_link(void)
{
	char path[64], target[64];

	snprintf(path, sizeof path, "/tmp/likwid-%d", (int)getpid());
	snprintf(target, sizeof target, "/tmp/msrd-test-target-%d", (int)getpid());
	if (symlink(target, path) < 0)
		_exit(99);
}

static rlim_t n_descriptors;

static void allow_few_descriptors(void)
{
	const struct rlimit few = {n_descriptors, n_descriptors};

	setrlimit(RLIMIT_NOFILE, &few);
}

/* True when it has ended by itself, false when it can be met. */
static bool has_given_up(const struct accessd *accessd)
{
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	struct stat st;
	int status;

	while (lstat(accessd->path, &st) < 0) {
		if (waitpid(accessd->pid, &status, WNOHANG) == accessd->pid) {
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
			return true;
		}
		assert_true(clock_now_ms() < deadline);
		poll(NULL, 0, 1);
	}
	return false;
}

/* It ends, or answers what it can't open: it is never half there. */
static void few_descriptors_are_an_end_or_an_answer(void **state)
{
	unsigned n_served = 0;

	(void)state;
	for (n_descriptors = 0; n_descriptors <= 16; n_descriptors++) {
		struct accessd second = accessd_start(program, allow_few_descriptors);
		unsigned char bytes[32];
		struct reply reply;

		if (!has_given_up(&second)) {
			accessd_connect(&second);
			wire_request(bytes, READ, MSR, 0, 0x606, 0);
			send(second.fd, bytes, sizeof bytes, MSG_NOSIGNAL);
			if (wire_receive(second.fd, &reply)) {
				assert_in_range(reply.errorcode, 0, 3); /* 2: no policy */
				accessd_exit(&second);
				n_served++;
			} else { /* it could not even accept */
				accessd_disconnect(&second);
				assert_int_equal(accessd_wait(&second, PATIENCE_MS), 1 << 8);
			}
		}
		assert_gone(&second);
	}
	assert_in_range(n_served, 8, 16);
}

static void file_at_the_path_is_left_alone(void **state)
{
	struct accessd second = accessd_start(program, occupy_with_file);
	struct stat st;

	(void)state;
	assert_int_equal(accessd_wait(&second, PATIENCE_MS), MEETING_TAKEN << 8);
	assert_int_equal(lstat(second.path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_size, 4);
	unlink(second.path);
	wait_for_log("something is at this path", 1);
}

/* These tests themselves: somebody's sockets must not fail them. */
static void path_that_is_taken_costs_a_daemon_and_no_test(void **state)
{
	char paths[3][64];
	bool are_ours[3];
	pid_t last = fork();

	(void)state;
	if (last == 0)
		_exit(0);
	assert_int_equal(waitpid(last, NULL, 0), last);
	for (int i = 0; i < 3; i++) {
		snprintf(paths[i], sizeof paths[i], "/tmp/likwid-%d", (int)last + 1 + i);
		are_ours[i] = symlink("nowhere", paths[i]) == 0;
	}
	struct accessd second = accessd_start(program, NULL);
	accessd_connect(&second);
	assert_int_equal(wire_read(second.fd, MSR, 0, 0x606), 0xa1003);
	accessd_exit(&second);
	for (int i = 0; i < 3; i++)
		if (are_ours[i])
			unlink(paths[i]);
}

static void occupy_with_clogged_stderr(void)
{
	occupy_with_file();
	dup2(inherited_pipe[1], STDERR_FILENO);
}

static void full_standard_error_does_not_stop_the_daemon(void **state)
{
	static const char block[4096];

	(void)state;
	assert_int_equal(pipe2(inherited_pipe, O_CLOEXEC | O_NONBLOCK), 0);
	while (write(inherited_pipe[1], block, sizeof block) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fcntl(inherited_pipe[1], F_SETFL, 0), 0); /* the next write would wait */
	struct accessd second = accessd_start(program, occupy_with_clogged_stderr);
	assert_int_equal(accessd_wait(&second, PATIENCE_MS), MEETING_TAKEN << 8);
	close(inherited_pipe[0]);
	close(inherited_pipe[1]);
	unlink(second.path);
}

static void link_at_the_path_is_not_followed(void **state)
{
	struct accessd second = accessd_start(program, occupy_with_link);
	char target[64];
	struct stat st;

	(void)state;
	snprintf(target, sizeof target, "/tmp/msrd-test-target-%d", (int)second.pid);
	assert_int_equal(accessd_wait(&second, PATIENCE_MS), MEETING_TAKEN << 8);
	assert_int_equal(lstat(second.path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat(target, &st), -1);
	unlink(second.path);
}

static void daemon_that_knows_its_buses_says_nothing_of_them(void **state)
{
	struct accessd *accessd = *state;

	wire_read(accessd->fd, MSR, 0, 0x606);
	accessd_exit(accessd);
	wait_for_log("the client said exit: 1 read", 1);
	assert_int_equal(count_in_log("UBOX"), 0);
}

static void client_itself_may_not_open_the_devices(void **state)
{
	(void)state;
	assert_int_equal(open("/dev/cpu/0/msr", O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	int fd = open("/sys/bus/pci/devices/0000:7f:10.0/config", O_RDONLY);
	char bytes[4];
	assert_int_equal(pread(fd, bytes, sizeof bytes, 0xf4), 0);
	close(fd);
}

#define DAEMON_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		DAEMON_TEST(msrs_are_read),
		DAEMON_TEST(msrs_are_written_on_their_cpu_alone),
		DAEMON_TEST(uncore_is_written_on_its_socket_alone),
		DAEMON_TEST(counters_count),
		DAEMON_TEST(units_are_checked),
		DAEMON_TEST(register_that_faults_is_error_4),
		DAEMON_TEST(refusal_is_error_2_and_a_line_in_the_log),
		DAEMON_TEST(log_is_not_flooded),
		DAEMON_TEST(nonsense_gets_a_reply_each_and_the_daemon_goes_on),
		DAEMON_TEST(client_of_another_release_is_told_of_in_the_log),
		DAEMON_TEST(record_byte_by_byte_gets_its_reply),
		DAEMON_TEST(many_records_at_once_get_their_replies_in_order),
		DAEMON_TEST(exit_ends_the_daemon_with_0),
		DAEMON_TEST(client_that_just_closes_ends_the_daemon),
		DAEMON_TEST(client_that_closes_inside_a_record_ends_the_daemon),
		DAEMON_TEST(client_gone_between_read_and_reply_ends_the_daemon),
		DAEMON_TEST(termination_ends_the_daemon),
		DAEMON_TEST(terminal_signals_do_not_end_the_daemon),
		DAEMON_TEST(socket_is_gone_once_the_client_is_there),
		DAEMON_TEST(two_daemons_see_the_same_hardware),
		DAEMON_TEST(inherited_descriptors_are_closed),
		DAEMON_TEST(daemon_starts_without_standard_descriptors),
		DAEMON_TEST(inherited_signals_and_umask_do_not_matter),
		DAEMON_TEST(file_at_the_path_is_left_alone),
		DAEMON_TEST(path_that_is_taken_costs_a_daemon_and_no_test),
		DAEMON_TEST(full_standard_error_does_not_stop_the_daemon),
		DAEMON_TEST(link_at_the_path_is_not_followed),
		DAEMON_TEST(daemon_that_knows_its_buses_says_nothing_of_them),
		/* not for root under valgrind: he may, and it needs more descriptors itself */
		DAEMON_TEST(client_itself_may_not_open_the_devices),
		DAEMON_TEST(few_descriptors_are_an_end_or_an_answer),
	};
	size_t n = sizeof tests / sizeof *tests;

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: node-daemon MSRD LOG [as-root]\n");
		return 2;
	}
	if (argc == 4)
		n -= 2;
	program = argv[1];
	log_file = argv[2];
	return _cmocka_run_group_tests("daemon", tests, n, NULL, NULL);
}
