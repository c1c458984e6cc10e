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
#include <stdio.h>
#include <sys/types.h>

enum { PINNED_SAME, PINNED_TWO, PINNED_FREE, N_PINNINGS };

struct pinning {
	bool is_possible; /* PINNED_TWO is not with one CPU */
	cpu_set_t client, daemon;
};

/*
 * The CPUs to use; NULL: all that this process may run on. 0 or -errno: it may not run
 * on one of them. The caller says so.
 */
int pinnings_init(struct pinning pinnings[N_PINNINGS], const cpu_set_t *cpus);

/* The CPUs of this process from now on. 0, or -errno and said on stderr. */
int pinning_set(const cpu_set_t *cpus);

/* As fork, with the child on cpus from its first instruction. -errno and said on stderr: none. */
pid_t pinning_fork(const cpu_set_t *cpus);

/* "CPU 1", or "CPUs 0-3,8". */
void pinning_print(const cpu_set_t *cpus, FILE *out);

#endif
