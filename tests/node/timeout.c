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
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <cmocka.h>

#include "wire.h"

static const char *program;

/* One as it should be, and one whose user wants it to wait for ever, or to die before it has
 * tidied up. All wait at the same time. */
static struct accessd plain, attacked;
static int64_t start;

/* The alarm comes when the daemon waits, on a busy machine, too, and the others not while a
 * sanitizer begins: before the daemon's first line they would be its user's own. */
static void inherit_what_changes_time(void)
{
	const struct itimerval soon = {.it_value.tv_sec = 10},
			       busy = {.it_value.tv_usec = HAS_SANDBOX ? 20000 : 900000};
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

/* Many that nobody wants, half of them of one who has died since; they become ours then. */
#define N_ABANDONED 100

static struct accessd *abandoned;

static void abandon(int from, int to)
{
	for (int i = from; i < to; i++)
		abandoned[i] = accessd_start(program, NULL);
}

static void abandon_all(void)
{
	int status;

	abandoned = mmap(NULL, N_ABANDONED * sizeof *abandoned, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(abandoned != MAP_FAILED);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	abandon(0, N_ABANDONED / 2);
	pid_t starter = fork();
	if (starter == 0) {
		abandon(N_ABANDONED / 2, N_ABANDONED);
		_exit(0);
	}
	assert_int_equal(waitpid(starter, &status, 0), starter);
	assert_int_equal(status, 0);
}

/* Who has ended at once is gone, too. */
static void wait_until_they_wait(void)
{
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	struct stat st;

	for (int i = 0; i < N_ABANDONED; i++)
		while (lstat(abandoned[i].path, &st) < 0) {
			assert_true(clock_now_ms() < deadline);
			poll(NULL, 0, 1);
		}
}

static int start_all(void **state)
{
	(void)state;
	start = clock_now_ms();
	plain = accessd_start(program, NULL);
	abandon_all();
	wait_until_they_wait();
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

static void abandoned_daemons_are_all_gone_then(void **state)
{
	(void)state;
	for (int i = 0; i < N_ABANDONED; i++)
		assert_gives_up(&abandoned[i]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(daemon_nobody_connects_to_gives_up_after_15_seconds),
		cmocka_unit_test(whatever_it_has_inherited_it_gives_up_after_15_seconds),
		cmocka_unit_test(abandoned_daemons_are_all_gone_then),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: node-timeout MSRD\n");
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, start_all, NULL);
}
