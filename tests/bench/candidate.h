/* SPDX-License-Identifier: MIT */
/*
 * The ways to a register that are compared. Each carries out a struct timed_access, so
 * whoever measures can't tell them apart. What can't be made, or breaks, is said on
 * stderr and is a negative errno.
 */
#ifndef MSRD_BENCH_CANDIDATE_H
#define MSRD_BENCH_CANDIDATE_H

#include <sched.h>

#include "access.h"

struct candidate;

struct candidate_ops {
	/* Sets access->error, and of a read access->value. 0; -errno: no answer will come. */
	int (*access)(struct candidate *candidate, struct timed_access *access);
	void (*free)(struct candidate *candidate);
};

/* First member of each candidate's own structure. */
struct candidate {
	const struct candidate_ops *ops;
};

static inline int candidate_access(struct candidate *candidate, struct timed_access *access)
{
	return candidate->ops->access(candidate, access);
}

/* And what it has started has ended. NULL is fine. */
static inline void candidate_free(struct candidate *candidate)
{
	if (candidate)
		candidate->ops->free(candidate);
}

#define cleanup_candidate __attribute__((cleanup(candidate_cleanup)))
static inline void candidate_cleanup(struct candidate **candidate)
{
	candidate_free(*candidate);
}

/* Each of these returns 0, and the caller owns the candidate, or -errno. */

/* The device files, opened by this process: pread and pwrite. */
int candidate_new_files(struct candidate **candidate);

/*
 * A process on cpus that opens the device files and does what the records over a
 * socket pair say, with no question asked: no daemon can do with less.
 */
int candidate_new_floor(struct candidate **candidate, const cpu_set_t *cpus);

/*
 * A daemon as it is started: its program, and the one setting of its environment that it needs on
 * this machine (NULL: none).
 */
struct program {
	const char *path; /* NULL: not there */
	const char *setting;
};

/* Started on cpus and spoken to as LIKWID 5.2 does: one send and one recv an access. */
int candidate_new_daemon(
	struct candidate **candidate, const struct program *program, const cpu_set_t *cpus);
/* Of such a one: the process that answers. */
pid_t candidate_daemon_pid(const struct candidate *candidate);

#endif
