/* SPDX-License-Identifier: MIT */
/*
 * What a process inherits through exec(2), all of it chosen by the user. Knows
 * nothing of what the daemon is for. What is left as it is, and why:
 *
 *     CPU affinity, nice value, cgroup    where and how fast his daemon runs
 *                                         is his business, it runs all the same;
 *                                         held up, it looks again, see access.c
 *     supplementary groups, uids          are dropped later, see privilege.c
 *     terminal, process group, session    signals of a terminal are ignored
 *     file locks, POSIX timers, mappings,
 *     keyrings, handlers, alternate stack do not survive exec, or mean nothing
 *     a seccomp filter                    of his needs no_new_privs, and then
 *                                         exec has given us no privilege
 */
#include "daemon/start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "util/array.h"

/* The kernel's own for a task that nobody has set it for. */
#define TIMER_SLACK_NS 50000
/* More than the daemon ever uses, as most systems have it. */
#define STACK_BYTES (8 << 20)

static int clean_files(void)
{
	int fd;

	/* a file opened as 0, 1 or 2 would be mistaken for standard error */
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -errno;
	closefrom(3);
	umask(077);
	return chdir("/") == 0 ? 0 : -errno;
}

/*
 * Everything that is asked of us from outside is ignored, which also discards
 * what was sent before exec: a daemon that dies of a pending SIGALRM leaves its
 * socket behind, one that dies of Ctrl-C takes its counters away while the
 * client is still tidying up, one that is stopped for writing a line to its
 * terminal keeps it waiting. SIGPIPE shows as EPIPE. Faults stay deadly.
 */
static void clean_signals(void)
{
	static const int faults[] = {
		SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS, SIGTRAP, SIGABRT, SIGTERM};
	sigset_t none;

	for (int number = 1; number <= SIGRTMAX; number++)
		signal(number, SIG_IGN);
	for (size_t i = 0; i < N_ELEMENTS(faults); i++)
		signal(faults[i], SIG_DFL);
	sigemptyset(&none);
	sigaddset(&none, SIGTERM); /* waits until start_signals is there for it */
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A wait of 15 s is one of 15 s. */
static void clean_time(void)
{
	static const int timers[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
	const struct itimerval off = {0};

	for (size_t i = 0; i < N_ELEMENTS(timers); i++)
		setitimer(timers[i], &off, NULL);
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	/* else reading the clock is a fault */
	prctl(PR_SET_TSC, PR_TSC_ENABLE);
	/* a session ends with its client, not with the one who started it */
	prctl(PR_SET_PDEATHSIG, 0);
}

/* Limits that would cut a session short; where the hard ones can't be raised, up to them. */
static void clean_limits(void)
{
	static const struct {
		int resource;
		rlim_t value;
	} limits[] = {
		{RLIMIT_AS, RLIM_INFINITY},
		{RLIMIT_CPU, RLIM_INFINITY},
		{RLIMIT_DATA, RLIM_INFINITY},
		{RLIMIT_FSIZE, RLIM_INFINITY},
		{RLIMIT_RTTIME, RLIM_INFINITY},
		{RLIMIT_STACK, STACK_BYTES},
	};

	for (size_t i = 0; i < N_ELEMENTS(limits); i++) {
		struct rlimit limit;

		if (getrlimit(limits[i].resource, &limit) < 0)
			continue;
		if (limit.rlim_max < limits[i].value) {
			const struct rlimit higher = {limits[i].value, limits[i].value};

			if (setrlimit(limits[i].resource, &higher) == 0)
				continue;
		}
		limit.rlim_cur =
			limit.rlim_max < limits[i].value ? limit.rlim_max : limits[i].value;
		setrlimit(limits[i].resource, &limit);
	}
	setrlimit(RLIMIT_CORE, &(const struct rlimit){0, 0}); /* registers are nobody's to keep */
}

/* Neither starved for ever nor in front of everybody. */
static void clean_scheduling(void)
{
	sched_setscheduler(0, SCHED_OTHER, &(const struct sched_param){0});
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0));
}

int start_clean(void)
{
	clean_limits(); /* a stack of 16 KiB would not last for the rest */
	clean_time();
	clean_signals();
	clean_scheduling();
	if (clearenv() != 0)
		return -ENOMEM;
	return clean_files();
}

int start_signals(void)
{
	sigset_t terminate;

	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	int fd = signalfd(-1, &terminate, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
