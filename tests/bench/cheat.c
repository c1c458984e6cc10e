/* SPDX-License-Identifier: MIT */
/*
 * A daemon that answers every request with success and does not do what it was
 * asked: the benchmark must find it out. CHEAT says which of them it is, since
 * LIKWID's clients start a daemon without arguments.
 */
#include <err.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "candidate.h"
#include "record.h"

enum cheat {
	ZEROS,	  /* answers 0 */
	MEMORY,	  /* answers what was written to it, and keeps it to itself */
	STALE,	  /* reads the device once, and remembers */
	DROPPING, /* reads, but does not write */
	LATE,	  /* writes when it is asked the next time */
	YES,	  /* honest, but has every device there could be */
	RESTLESS  /* honest, but does not stay on the CPUs that it was given */
};

struct cheater {
	struct candidate *files;
	uint64_t memory[SPACE_NOBODY + 1];
	bool is_known[SPACE_NOBODY + 1];
	struct timed_access late;
};

static void read_once(struct cheater *cheater, struct timed_access *access)
{
	if (!cheater->is_known[access->space])
		cheater->files->ops->access(cheater->files, access);
	else
		access->value = cheater->memory[access->space];
	cheater->memory[access->space] = access->value;
	cheater->is_known[access->space] = true;
}

static void write_late(struct cheater *cheater, const struct timed_access *access)
{
	if (cheater->late.verb == ACCESS_WRITE)
		cheater->files->ops->access(cheater->files, &cheater->late);
	cheater->late = *access;
}

static void do_files(struct cheater *cheater, struct timed_access *access)
{
	cheater->files->ops->access(cheater->files, access);
}

static void cheat(struct cheater *cheater, struct timed_access *access)
{
	switch (CHEAT) {
	case ZEROS:
		access->value = 0;
		break;
	case MEMORY:
		if (access->verb == ACCESS_WRITE)
			cheater->memory[access->space] = access->value;
		access->value = cheater->memory[access->space];
		break;
	case STALE:
		if (access->verb == ACCESS_READ)
			read_once(cheater, access);
		else
			do_files(cheater, access);
		break;
	case DROPPING:
		if (access->verb != ACCESS_WRITE)
			do_files(cheater, access);
		break;
	case LATE:
		write_late(cheater, access);
		if (access->verb != ACCESS_WRITE)
			do_files(cheater, access);
		break;
	default:
		do_files(cheater, access);
		if (CHEAT == YES && access->verb == ACCESS_CHECK)
			access->error = ACCESS_DONE;
	}
}

static int meet_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)getpid());
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0)
		err(EXIT_FAILURE, "%s", address.sun_path);
	int client = accept(fd, NULL, NULL);
	unlink(address.sun_path);
	close(fd);
	return client;
}

static void move_away(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof all);
	sched_setaffinity(0, sizeof all, &all);
}

int main(void)
{
	struct cheater cheater = {.files = candidate_new_files()};

	if (CHEAT == RESTLESS)
		move_away();
	int fd = meet_client();
	struct timed_access access;

	while (record_take(fd, &access)) {
		cheat(&cheater, &access);
		if (!record_answer(fd, &access))
			break;
	}
	cheater.files->ops->free(cheater.files);
	return EXIT_SUCCESS;
}
