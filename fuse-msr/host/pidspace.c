/* SPDX-License-Identifier: MIT */
/* The node's processes as a PID namespace. It must not know what the node's files are, nor what
 * runs on it. */
#include "fuse-msr/host/pidspace.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "util/cleanup.h"

/* Where the kernel goes on after its last number; those below are given once only. */
#define FIRST_PID 300

static void answer(int fd, int r)
{
	if (write(fd, &r, sizeof r) != (ssize_t)sizeof r)
		_exit(EXIT_FAILURE);
}

/* What the new process made of itself. One that gave up is gone after this. */
static pid_t await(pid_t pid, int fd)
{
	int r = -ECHILD;

	if (read(fd, &r, sizeof r) == (ssize_t)sizeof r && r == 0)
		return pid;
	waitpid(pid, NULL, 0);
	return r;
}

pid_t pidspace_fork(int namespaces, int (*prepare)(void *context), void *context)
{
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	/* not unshare(): it cannot be taken back where the rest is refused */
	pid = (pid_t)syscall(SYS_clone, namespaces | SIGCHLD, NULL, NULL, NULL, NULL);
	r = pid < 0 ? -errno : pid;
	if (pid == 0) {
		close(ends[0]);
		r = prepare(context);
		answer(ends[1], r);
		close(ends[1]);
		if (r < 0)
			_exit(EXIT_FAILURE);
		return 0;
	}
	close(ends[1]);
	if (pid > 0)
		r = await(pid, ends[0]);
	close(ends[0]);
	return r;
}

static int read_pid_max(unsigned *pid_max)
{
	cleanup_fclose FILE *file = fopen("/proc/sys/kernel/pid_max", "re");

	if (!file)
		return -errno;
	return fscanf(file, "%u", pid_max) == 1 && *pid_max > FIRST_PID ? 0 : -EINVAL;
}

/*
 * A daemon and its client meet at /tmp/likwid-PID, and /tmp is the host's: users keep their files
 * there. Every namespace counts from 1, so the first daemons of all nodes would meet at the same
 * few names, and LIKWID's tools do not try another. So a node's numbers begin somewhere: by chance,
 * because numbers taken from the host's, which follow each other, would bring nodes that are
 * started together into each other's way. What is left, one chance in pid_max while both of two
 * daemons wait for their clients, is not more than on a host whose numbers come round.
 */
static int scatter_numbers(void)
{
	unsigned pid_max = 0, chance;
	char text[16];
	int r = read_pid_max(&pid_max);

	if (r < 0)
		return r;
	if (getrandom(&chance, sizeof chance, 0) != (ssize_t)sizeof chance)
		return -EIO;
	snprintf(text, sizeof text, "%u", FIRST_PID + chance % (pid_max - FIRST_PID));
	cleanup_close int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	return fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

int pidspace_settle(void)
{
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return -errno;
	return scatter_numbers();
}
