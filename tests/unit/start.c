/* SPDX-License-Identifier: MIT */
/* What a process inherits, the worst of it, and what is left. Each look is a process of its own. */
#include "daemon/start.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

/* Limits that are lower than they may be: anybody can raise those again. */
static const struct {
	int resource;
	rlim_t low, wanted;
} limits[] = {
	{RLIMIT_CPU, 3600, RLIM_INFINITY},
	{RLIMIT_FSIZE, 0, RLIM_INFINITY},
	{RLIMIT_DATA, 64 << 20, RLIM_INFINITY},
	{RLIMIT_AS, 1 << 30, RLIM_INFINITY},
	{RLIMIT_RTTIME, 1000000, RLIM_INFINITY},
	{RLIMIT_STACK, 1 << 20, 8 << 20},
};
#define N_LIMITS (sizeof limits / sizeof *limits)

static void inherit_the_worst(void)
{
	const struct itimerval later = {.it_value.tv_sec = 3600};
	sigset_t all;

	for (size_t i = 0; i < N_LIMITS; i++) {
		struct rlimit limit;

		getrlimit(limits[i].resource, &limit);
		limit.rlim_cur = limits[i].low;
		setrlimit(limits[i].resource, &limit);
	}
	setitimer(ITIMER_REAL, &later, NULL);
	setitimer(ITIMER_VIRTUAL, &later, NULL);
	setitimer(ITIMER_PROF, &later, NULL);
	prctl(PR_SET_TIMERSLACK, 1000000000000000000);
	prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int number = 1; number <= SIGRTMAX; number++)
		signal(number, number == SIGUSR1 ? SIG_DFL : SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* of SCHED_IDLE only root gets rid */
	sched_setscheduler(0, SCHED_BATCH, &(const struct sched_param){0});
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
	setenv("LD_PRELOAD", "/tmp/theirs.so", 1);
	umask(0);
	dup2(0, 77);
}

/* Exit status of a process that has inherited the worst, has thrown it away, and looks; 0 is well.
 */
static int after_clean(int (*look)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		inherit_the_worst();
		_exit(start_clean() < 0 ? 99 : look());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int look_at_limits(void)
{
	struct rlimit limit;

	for (size_t i = 0; i < N_LIMITS; i++) {
		getrlimit(limits[i].resource, &limit);
		if (limit.rlim_cur != limits[i].wanted && limit.rlim_cur != limit.rlim_max)
			return 1 + (int)i;
	}
	getrlimit(RLIMIT_CORE, &limit);
	return limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : 50;
}

static int look_at_timers(void)
{
	static const int timers[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
	struct itimerval timer;

	for (size_t i = 0; i < sizeof timers / sizeof *timers; i++) {
		getitimer(timers[i], &timer);
		if (timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0)
			return 1 + (int)i;
	}
	return 0;
}

static int look_at_clock(void)
{
	int tsc = 0;

	prctl(PR_GET_TSC, &tsc);
	if (tsc != PR_TSC_ENABLE)
		return 1;
	return prctl(PR_GET_TIMERSLACK) == 50000 ? 0 : 2;
}

static int look_at_parent_death(void)
{
	int number = -1;

	prctl(PR_GET_PDEATHSIG, &number);
	return number;
}

static int look_at_signals(void)
{
	static const int faults[] = {
		SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS, SIGTRAP, SIGABRT, SIGTERM};
	struct sigaction action;
	sigset_t blocked;

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		sigaction(faults[i], NULL, &action);
		if (action.sa_handler != SIG_DFL)
			return faults[i];
	}
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int number = 1; number <= SIGRTMAX; number++)
		if (sigismember(&blocked, number) == (number != SIGTERM))
			return 100;
	sigaction(SIGUSR1, NULL, &action);
	return action.sa_handler == SIG_IGN ? 0 : 101;
}

static int look_at_scheduling(void)
{
	long priority = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);

	if (sched_getscheduler(0) != SCHED_OTHER)
		return 1;
	return IOPRIO_PRIO_CLASS(priority) == IOPRIO_CLASS_IDLE ? 2 : 0;
}

static int look_at_files(void)
{
	char cwd[16] = "";

	if (umask(0) != 077)
		return 1;
	if (!getcwd(cwd, sizeof cwd) || strcmp(cwd, "/") != 0)
		return 2;
	if (fcntl(77, F_GETFD) >= 0)
		return 3;
	return fcntl(0, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0 ? 0 : 4;
}

static int look_at_environment(void)
{
	return environ && environ[0] ? 1 : 0;
}

static void limits_do_not_cut_a_session_short(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_limits), 0);
}

static void timers_are_off(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_timers), 0);
}

static void clock_can_be_read_and_timer_slack_is_the_kernels_own(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_clock), 0);
}

static void parents_death_is_nothing_to_it(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_parent_death), 0);
}

static void faults_are_deadly_and_sigterm_alone_waits(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_signals), 0);
}

static void scheduling_is_everybodys(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_scheduling), 0);
}

static void umask_folder_and_descriptors_are_its_own(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_files), 0);
}

static void environment_is_empty(void **state)
{
	(void)state;
	assert_int_equal(after_clean(look_at_environment), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_do_not_cut_a_session_short),
		cmocka_unit_test(timers_are_off),
		cmocka_unit_test(clock_can_be_read_and_timer_slack_is_the_kernels_own),
		cmocka_unit_test(parents_death_is_nothing_to_it),
		cmocka_unit_test(faults_are_deadly_and_sigterm_alone_waits),
		cmocka_unit_test(scheduling_is_everybodys),
		cmocka_unit_test(umask_folder_and_descriptors_are_its_own),
		cmocka_unit_test(environment_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
