/* SPDX-License-Identifier: MIT */
/*
 * The ways to a register that are compared. Each carries out a struct timed_access, so
 * whoever measures can't tell them apart. What can't be made, or breaks, ends
 * the program.
 */
#ifndef MSRD_BENCH_CANDIDATE_H
#define MSRD_BENCH_CANDIDATE_H

#include <sched.h>

#include "access.h"

struct candidate;

struct candidate_ops {
	/* Sets access->error, and of a read access->value. */
	void (*access)(struct candidate *candidate, struct timed_access *access);
	void (*free)(struct candidate *candidate);
};

/* First member of each candidate's own structure. */
struct candidate {
	const struct candidate_ops *ops;
};

/* The device files, opened by this process: pread and pwrite. */
struct candidate *candidate_new_files(void);

/*
 * A process on cpus that opens the device files and does what the records over a
 * socket pair say, with no question asked: no daemon can do with less.
 */
struct candidate *candidate_new_floor(const cpu_set_t *cpus);

/*
 * The daemon at path, started on cpus and spoken to as LIKWID 5.2 does: one send
 * and one recv an access.
 */
struct candidate *candidate_new_daemon(const char *path, const cpu_set_t *cpus);

#endif
