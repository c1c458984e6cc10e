/* SPDX-License-Identifier: MIT */
/*
 * A client tries on the daemon that serves it what a user may do to processes
 * of his own. All of it has to be refused, and the daemon to serve on.
 *
 *     fuse-msr run FIXTURE -- node-touch [MSRD [capabilities]]
 *
 * MSRD: is started, and handed the client. Without it, it is the service's, the
 * child of $manager, and has to be user $account's. With capabilities, instead
 * of setuid root, it stays its client's process: then only what it knows is safe.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include <cmocka.h>

#include "wire.h"

static const char *program;
static int connection = -1;
static pid_t daemon_pid;

static void be_handed_over(void)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	daemon_pid = fork();
	if (daemon_pid == 0) {
		dup2(pair[1], 0);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	connection = pair[0];
}

static void come_to_the_service(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/msrd/socket"};

	connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(connection, (struct sockaddr *)&address, sizeof address), 0);
}

static pid_t child_of_manager(void)
{
	const char *manager = getenv("manager");
	char path[96];
	int pid = 0;

	assert_non_null(manager);
	snprintf(path, sizeof path, "/proc/%s/task/%s/children", manager, manager);
	FILE *children = fopen(path, "re");
	assert_non_null(children);
	assert_int_equal(fscanf(children, "%d", &pid), 1);
	fclose(children);
	return pid;
}

static int be_served(void **state)
{
	(void)state;
	if (program)
		be_handed_over();
	else
		come_to_the_service();
	/* it is in its session then */
	assert_int_equal(wire_read(connection, MSR, 0, 0x606), 0xa1003);
	if (!program)
		daemon_pid = child_of_manager();
	return 0;
}

static int serves_on(void **state)
{
	(void)state;
	assert_int_equal(wire_read(connection, MSR, 0, 0x606), 0xa1003);
	return 0;
}

static void daemon_is_neither_roots_nor_its_clients(void **state)
{
	unsigned uid[4] = {0};
	char path[64], line[256];

	(void)state;
	snprintf(path, sizeof path, "/proc/%d/status", (int)daemon_pid);
	FILE *status = fopen(path, "re");
	assert_non_null(status);
	while (fgets(line, sizeof line, status))
		if (sscanf(line, "Uid: %u %u %u %u", &uid[0], &uid[1], &uid[2], &uid[3]) == 4)
			break;
	fclose(status);
	for (int i = 0; i < 4; i++) {
		assert_int_not_equal(uid[i], 0);
		assert_int_not_equal(uid[i], getuid());
		if (!program)
			assert_int_equal(uid[i], strtoul(getenv("account"), NULL, 10));
	}
}

#define assert_refused(call)                                                                       \
	do {                                                                                       \
		errno = 0;                                                                         \
		assert_int_equal(call, -1);                                                        \
		assert_true(errno == EPERM || errno == EACCES);                                    \
	} while (0)

static void signals_of_its_client_are_refused(void **state)
{
	static const int signals[] = {SIGSTOP, SIGKILL, SIGTERM, SIGSEGV, 0};

	(void)state;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		assert_refused(kill(daemon_pid, signals[i]));
}

static void its_client_can_not_trace_it(void **state)
{
	(void)state;
	assert_refused((int)ptrace(PTRACE_ATTACH, daemon_pid, NULL, NULL));
	assert_refused((int)ptrace(PTRACE_SEIZE, daemon_pid, NULL, NULL));
}

static void its_client_can_not_look_into_it(void **state)
{
	static const char *const names[] = {"mem", "maps", "environ", "fd/0"};
	char byte;
	struct iovec ours = {&byte, 1}, theirs = {&byte, 1};
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", (int)daemon_pid, names[i]);
		assert_refused(open(path, O_RDONLY | O_CLOEXEC));
	}
	assert_refused((int)process_vm_readv(daemon_pid, &ours, 1, &theirs, 1, 0));
}

static void its_client_can_not_take_its_descriptors(void **state)
{
	int pidfd = pidfd_open(daemon_pid, 0);

	(void)state;
	assert_true(pidfd >= 0);
	for (int fd = 0; fd < 64; fd++)
		assert_refused(pidfd_getfd(pidfd, fd, 0));
	close(pidfd);
}

static void its_client_can_not_limit_or_starve_it(void **state)
{
	const struct rlimit none = {0, 0};
	cpu_set_t cpus;

	(void)state;
	assert_refused(prlimit(daemon_pid, RLIMIT_CPU, &none, NULL));
	assert_refused(prlimit(daemon_pid, RLIMIT_NOFILE, &none, NULL));
	assert_refused(setpriority(PRIO_PROCESS, (id_t)daemon_pid, 19));
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	assert_refused(sched_setaffinity(daemon_pid, sizeof cpus, &cpus));
	assert_refused(sched_setscheduler(daemon_pid, SCHED_IDLE, &(const struct sched_param){0}));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(daemon_is_neither_roots_nor_its_clients, serves_on),
		cmocka_unit_test_teardown(signals_of_its_client_are_refused, serves_on),
		cmocka_unit_test_teardown(its_client_can_not_trace_it, serves_on),
		cmocka_unit_test_teardown(its_client_can_not_look_into_it, serves_on),
		cmocka_unit_test_teardown(its_client_can_not_take_its_descriptors, serves_on),
		cmocka_unit_test_teardown(its_client_can_not_limit_or_starve_it, serves_on),
	};

	const struct CMUnitTest of_capabilities[] = {
		cmocka_unit_test_teardown(its_client_can_not_trace_it, serves_on),
		cmocka_unit_test_teardown(its_client_can_not_look_into_it, serves_on),
		cmocka_unit_test_teardown(its_client_can_not_take_its_descriptors, serves_on),
	};

	program = argc > 1 ? argv[1] : NULL;
	if (argc > 2)
		return cmocka_run_group_tests(of_capabilities, be_served, NULL);
	return cmocka_run_group_tests(tests, be_served, NULL);
}
