/* SPDX-License-Identifier: MIT */
/* What is left of a daemon when all is taken away that can be. */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "candidate.h"
#include "complain.h"
#include "pinning.h"
#include "record.h"
#include "util/cleanup.h"

struct floor {
	struct candidate candidate;
	int fd;
	pid_t pid;
};

static int floor_access(struct candidate *candidate, struct timed_access *access)
{
	int r = record_ask(((struct floor *)candidate)->fd, access);

	return r < 0 ? complain(r, "the other end of the socket pair") : 0;
}

static void floor_free(struct candidate *candidate)
{
	struct floor *floor = (struct floor *)candidate;

	record_end(floor->fd);
	close(floor->fd);
	waitpid(floor->pid, NULL, 0);
	free(floor);
}

static int serve(int fd)
{
	cleanup_candidate struct candidate *files = NULL;
	struct timed_access access;
	int r = candidate_new_files(&files);

	while (r == 0 && record_take(fd, &access)) {
		r = candidate_access(files, &access);
		if (r == 0)
			r = record_answer(fd, &access);
	}
	return r;
}

static pid_t start(const cpu_set_t *cpus, int ours, int theirs)
{
	pid_t pid = pinning_fork(cpus);

	if (pid == 0) {
		close(ours);
		_exit(serve(theirs) < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	return pid;
}

int candidate_new_floor(struct candidate **candidate, const cpu_set_t *cpus)
{
	static const struct candidate_ops ops = {.access = floor_access, .free = floor_free};
	cleanup_free struct floor *floor = malloc(sizeof *floor);
	int pair[2];

	if (!floor)
		return complain(-ENOMEM, "the floor");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return complain(-errno, "socketpair");
	cleanup_close int ours = pair[0], theirs = pair[1];
	pid_t pid = start(cpus, ours, theirs);
	if (pid < 0)
		return pid;
	*floor = (struct floor){.candidate.ops = &ops, .fd = steal_fd(&ours), .pid = pid};
	struct floor *made = steal_ptr(&floor);
	*candidate = &made->candidate;
	return 0;
}
