/* SPDX-License-Identifier: MIT */
/*
 * A client of LIKWID's meets the shim.
 *
 *     fuse-msr run FIXTURE -- node-shim SHIM CODE|disconnect|kill
 *
 * CODE: there is no service, and every access is answered with it. $manager is
 * the process whose child the service's only daemon is.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire.h"

static const char *program;
static uint32_t code;

static void every_access_is_answered_with_the_code(void **state)
{
	struct accessd accessd = accessd_start(program, NULL);
	unsigned char bytes[32];
	struct reply reply;
	struct stat status;

	(void)state;
	accessd_connect(&accessd);
	assert_int_equal(wire_ask(accessd.fd, CHECK, MSR, 0, 0, 0).errorcode, code);
	assert_int_equal(wire_ask(accessd.fd, READ, MSR, 0, 0x606, 0).errorcode, code);
	assert_int_equal(wire_ask(accessd.fd, WRITE, MSR, 0, 0x38f, 1).errorcode, code);
	assert_int_equal(wire_ask(accessd.fd, READ, HA, 0, 0xf4, 0).errorcode, code);
	assert_int_equal(wire_ask(accessd.fd, 9, HA, 0, 0xf4, 0).errorcode, 1);
	assert_int_equal(lstat(accessd.path, &status), -1);
	wire_request(bytes, EXIT, MSR, 0, 0, 0);
	assert_int_equal(send(accessd.fd, bytes, sizeof bytes, MSG_NOSIGNAL), 32);
	assert_false(wire_receive(accessd.fd, &reply));
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 1 << 8); /* there was no session */
	accessd_disconnect(&accessd);
}

/* The service's daemon; 0: there is none. */
static pid_t find_daemon(void)
{
	const char *manager = getenv("manager");
	char path[96];
	int pid = 0;

	assert_non_null(manager);
	snprintf(path, sizeof path, "/proc/%s/task/%s/children", manager, manager);
	FILE *children = fopen(path, "re");
	assert_non_null(children);
	if (fscanf(children, "%d", &pid) != 1)
		pid = 0;
	fclose(children);
	return pid;
}

static struct accessd be_served(void)
{
	struct accessd accessd = accessd_start(program, NULL);

	accessd_connect(&accessd);
	assert_int_equal(wire_read(accessd.fd, MSR, 0, 0x606), 0xa1003);
	assert_true(find_daemon() > 0);
	return accessd;
}

static void client_that_disconnects_ends_shim_and_daemon(void **state)
{
	struct accessd accessd = be_served();

	(void)state;
	accessd_disconnect(&accessd);
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 0);
	/* the shim waits for it; who started it reaps it */
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	while (find_daemon() != 0) {
		assert_true(clock_now_ms() < deadline);
		poll(NULL, 0, 1);
	}
}

static void daemon_that_dies_ends_the_shim_and_its_connection(void **state)
{
	struct accessd accessd = be_served();
	struct reply reply;

	(void)state;
	if (kill(find_daemon(), SIGKILL) < 0) {
		/* it is its own account's, as it should be */
		assert_int_equal(errno, EPERM);
		accessd_exit(&accessd);
		return;
	}
	assert_false(wire_receive(accessd.fd, &reply));
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 0);
	accessd_disconnect(&accessd);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest answers[] = {
		cmocka_unit_test(every_access_is_answered_with_the_code)};
	static const struct CMUnitTest disconnect[] = {
		cmocka_unit_test(client_that_disconnects_ends_shim_and_daemon)};
	static const struct CMUnitTest kills[] = {
		cmocka_unit_test(daemon_that_dies_ends_the_shim_and_its_connection)};

	if (argc != 3) {
		fprintf(stderr, "usage: node-shim SHIM CODE|disconnect|kill\n");
		return 2;
	}
	program = argv[1];
	code = (uint32_t)strtoul(argv[2], NULL, 10);
	if (strcmp(argv[2], "disconnect") == 0)
		return cmocka_run_group_tests(disconnect, NULL, NULL);
	if (strcmp(argv[2], "kill") == 0)
		return cmocka_run_group_tests(kills, NULL, NULL);
	return cmocka_run_group_tests(answers, NULL, NULL);
}
