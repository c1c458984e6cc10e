/* SPDX-License-Identifier: MIT */
/*
 * A daemon as LIKWID's clients start and use it. The numbers are those of
 * release 5.2, written down here once more: a mistake in the project's own table
 * must not be able to compare two different accesses.
 */
#include "candidate.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "record.h"
#include "util/cleanup.h"

enum { READ = 0, WRITE = 1, CHECK = 2, EXIT = 3 };
enum { MSR = 0, IMC0 = 5 };

#define PATIENCE_S 10
/* Between two looks for the socket: small beside what starting a program costs. */
#define LOOK_NS 50000

struct daemon {
	struct device device;
	int fd;
	pid_t pid;
};

static void daemon_access(struct device *device, struct op *op)
{
	static const uint32_t types[] = {[OP_READ] = READ, [OP_WRITE] = WRITE, [OP_CHECK] = CHECK};
	int fd = ((struct daemon *)device)->fd;
	uint8_t bytes[LIKWID_RECORD_SIZE];
	struct likwid_record record = {
		.cpu = op->place.space == OP_MSR ? op->place.cpu : op->place.package,
		.reg = op->place.reg,
		.data = op->value,
		.device = op->place.space == OP_MSR ? MSR : IMC0,
		.type = types[op->verb],
	};

	likwid_record_put(&record, bytes);
	if (!record_send(fd, bytes) || !record_receive(fd, bytes))
		err(EXIT_FAILURE, "the connection to a daemon");
	likwid_record_get(bytes, &record);
	op->status = (enum op_status)record.errorcode;
	if (op->verb == OP_READ)
		op->value = record.data;
}

static void daemon_free(struct device *device)
{
	struct daemon *daemon = (struct daemon *)device;
	const struct likwid_record record = {.type = EXIT};
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(&record, bytes);
	record_send(daemon->fd, bytes);
	close(daemon->fd);
	waitpid(daemon->pid, NULL, 0);
	free(daemon);
}

static pid_t start(const char *path)
{
	char *const nothing[] = {NULL};
	pid_t pid = fork();

	if (pid < 0)
		err(EXIT_FAILURE, "fork");
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

struct device *candidate_new_daemon(const char *path)
{
	static const struct device_ops ops = {.access = daemon_access, .free = daemon_free};
	struct daemon *daemon = calloc(1, sizeof *daemon);

	if (!daemon)
		errx(EXIT_FAILURE, "out of memory");
	daemon->device.ops = &ops;
	daemon->pid = start(path);
	daemon->fd = meet(daemon->pid, path);
	return &daemon->device;
}
