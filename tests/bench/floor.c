/* SPDX-License-Identifier: MIT */
/* What is left of a daemon when all is taken away that can be. */
#include <err.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "candidate.h"
#include "pinning.h"
#include "record.h"

struct floor {
	struct candidate candidate;
	int fd;
	pid_t pid;
};

static void floor_access(struct candidate *candidate, struct timed_access *access)
{
	if (!record_ask(((struct floor *)candidate)->fd, access))
		err(EXIT_FAILURE, "the other end of the socket pair");
}

static void floor_free(struct candidate *candidate)
{
	struct floor *floor = (struct floor *)candidate;

	/* said, since closing does not tell: another child may have inherited this end */
	record_end(floor->fd);
	close(floor->fd);
	waitpid(floor->pid, NULL, 0);
	free(floor);
}

static void serve(int fd)
{
	struct candidate *files = candidate_new_files();
	struct timed_access access;

	while (record_take(fd, &access)) {
		files->ops->access(files, &access);
		if (!record_answer(fd, &access))
			return;
	}
}

struct candidate *candidate_new_floor(const cpu_set_t *cpus)
{
	static const struct candidate_ops ops = {.access = floor_access, .free = floor_free};
	struct floor *floor = calloc(1, sizeof *floor);
	int pair[2];

	if (!floor)
		errx(EXIT_FAILURE, "out of memory");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		err(EXIT_FAILURE, "socketpair");
	floor->candidate.ops = &ops;
	floor->fd = pair[0];
	floor->pid = pinning_fork(cpus);
	if (floor->pid == 0) {
		close(pair[0]);
		serve(pair[1]);
		_exit(EXIT_SUCCESS);
	}
	close(pair[1]);
	return &floor->candidate;
}
