/* SPDX-License-Identifier: MIT */
/* What SIGTERM does while a client is served. */
#include "daemon/terminate.h"

#include "test.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static int fds[2];

static void set_mask(int how)
{
	sigset_t terminate;

	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	assert_int_equal(sigprocmask(how, &terminate, NULL), 0);
}

static int set_up(void **state)
{
	(void)state;
	set_mask(SIG_BLOCK);
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

/* One that waits still must not end whoever runs the tests. */
static int tear_down(void **state)
{
	(void)state;
	signal(SIGTERM, SIG_IGN);
	close(fds[0]);
	return close(fds[1]);
}

static bool is_pending(void)
{
	sigset_t pending;

	assert_int_equal(sigpending(&pending), 0);
	return sigismember(&pending, SIGTERM) == 1;
}

static void socket_is_shut_down(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(terminate_watch(fds[0]), 0);
	assert_false(terminate_is_told());
	assert_int_equal(raise(SIGTERM), 0);
	assert_true(terminate_is_told());
	assert_int_equal(recv(fds[0], &byte, 1, MSG_DONTWAIT), 0);
}

static void one_that_came_before_counts(void **state)
{
	(void)state;
	assert_int_equal(raise(SIGTERM), 0);
	assert_true(is_pending());
	assert_int_equal(terminate_watch(fds[0]), 0);
	assert_true(terminate_is_told());
}

/* Else a flood of them is all that the process ever does. */
static void further_ones_interrupt_nobody(void **state)
{
	(void)state;
	assert_int_equal(terminate_watch(fds[0]), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_false(is_pending());
	assert_int_equal(raise(SIGTERM), 0);
	assert_true(is_pending());
}

int main(void)
{
#define TERMINATE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TERMINATE_TEST(socket_is_shut_down),
		TERMINATE_TEST(one_that_came_before_counts),
		TERMINATE_TEST(further_ones_interrupt_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
