/* SPDX-License-Identifier: MIT */
/*
 * A daemon that answers every request with success and does not do what it was
 * asked: the benchmark must find it out. CHEAT says which of them it is, since
 * LIKWID's clients start a daemon without arguments.
 */
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "candidate.h"
#include "complain.h"
#include "record.h"
#include "util/cleanup.h"

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

static int do_files(struct cheater *cheater, struct timed_access *access)
{
	return candidate_access(cheater->files, access);
}

static int read_once(struct cheater *cheater, struct timed_access *access)
{
	int r = 0;

	if (!cheater->is_known[access->space])
		r = do_files(cheater, access);
	else
		access->value = cheater->memory[access->space];
	cheater->memory[access->space] = access->value;
	cheater->is_known[access->space] = true;
	return r;
}

static int write_late(struct cheater *cheater, const struct timed_access *access)
{
	int r = 0;

	if (cheater->late.verb == ACCESS_WRITE)
		r = do_files(cheater, &cheater->late);
	cheater->late = *access;
	return r;
}

static int cheat(struct cheater *cheater, struct timed_access *access)
{
	int r = 0;

	switch (CHEAT) {
	case ZEROS:
		access->value = 0;
		return 0;
	case MEMORY:
		if (access->verb == ACCESS_WRITE)
			cheater->memory[access->space] = access->value;
		access->value = cheater->memory[access->space];
		return 0;
	case STALE:
		return access->verb == ACCESS_READ ? read_once(cheater, access)
						   : do_files(cheater, access);
	case DROPPING:
		return access->verb != ACCESS_WRITE ? do_files(cheater, access) : 0;
	case LATE:
		r = write_late(cheater, access);
		return r == 0 && access->verb != ACCESS_WRITE ? do_files(cheater, access) : r;
	default:
		r = do_files(cheater, access);
		if (CHEAT == YES && access->verb == ACCESS_CHECK)
			access->error = ACCESS_DONE;
		return r;
	}
}

/* The connection, or -errno and said on stderr. */
static int meet_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)getpid());
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		return complain(-errno, "%s", address.sun_path);
	int client = listen(fd, 1) < 0 ? -1 : accept(fd, NULL, NULL);
	int r = client < 0 ? complain(-errno, "%s", address.sun_path) : client;
	unlink(address.sun_path);
	return r;
}

static void move_away(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof all);
	sched_setaffinity(0, sizeof all, &all);
}

static int serve(struct cheater *cheater)
{
	cleanup_close int fd = meet_client();
	struct timed_access access;
	int r = fd < 0 ? fd : 0;

	while (r == 0 && record_take(fd, &access)) {
		r = cheat(cheater, &access);
		if (r == 0)
			r = record_answer(fd, &access);
	}
	return r;
}

int main(void)
{
	struct cheater cheater = {0};
	int r = candidate_new_files(&cheater.files);

	if (CHEAT == RESTLESS)
		move_away();
	if (r == 0)
		r = serve(&cheater);
	candidate_free(cheater.files);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
