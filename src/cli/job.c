/* SPDX-License-Identifier: MIT */
/*
 * Waiting for time, signals and a command in one place, without a handler: so
 * that whatever ends a measurement, its registers are restored first.
 */
#include "cli/job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/array.h"
#include "util/clock.h"

/* What a shell makes of a command that it cannot run, or that a signal killed. */
#define STATUS_NOT_FOUND      127
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_SIGNAL	      128

/* As long as poll(2) may wait at a time. */
#define LONG_NS (3600 * CLOCK_SECOND_NS)

/* Between SIGTERM and SIGKILL; chosen, not tuned. */
#define PATIENCE_NS (5 * CLOCK_SECOND_NS)

bool job_is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* A blocked signal comes also when it is ignored: that one is left alone. */
void job_ending_signals(sigset_t *set)
{
	static const int ending[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE /* whoever reads our tables went away */};

	sigemptyset(set);
	for (size_t i = 0; i < N_ELEMENTS(ending); i++)
		if (!job_is_ignored(ending[i]))
			sigaddset(set, ending[i]);
}

static void stay(int number)
{
	(void)number;
}

/* Who sends one to a whole job, as Slurm's --signal does, means the command: it gets it as usual.
 */
static void leave_to_command(void)
{
	static const int numbers[] = {SIGUSR1, SIGUSR2};
	const struct sigaction action = {.sa_handler = stay, .sa_flags = SA_RESTART};

	for (size_t i = 0; i < N_ELEMENTS(numbers); i++)
		if (!job_is_ignored(numbers[i]))
			sigaction(numbers[i], &action, NULL);
}

int job_init(struct job *job)
{
	const struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t set;

	*job = (struct job){.signals = -1, .input = -1};
	/* where it is ignored, a command that ends leaves nothing to wait for */
	sigaction(SIGCHLD, &action, &job->old_child);
	leave_to_command();
	job_ending_signals(&set);
	sigaddset(&set, SIGCHLD); /* the command ended */
	sigprocmask(SIG_BLOCK, &set, &job->old_mask);
	job->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return job->signals < 0 ? -errno : 0;
}

int job_start(struct job *job, char **argv)
{
	posix_spawnattr_t attributes;
	sigset_t set;
	int error = posix_spawnattr_init(&attributes);

	if (error)
		return -error;
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attributes, &set);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	error = posix_spawnp(&job->pid, argv[0], NULL, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	if (error)
		job->pid = 0;
	return -error;
}

void job_again(struct job *job)
{
	if (!job->has_ended)
		return;
	job->pid = 0;
	job->has_ended = false;
	job->status = 0;
}

void job_end(struct job *job, int status)
{
	job->pid = 0;
	job->has_ended = true;
	job->status = W_EXITCODE(status, 0);
}

int job_exit_status(const struct job *job)
{
	return WIFSIGNALED(job->status) ? STATUS_SIGNAL + WTERMSIG(job->status)
					: WEXITSTATUS(job->status);
}

int job_start_status(int r)
{
	return r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static bool take_end(struct job *job)
{
	if (job->pid == 0 || job->has_ended || waitpid(job->pid, &job->status, WNOHANG) != job->pid)
		return false;
	job->has_ended = true;
	return true;
}

/* False when it is of no interest: SIGCHLD of the daemon. */
static bool take_signal(struct job *job, enum job_event *event)
{
	struct signalfd_siginfo info;

	if (read(job->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return false;
	if (info.ssi_signo == SIGCHLD) {
		*event = JOB_COMMAND_ENDED;
		return take_end(job);
	}
	*event = JOB_SIGNAL;
	job->signal = info.ssi_signo;
	return true;
}

/* Rounded up: to wake a bit too late costs nothing, each reading has its time. */
static int left_ms(uint64_t until_ns)
{
	uint64_t now_ns = clock_now_ns();

	if (until_ns <= now_ns)
		return 0;
	return until_ns - now_ns < LONG_NS ? (int)((until_ns - now_ns + 999999) / 1000000)
					   : (int)(LONG_NS / 1000000);
}

/* Whoever writes to us without end does not keep it back. */
static bool has_to_end(void)
{
	sigset_t pending, ending;

	sigpending(&pending);
	job_ending_signals(&ending);
	sigandset(&pending, &pending, &ending);
	return !sigisemptyset(&pending);
}

enum job_event job_wait(struct job *job, uint64_t until_ns)
{
	struct pollfd fds[] = {
		{.fd = job->signals, .events = POLLIN},
		{.fd = job->input, .events = POLLIN},
	};
	enum job_event event;

	for (;;) {
		int n = poll(fds, N_ELEMENTS(fds), left_ms(until_ns));

		if (n == 0 && clock_now_ns() >= until_ns)
			return JOB_TIME;
		/* before the end of who wrote it */
		if (n > 0 && (fds[1].revents & POLLIN) && !has_to_end())
			return JOB_INPUT;
		if (n != 0 && take_signal(job, &event))
			return event;
	}
}

/* Also one that does not listen; and whoever waits for us may be impatient. */
void job_terminate(struct job *job)
{
	uint64_t until_ns = clock_now_ns() + PATIENCE_NS;
	int input = job->input;

	if (job->pid == 0 || job->has_ended)
		return;
	/* nobody reads it here, and what is there would come before the end, again and again */
	job->input = -1;
	kill(job->pid, SIGTERM);
	while (!job->has_ended) {
		enum job_event event = job_wait(job, until_ns);

		if (event == JOB_SIGNAL)
			kill(job->pid, (int)job->signal);
		if (event != JOB_TIME)
			continue;
		kill(job->pid, SIGKILL);
		until_ns = UINT64_MAX;
	}
	job->input = input;
}

void job_deinit(struct job *job)
{
	bool waits = job->pid > 0 && !job->has_ended;

	if (waits && job->signal)
		kill(job->pid, (int)job->signal);
	sigprocmask(SIG_SETMASK, &job->old_mask, NULL);
	if (waits)
		job->has_ended = waitpid(job->pid, &job->status, 0) == job->pid;
	sigaction(SIGCHLD, &job->old_child, NULL);
	if (job->signals >= 0)
		close(job->signals);
}
