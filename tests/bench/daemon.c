/* SPDX-License-Identifier: MIT */
/* A daemon as LIKWID's clients start and use it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "candidate.h"
#include "complain.h"
#include "pinning.h"
#include "record.h"
#include "util/cleanup.h"

#define PATIENCE_S 10
/* Between two looks for the socket: small beside what starting a program costs. */
#define LOOK_NS 50000

struct daemon {
	struct candidate candidate;
	const char *path;
	int fd; /* -1: nobody has met it */
	pid_t pid;
};

static int daemon_access(struct candidate *candidate, struct timed_access *access)
{
	const struct daemon *daemon = (const struct daemon *)candidate;
	int r = record_ask(daemon->fd, access);

	return r < 0 ? complain(r, "%s: the connection to it", daemon->path) : 0;
}

static void daemon_free(struct candidate *candidate)
{
	struct daemon *daemon = (struct daemon *)candidate;

	if (daemon->fd >= 0) {
		record_end(daemon->fd);
		close(daemon->fd);
	} else {
		kill(daemon->pid, SIGTERM); /* it may wait for a client for ever */
	}
	waitpid(daemon->pid, NULL, 0);
	free(daemon);
}

static pid_t start(const struct program *program, const cpu_set_t *cpus)
{
	char *const nothing[] = {NULL};
	const char *const environment[] = {program->setting, NULL};
	pid_t pid = pinning_fork(cpus);

	if (pid == 0) {
		execve(program->path, nothing, (char *const *)environment);
		warn("%s", program->path);
		_exit(127);
	}
	return pid;
}

/*
 * The connection, or -errno. Its first process may end before we are connected: the reference
 * daemon forks once more.
 */
static int meet(pid_t pid, const char *path)
{
	static const struct timespec look = {.tv_nsec = LOOK_NS};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	time_t deadline = time(NULL) + PATIENCE_S;

	if (fd < 0)
		return complain(-errno, "a socket for %s", path);
	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)pid);
	while (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		if (time(NULL) > deadline)
			return complain(
				-errno, "%s: can't be reached at %s", path, address.sun_path);
		nanosleep(&look, NULL);
	}
	return steal_fd(&fd);
}

static pid_t peer_of(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 ? -errno : peer.pid;
}

pid_t candidate_daemon_pid(const struct candidate *candidate)
{
	return peer_of(((const struct daemon *)candidate)->fd);
}

/* Where it runs is printed, so it has to be true: a daemon can choose other CPUs by itself. */
static int check_cpus(int fd, const char *path, const cpu_set_t *cpus)
{
	cpu_set_t actual;
	pid_t pid = peer_of(fd);

	if (pid < 0 || sched_getaffinity(pid, sizeof actual, &actual) < 0)
		return complain(pid < 0 ? pid : -errno, "%s: the CPUs that it runs on", path);
	if (CPU_EQUAL(&actual, cpus))
		return 0;
	warnx("%s: does not stay on the CPUs that it was started on", path);
	return -EINVAL;
}

int candidate_new_daemon(
	struct candidate **candidate, const struct program *program, const cpu_set_t *cpus)
{
	const char *path = program->path;
	static const struct candidate_ops ops = {.access = daemon_access, .free = daemon_free};
	cleanup_free struct daemon *daemon = malloc(sizeof *daemon);

	if (!daemon)
		return complain(-ENOMEM, "%s", path);
	*daemon = (struct daemon){.candidate.ops = &ops, .path = path, .fd = -1};
	daemon->pid = start(program, cpus);
	if (daemon->pid < 0)
		return daemon->pid;
	struct daemon *started = steal_ptr(&daemon);
	cleanup_candidate struct candidate *made = &started->candidate;

	int r = meet(started->pid, path);
	if (r < 0)
		return r;
	started->fd = r;
	r = check_cpus(started->fd, path, cpus);
	if (r == 0)
		*candidate = steal_ptr(&made);
	return r;
}
