/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs of the host the client and its daemon run on. An affinity is
 * inherited over fork and exec, so it is given before the daemon is: a daemon with
 * privileges of its own could not be moved afterwards.
 */
#ifndef MSRD_BENCH_PINNING_H
#define MSRD_BENCH_PINNING_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PINNED_SAME, PINNED_TWO, PINNED_FREE, N_PINNINGS };

struct pinning {
	bool is_possible; /* PINNED_TWO is not with one CPU */
	cpu_set_t client, daemon;
};

/* The CPUs to use; NULL: all that this process may run on. False when it may not run on one. */
bool pinnings_init(struct pinning pinnings[N_PINNINGS], const cpu_set_t *cpus);

/* The CPUs of this process from now on. */
void pinning_set(const cpu_set_t *cpus);

/* As fork, with the child on cpus from its first instruction; ends the program on failure. */
pid_t pinning_fork(const cpu_set_t *cpus);

/* "CPU 1", or "CPUs 0-3,8". */
void pinning_describe(const cpu_set_t *cpus, char *text, size_t size);

#endif
