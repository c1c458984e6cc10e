/* SPDX-License-Identifier: MIT */
/* A set of CPUs, and the two ways in which the kernel writes one. */
#ifndef MSRD_FUSE_MSR_TREE_CPUMASK_H
#define MSRD_FUSE_MSR_TREE_CPUMASK_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/fixture/fixture.h"

#define CPUMASK_MAX 8192 /* CONFIG_NR_CPUS of distribution kernels */

struct cpumask {
	uint32_t n_bits; /* highest CPU number that can exist, plus one */
	uint32_t words[CPUMASK_MAX / 32];
};

/* The CPUs of the fixture for which member says yes; all of them when it is NULL. */
void cpumask_init(struct cpumask *mask, const struct fixture *fixture,
	bool (*member)(const struct fixture_cpu *cpu, const void *context), const void *context);

bool cpumask_has(const struct cpumask *mask, uint32_t cpu);
uint32_t cpumask_count(const struct cpumask *mask);

/* "0-3,8" and "00000000,0000010f", without a newline. The caller frees; NULL when out of memory. */
char *cpumask_list(const struct cpumask *mask);
char *cpumask_hex(const struct cpumask *mask);

#endif
