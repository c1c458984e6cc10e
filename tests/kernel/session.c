/* SPDX-License-Identifier: MIT */
/*
 * An ordinary user's client of an installed daemon on a real kernel, in the record as published.
 * What the registers then are is for root to look at (init.sh); nothing here can.
 *
 *     session MSRD|SOCKET GROUP [VALUE]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../node/wire.h"
#include "privileges.h"

#define PLATFORM_ID   0x17
#define PLATFORM_INFO 0xce
#define PERF_STATUS   0x198
#define MISC_ENABLE   0x1a0
#define DEBUGCTL      0x1d9
#define LSTAR	      0xc0000082

/* What the record answers with. */
enum { UNREADABLE = 4, REFUSED = 2, NO_CPU = 6 };

/* The daemon's own account, in init.sh's machine. */
#define OWN_ACCOUNT 900

static const char *program;
static uint64_t value; /* of the command line */

/* A service has started its daemon for us: there is a socket, and no child. */
static bool is_service(void)
{
	struct stat status;

	return stat(program, &status) == 0 && S_ISSOCK(status.st_mode);
}

static struct accessd connect_to_daemon(void)
{
	struct accessd daemon = {0};

	if (is_service())
		snprintf(daemon.path, sizeof daemon.path, "%s", program);
	else
		daemon = accessd_start(program, NULL);
	accessd_connect(&daemon);
	return daemon;
}

static void say_exit(struct accessd *daemon)
{
	unsigned char bytes[32];
	struct reply reply;

	if (!is_service()) {
		accessd_exit(daemon);
		return;
	}
	wire_request(bytes, EXIT, MSR, 0, 0, 0);
	assert_int_equal(send(daemon->fd, bytes, sizeof bytes, MSG_NOSIGNAL), 32);
	assert_false(wire_receive(daemon->fd, &reply));
	accessd_disconnect(daemon);
}

static void disconnect(struct accessd *daemon)
{
	accessd_disconnect(daemon);
	if (!is_service())
		assert_int_equal(accessd_wait(daemon, PATIENCE_MS), 0);
}

static uint32_t error_of(
	const struct accessd *daemon, uint32_t type, uint32_t cpu, uint32_t reg, uint64_t data)
{
	return wire_ask(daemon->fd, type, MSR, cpu, reg, data).errorcode;
}

static void assert_is_gone(const struct accessd *daemon)
{
	struct stat status;

	if (is_service()) /* its socket is for the next one */
		return;
	assert_int_equal(lstat(daemon->path, &status), -1);
	assert_int_equal(errno, ENOENT);
}

static void registers_are_read_on_each_cpu(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	for (uint32_t cpu = 0; cpu < 2; cpu++) {
		wire_read(daemon.fd, MSR, cpu, PLATFORM_ID);
		wire_read(daemon.fd, MSR, cpu, PLATFORM_INFO);
		assert_int_equal(wire_read(daemon.fd, MSR, cpu, PERF_STATUS), value);
	}
	assert_is_gone(&daemon); /* once it has met its client */
	say_exit(&daemon);
	assert_is_gone(&daemon);
}

static void register_that_is_not_listed_is_refused(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	assert_int_equal(error_of(&daemon, READ, 0, DEBUGCTL, 0), REFUSED);
	assert_int_equal(error_of(&daemon, WRITE, 0, DEBUGCTL, 0), REFUSED);
	assert_int_equal(error_of(&daemon, READ, 0, LSTAR, 0), REFUSED);
	assert_int_equal(error_of(&daemon, WRITE, 0, LSTAR, 0), REFUSED);
	assert_int_equal(error_of(&daemon, WRITE, 0, PERF_STATUS, value ^ 1), REFUSED);
	say_exit(&daemon);
}

static void bit_outside_the_mask_is_refused(void **state)
{
	struct accessd daemon = connect_to_daemon();
	uint64_t now = wire_read(daemon.fd, MSR, 0, MISC_ENABLE);

	(void)state;
	assert_int_equal(error_of(&daemon, WRITE, 0, MISC_ENABLE, now ^ 1), REFUSED);
	assert_int_equal(wire_read(daemon.fd, MSR, 0, MISC_ENABLE), now);
	say_exit(&daemon);
}

static void cpu_that_does_not_exist_is_answered(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	assert_int_equal(error_of(&daemon, READ, 2, PERF_STATUS, 0), NO_CPU);
	wire_read(daemon.fd, MSR, 1, PERF_STATUS);
	say_exit(&daemon);
}

static void daemon_ends_when_its_client_disconnects(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	wire_read(daemon.fd, MSR, 0, PERF_STATUS);
	disconnect(&daemon);
	assert_is_gone(&daemon);
}

static void value_is_written_and_read_back(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	wire_write(daemon.fd, MSR, 1, MISC_ENABLE, value);
	assert_int_equal(wire_read(daemon.fd, MSR, 1, MISC_ENABLE), value);
	say_exit(&daemon);
}

static void client_that_has_written_disconnects(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	wire_write(daemon.fd, MSR, 1, MISC_ENABLE, value);
	disconnect(&daemon);
}

static void cpu_that_is_offline_is_answered(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	assert_int_equal(error_of(&daemon, READ, 1, PERF_STATUS, 0), NO_CPU);
	wire_read(daemon.fd, MSR, 0, PERF_STATUS);
	say_exit(&daemon);
}

/* Root switches it as soon as asked to, and the session goes on. */
static void wait_for_cpu(const struct accessd *daemon, const char *request, uint32_t wanted)
{
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	int fd = open(request, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	close(fd);
	while (error_of(daemon, READ, 1, PERF_STATUS, 0) != wanted) {
		assert_true(clock_now_ms() < deadline);
		poll(NULL, 0, 10);
	}
	wire_read(daemon->fd, MSR, 0, PERF_STATUS);
}

static void cpu_that_comes_back_works_again(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	wire_read(daemon.fd, MSR, 1, PERF_STATUS);
	wait_for_cpu(&daemon, "/tmp/offline", NO_CPU);
	wait_for_cpu(&daemon, "/tmp/online", 0);
	say_exit(&daemon);
}

static void writes_fail_and_reads_go_on(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	wire_read(daemon.fd, MSR, 1, PERF_STATUS);
	assert_int_equal(error_of(&daemon, WRITE, 1, MISC_ENABLE, value), UNREADABLE);
	wire_read(daemon.fd, MSR, 1, MISC_ENABLE);
	say_exit(&daemon);
}

static void every_access_is_answered_with_an_error(void **state)
{
	struct accessd daemon = connect_to_daemon();

	(void)state;
	assert_int_not_equal(error_of(&daemon, READ, 0, PERF_STATUS, 0), 0);
	assert_int_not_equal(error_of(&daemon, READ, 1, PLATFORM_INFO, 0), 0);
	say_exit(&daemon);
	assert_is_gone(&daemon);
}

static void daemon_that_nobody_connects_to_ends_after_15_s(void **state)
{
	int64_t start = clock_now_ms();
	struct accessd daemon = accessd_start(program, NULL);

	(void)state;
	assert_int_equal(accessd_wait(&daemon, 60000), 1 << 8);
	assert_in_range(clock_now_ms() - start, 15000, 59000);
	assert_is_gone(&daemon);
}

/* The service's only daemon. */
static pid_t find_daemon(void)
{
	FILE *pidof = popen("pidof msrd", "re");
	int pid = 0, n = pidof ? fscanf(pidof, "%d", &pid) : 0;

	assert_int_equal(n, 1);
	pclose(pidof);
	return pid;
}

static struct privileges serving(void)
{
	struct accessd daemon = connect_to_daemon();
	struct privileges privileges;

	wire_read(daemon.fd, MSR, 0, PERF_STATUS); /* it is in its session now */
	pid_t pid = is_service() ? find_daemon() : daemon.pid;
	assert_true(privileges_of(&privileges, pid));
	privileges_print(&privileges);
	wire_read(daemon.fd, MSR, 0, PERF_STATUS);
	say_exit(&daemon);
	return privileges;
}

static void privileges_can_be_seen(void **state)
{
	(void)state;
	serving();
}

/* Whatever way it was installed. */
static void assert_has_no_privileges(const struct privileges *privileges, uint64_t id)
{
	for (int i = 0; i < 4; i++) {
		assert_int_equal(privileges->uid[i], id);
		assert_int_equal(privileges->gid[i], id);
	}
	assert_int_equal(privileges->effective, 0);
	assert_int_equal(privileges->permitted, 0);
	assert_int_equal(privileges->inheritable, 0);
	assert_int_equal(privileges->ambient, 0);
	assert_int_equal(privileges->no_new_privs, 1);
	assert_int_equal(privileges->seccomp, 2);
}

static void setuid_daemon_is_its_own_account_without_privileges(void **state)
{
	struct privileges privileges = serving();

	(void)state;
	assert_has_no_privileges(&privileges, OWN_ACCOUNT);
	assert_int_equal(privileges.bounding, 0);
}

/* It can't become anybody else. */
static void daemon_with_capabilities_is_the_user_without_privileges(void **state)
{
	struct privileges privileges = serving();

	(void)state;
	assert_has_no_privileges(&privileges, getuid());
}

static void daemon_of_a_service_has_no_privileges(void **state)
{
	struct privileges privileges = serving();

	(void)state;
	assert_has_no_privileges(&privileges, OWN_ACCOUNT);
}

static const struct CMUnitTest registers[] = {
	cmocka_unit_test(registers_are_read_on_each_cpu),
	cmocka_unit_test(register_that_is_not_listed_is_refused),
	cmocka_unit_test(bit_outside_the_mask_is_refused),
	cmocka_unit_test(cpu_that_does_not_exist_is_answered),
	cmocka_unit_test(daemon_ends_when_its_client_disconnects),
};

static const struct {
	const char *name;
	struct CMUnitTest test;
} singles[] = {
	{"write", cmocka_unit_test(value_is_written_and_read_back)},
	{"abandon", cmocka_unit_test(client_that_has_written_disconnects)},
	{"offline", cmocka_unit_test(cpu_that_is_offline_is_answered)},
	{"hotplug", cmocka_unit_test(cpu_that_comes_back_works_again)},
	{"lockdown", cmocka_unit_test(writes_fail_and_reads_go_on)},
	{"unready", cmocka_unit_test(every_access_is_answered_with_an_error)},
	{"timeout", cmocka_unit_test(daemon_that_nobody_connects_to_ends_after_15_s)},
	{"status", cmocka_unit_test(privileges_can_be_seen)},
	{"privileges-setuid",
		cmocka_unit_test(setuid_daemon_is_its_own_account_without_privileges)},
	{"privileges-capabilities",
		cmocka_unit_test(daemon_with_capabilities_is_the_user_without_privileges)},
	{"privileges-service", cmocka_unit_test(daemon_of_a_service_has_no_privileges)},
};

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: session MSRD|SOCKET GROUP [VALUE]\n");
		return 2;
	}
	program = argv[1];
	value = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	if (strcmp(argv[2], "registers") == 0)
		return cmocka_run_group_tests(registers, NULL, NULL);
	for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
		if (strcmp(argv[2], singles[i].name) == 0)
			return _cmocka_run_group_tests(argv[2], &singles[i].test, 1, NULL, NULL);
	fprintf(stderr, "session: no group is called %s\n", argv[2]);
	return 2;
}
