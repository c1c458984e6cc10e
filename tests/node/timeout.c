/* SPDX-License-Identifier: MIT */
/*
 * The start-up timeout, for real: 15 s is a constant of the program.
 *
 *     fuse-msr run --syslog LOG FIXTURE -- node-timeout MSRD
 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <cmocka.h>

#include "wire.h"

static const char *program;

/* One as it should be, and one whose user wants it to wait for ever, or to die before it has
 * tidied up. Both wait at the same time. */
static struct accessd plain, attacked;
static int64_t start;

static void inherit_what_changes_time(void)
{
	const struct itimerval soon = {.it_value.tv_sec = 2}, busy = {.it_value.tv_usec = 20000};
	struct rlimit limit = {1, RLIM_INFINITY};

	prctl(PR_SET_TIMERSLACK, 1000000000000000000);
	setitimer(ITIMER_REAL, &soon, NULL);
	setitimer(ITIMER_VIRTUAL, &busy, NULL);
	setitimer(ITIMER_PROF, &busy, NULL);
	setrlimit(RLIMIT_CPU, &limit);
	getrlimit(RLIMIT_STACK, &limit);
	limit.rlim_cur = 16384;
	setrlimit(RLIMIT_STACK, &limit);
	sched_setscheduler(0, SCHED_IDLE, &(const struct sched_param){0});
}

static int start_both(void **state)
{
	(void)state;
	start = clock_now_ms();
	plain = accessd_start(program, NULL);
	attacked = accessd_start(program, inherit_what_changes_time);
	return 0;
}

static void assert_gives_up(struct accessd *accessd)
{
	struct stat st;

	assert_int_equal(accessd_wait(accessd, 60000), 1 << 8);
	assert_in_range(clock_now_ms() - start, 15000, 59000);
	assert_int_equal(lstat(accessd->path, &st), -1);
	assert_int_equal(errno, ENOENT);
}

static void daemon_nobody_connects_to_gives_up_after_15_seconds(void **state)
{
	(void)state;
	assert_gives_up(&plain);
}

static void whatever_it_has_inherited_it_gives_up_after_15_seconds(void **state)
{
	(void)state;
	assert_gives_up(&attacked);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(daemon_nobody_connects_to_gives_up_after_15_seconds),
		cmocka_unit_test(whatever_it_has_inherited_it_gives_up_after_15_seconds),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: node-timeout MSRD\n");
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, start_both, NULL);
}
