/* SPDX-License-Identifier: MIT */
/*
 * What the CPUID instruction says on a node, from its fixture: identity, features by the names that
 * Linux has for them, caches, topology and the PMU (SDM vol. 2, CPUID). What a fixture does not say
 * is 0: MONITOR's states, the descriptors of leaf 2, inclusiveness of caches.
 */
#ifndef MSRD_SIM_MACHINE_CPUID_H
#define MSRD_SIM_MACHINE_CPUID_H

#include <stddef.h>
#include <stdint.h>

#include "sim/fixture/fixture.h"

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

#define CPUID_EXTENDED UINT32_C(0x80000000) /* the first leaf of the second range */

/* A leaf behind the last one is as the last one, as on Intel's. */
struct cpuid cpuid_answer(const struct fixture *fixture, const struct fixture_cpu *cpu,
	uint32_t leaf, uint32_t subleaf);

/* The last leaf of the range that leaf is in; how many subleaves it has that differ. */
uint32_t cpuid_last_leaf(const struct fixture *fixture, uint32_t leaf);
uint32_t cpuid_count_subleaves(const struct fixture *fixture, uint32_t leaf);

#endif
