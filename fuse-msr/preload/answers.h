/* SPDX-License-Identifier: MIT */
/*
 * What the node's instructions say, as its file /sys/devices/sim/cpuid has it. Answers are given in
 * signal handlers. Does not know how an instruction was caught.
 */
#ifndef MSRD_FUSE_MSR_PRELOAD_ANSWERS_H
#define MSRD_FUSE_MSR_PRELOAD_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "fuse-msr/preload/instruction.h"

/* Once, before anything is asked. False: this is no node, or not one that says it. */
bool answers_load(void);

/* The node's online CPUs, ascending. */
unsigned answers_count_cpus(void);
uint32_t answers_cpu(unsigned i);

/* CPUID on CPU number i of them. */
void answers_cpuid(unsigned i, struct cpuid_registers *cpuid);

/* RDTSC. */
uint64_t answers_tsc(void);

#endif
