/* SPDX-License-Identifier: MIT */
/*
 * One child process, waited for by its own id and by no other, so that the
 * program around us keeps its children and its signals. Knows nothing of
 * sockets or registers.
 */
#include "client/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/deadline.h"
#include "wire/meeting.h"

/* How often to look where there is no pidfd. */
#define LOOK_MS 2

/* What the program around us did with its signals is not the daemon's. */
static bool set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setsigmask(attributes, &none) == 0 &&
	       posix_spawnattr_setsigdefault(attributes, &all) == 0 &&
	       /* Ctrl-C is for the client, which still wants to restore registers */
	       posix_spawnattr_setpgroup(attributes, 0) == 0 &&
	       posix_spawnattr_setflags(attributes,
		       POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP) == 0;
}

/*
 * Standard error stays the user's: the daemon says there why it cannot work.
 * Whatever else is open here is not its business; a sister daemon's connection
 * in its hands would never see end of file.
 */
static bool set_files(posix_spawn_file_actions_t *actions, int input)
{
	int error = input < 0
			    ? posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
			    : posix_spawn_file_actions_adddup2(actions, input, 0);

	return error == 0 &&
	       posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0) == 0 &&
	       posix_spawn_file_actions_addclosefrom_np(actions, 3) == 0;
}

/* No fork(): posix_spawn does not copy the page tables of a big program. */
static int spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes)
{
	char *argv[] = {(char *)path, NULL};
	char *envp[] = {NULL};

	return posix_spawn(pid, path, actions, attributes, argv, envp);
}

struct child child_of_nobody(void)
{
	return (struct child){.pidfd = -1, .state = CHILD_NOT_OURS};
}

int child_start(struct child *child, const char *path, int input)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error;

	*child = (struct child){.pidfd = -1};
	error = posix_spawn_file_actions_init(&actions);
	if (error)
		return -error;
	error = posix_spawnattr_init(&attributes);
	if (!error) {
		error = set_files(&actions, input) && set_attributes(&attributes)
				? spawn(&child->pid, path, &actions, &attributes)
				: ENOMEM;
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		return -error;
	child->pidfd = pidfd_open(child->pid, 0);
	return 0;
}

/* Looks once, without waiting. */
static bool has_ended(struct child *child)
{
	siginfo_t info = {0};

	if (child->state != CHILD_RUNS)
		return true;
	if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG) < 0) {
		if (errno != ECHILD)
			return false;
		child->state = CHILD_UNKNOWN;
	} else if (info.si_pid == 0) {
		return false;
	} else {
		child->state = info.si_code == CLD_EXITED ? CHILD_EXITED : CHILD_KILLED;
		child->status = info.si_status;
	}
	if (child->pidfd >= 0)
		close(child->pidfd);
	child->pidfd = -1;
	return true;
}

bool child_has_ended(struct child *child, unsigned timeout_ms)
{
	long long deadline = deadline_in(timeout_ms);

	while (!has_ended(child)) {
		struct pollfd end = {.fd = child->pidfd, .events = POLLIN};
		int left_ms = deadline_left_ms(deadline);

		if (left_ms == 0)
			return false;
		poll(&end, 1, child->pidfd < 0 && left_ms > LOOK_MS ? LOOK_MS : left_ms);
	}
	return true;
}

bool child_has_stepped_aside(struct child *child)
{
	return has_ended(child) && child->state == CHILD_EXITED && child->status == 0;
}

/* The id is still the child's: nobody waited for it, or has_ended would have said so. */
static void send_signal(const struct child *child, int number)
{
	if (child->pidfd >= 0)
		pidfd_send_signal(child->pidfd, number, NULL, 0);
	else
		kill(child->pid, number);
}

void child_end(struct child *child, unsigned patience_ms, unsigned asked_ms)
{
	if (child_has_ended(child, patience_ms))
		return;
	send_signal(child, SIGTERM);
	if (child_has_ended(child, asked_ms))
		return;
	send_signal(child, SIGKILL);
	child_has_ended(child, asked_ms);
	if (child->pidfd >= 0)
		close(child->pidfd);
	child->pidfd = -1;
}

void child_describe(const struct child *child, char *text, size_t size)
{
	const char *why;

	switch (child->state) {
	case CHILD_RUNS:
		snprintf(text, size, "it still runs");
		break;
	case CHILD_EXITED:
		why = meeting_end_text(child->status);
		snprintf(text, size, "it ended with exit status %d%s%s", child->status,
			why ? ": " : "", why ? why : "");
		break;
	case CHILD_KILLED:
		snprintf(text, size, "it was killed by signal %d (%s)", child->status,
			strsignal(child->status));
		break;
	case CHILD_UNKNOWN:
		snprintf(text, size, "it ended, and its exit status went to somebody else");
		break;
	case CHILD_NOT_OURS:
		snprintf(text, size, "it closed the connection");
		break;
	}
}
