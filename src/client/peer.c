/* SPDX-License-Identifier: MIT */
/*
 * /tmp is everybody's, and anybody can start a daemon that is root's and have its socket found
 * under a name that is not its own. So the other end has to be the process that we started. Knows
 * nothing of what is said to it.
 */
#include "client/peer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Parents of parents to look at; chosen, not tuned. */
#define N_GENERATIONS 8

/* The number after key in /proc/PID/status, or -1. Unlike other files there it is everybody's to
 * read, also for a process with privileges. */
static long long read_status(pid_t pid, const char *key)
{
	char path[64], line[256];
	size_t length = strlen(key);
	long long number;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	cleanup_fclose FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, key, length) == 0 &&
			sscanf(line + length, ": %lld", &number) == 1)
			return number;
	return -1;
}

static bool descends_from(pid_t pid, pid_t ancestor)
{
	for (unsigned i = 0; i < N_GENERATIONS && pid > 1; i++) {
		pid = (pid_t)read_status(pid, "PPid");
		if (pid == ancestor)
			return true;
	}
	return false;
}

/*
 * LIKWID's own daemon ends at once, and its child serves, in a session of its own: no parent and
 * no group says whose it is. What stays is the user who started it, the real uid, which only a
 * process with privileges could change: nobody else's daemon has ours.
 */
static bool is_heir(struct child *child, pid_t pid)
{
	return child_has_stepped_aside(child) && read_status(pid, "Uid") == (long long)getuid();
}

static bool is_daemon(struct child *child, pid_t pid)
{
	if (pid == child->pid)
		return true;
	/* 0 is a process of another PID namespace */
	return pid > 0 && (getpgid(pid) == child->pid || descends_from(pid, child->pid) ||
				  is_heir(child, pid));
}

int peer_check(int fd, const char *address, struct child *child, char *text, size_t size)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
		int error = -errno;

		snprintf(text, size, "cannot ask who listens at %s: %s", address, strerror(-error));
		return error;
	}
	if (peer.uid != 0 && peer.uid != getuid() && peer.uid != geteuid()) {
		snprintf(text, size,
			"refused the socket %s: it belongs to user %u, who is neither you nor root",
			address, (unsigned)peer.uid);
		return -EPERM;
	}
	if (is_daemon(child, peer.pid))
		return 0;
	if (peer.pid > 0 && read_status(peer.pid, "Uid") < 0)
		snprintf(text, size,
			"refused the socket %s: process %d listens there, and /proc does not show "
			"whether it is the daemon that was started (hidepid?): use msrd as the "
			"daemon, which needs no such socket",
			address, (int)peer.pid);
	else
		snprintf(text, size,
			"refused the socket %s: process %d listens there, which is not the daemon "
			"that was started (process %d), nor left by it",
			address, (int)peer.pid, (int)child->pid);
	return -EPERM;
}
