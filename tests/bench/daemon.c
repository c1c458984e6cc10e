/* SPDX-License-Identifier: MIT */
/* A daemon as LIKWID's clients start and use it. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "candidate.h"
#include "pinning.h"
#include "record.h"
#include "util/cleanup.h"

#define PATIENCE_S 10
/* Between two looks for the socket: small beside what starting a program costs. */
#define LOOK_NS 50000

struct daemon {
	struct candidate candidate;
	int fd;
	pid_t pid;
};

static void daemon_access(struct candidate *candidate, struct timed_access *access)
{
	if (!record_ask(((struct daemon *)candidate)->fd, access))
		err(EXIT_FAILURE, "the connection to a daemon");
}

static void daemon_free(struct candidate *candidate)
{
	struct daemon *daemon = (struct daemon *)candidate;

	record_end(daemon->fd);
	close(daemon->fd);
	waitpid(daemon->pid, NULL, 0);
	free(daemon);
}

static pid_t start(const char *path, const cpu_set_t *cpus)
{
	char *const nothing[] = {NULL};
	pid_t pid = pinning_fork(cpus);

	if (pid == 0) {
		execve(path, nothing, nothing);
		warn("%s", path);
		_exit(127);
	}
	return pid;
}

/* Its first process may end before we are connected: the reference daemon forks once more. */
static int meet(pid_t pid, const char *path)
{
	static const struct timespec look = {.tv_nsec = LOOK_NS};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	time_t deadline = time(NULL) + PATIENCE_S;

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)pid);
	while (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		if (time(NULL) > deadline)
			err(EXIT_FAILURE, "%s: can't be reached at %s", path, address.sun_path);
		nanosleep(&look, NULL);
	}
	return steal_fd(&fd);
}

/* Where it runs is printed, so it has to be true: a daemon can choose other CPUs by itself. */
static void check_cpus(int fd, const char *path, const cpu_set_t *cpus)
{
	struct ucred peer;
	socklen_t length = sizeof peer;
	cpu_set_t actual;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 ||
		sched_getaffinity(peer.pid, sizeof actual, &actual) < 0)
		err(EXIT_FAILURE, "%s: the CPUs that it runs on", path);
	if (!CPU_EQUAL(&actual, cpus))
		errx(EXIT_FAILURE, "%s: does not stay on the CPUs that it was started on", path);
}

struct candidate *candidate_new_daemon(const char *path, const cpu_set_t *cpus)
{
	static const struct candidate_ops ops = {.access = daemon_access, .free = daemon_free};
	struct daemon *daemon = calloc(1, sizeof *daemon);

	if (!daemon)
		errx(EXIT_FAILURE, "out of memory");
	daemon->candidate.ops = &ops;
	daemon->pid = start(path, cpus);
	daemon->fd = meet(daemon->pid, path);
	check_cpus(daemon->fd, path, cpus);
	return &daemon->candidate;
}
