/* SPDX-License-Identifier: MIT */
/*
 * The filter as a text, without going into it: what it allows is exactly what stands here, and
 * a rule that can't be had is an error. (What it does to a process: sandbox.c.)
 */
#include "test.h"

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "util/array.h"

/* The rule that fails, counted down; 0: none does. */
static unsigned countdown;
static bool has_no_filter;
static char text[1 << 16];

static scmp_filter_ctx init(uint32_t action)
{
	return has_no_filter ? NULL : seccomp_init(action);
}

/* With up to two arguments to compare, as all rules have it. */
static int add(scmp_filter_ctx filter, uint32_t action, int call, unsigned n, ...)
{
	struct scmp_arg_cmp compared[2] = {0};
	va_list arguments;

	if (countdown > 0 && --countdown == 0)
		return -EINVAL;
	va_start(arguments, n);
	for (unsigned i = 0; i < n && i < N_ELEMENTS(compared); i++)
		compared[i] = va_arg(arguments, struct scmp_arg_cmp);
	va_end(arguments);
	return seccomp_rule_add_array(filter, action, call, n, compared);
}

static int load(scmp_filter_ctx filter)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n;

	assert_int_equal(seccomp_export_pfc(filter, fd), 0);
	n = pread(fd, text, sizeof text - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	close(fd);
	return 0;
}

#define seccomp_init	 init
#define seccomp_load	 load
#define seccomp_rule_add add

#include "../../src/daemon/sandbox.c"

#define CLIENT 1234
#define LOG    2345
#define PATH   ((const char *)3456)

/* How many system calls the text allows; each is a comment of its own in it. */
static unsigned count_calls(void)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, "filter for syscall \"")); at++)
		n++;
	return n;
}

static void assert_allows(const char *call)
{
	char line[64];

	snprintf(line, sizeof line, "filter for syscall \"%s\"", call);
	if (!strstr(text, line))
		fail_msg("%s is not allowed", call);
}

static void the_filter_is_closed(void **state)
{
	static const char *const all[] = {"pread64", "pwrite64", "poll", "restart_syscall",
		"clock_gettime", "getpid", "close", "munmap", "brk", "madvise", "exit_group",
		"lstat", "newfstatat", "recvfrom", "rt_sigreturn", "sendto", "shutdown"};

	(void)state;
	assert_int_equal(sandbox_enter(CLIENT, LOG, PATH), 0);
	for (size_t i = 0; i < N_ELEMENTS(all); i++)
		assert_allows(all[i]);
	assert_int_equal(count_calls(), N_ELEMENTS(all));
	assert_non_null(strstr(text, "default action\n  action KILL_PROCESS"));
	assert_null(strstr(text, "ERRNO"));
}

static void only_the_client_is_heard_and_only_it_and_the_log_are_told(void **state)
{
	(void)state;
	assert_int_equal(sandbox_enter(CLIENT, LOG, PATH), 0);
	assert_non_null(strstr(text, "1234"));
	assert_non_null(strstr(text, "2345"));
	assert_non_null(strstr(text, "3456"));		      /* one path is looked at */
	assert_int_equal(sandbox_enter(CLIENT, -1, PATH), 0); /* there is no log */
	assert_null(strstr(text, "2345"));
}

static void filter_that_can_not_be_made_is_an_error(void **state)
{
	unsigned n = 0;

	(void)state;
	has_no_filter = true;
	assert_int_equal(sandbox_enter(CLIENT, LOG, PATH), -ENOMEM);
	has_no_filter = false;
	do {
		countdown = ++n;
		text[0] = '\0';
		if (sandbox_enter(CLIENT, LOG, PATH) == 0)
			break;
		assert_string_equal(text, ""); /* never half a filter */
	} while (n < 100);
	assert_int_equal(n, 19); /* each of the 18 rules has failed once */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_filter_is_closed),
		cmocka_unit_test(only_the_client_is_heard_and_only_it_and_the_log_are_told),
		cmocka_unit_test(filter_that_can_not_be_made_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
