/* SPDX-License-Identifier: MIT */
/*
 * The performance monitoring unit of one logical CPU: general and fixed
 * counters with a global control. What it has, the model says (arch/pmu.h).
 */
#ifndef MSRD_SIM_MACHINE_PMU_H
#define MSRD_SIM_MACHINE_PMU_H

#include "arch/arch.h"
#include "sim/machine/counter.h"

struct pmu {
	const struct arch_core *core;
	uint32_t n_general;
	struct flow flow; /* of this CPU: what all its counters have in common */
	uint64_t select[ARCH_MAX_GENERAL];
	uint64_t fixed_control, global_control, global_status;
	struct counter general[ARCH_MAX_GENERAL], fixed[ARCH_MAX_FIXED];
};

/* In the reset state; cpu is the index in the fixture. */
void pmu_init(
	struct pmu *pmu, const struct arch_core *core, const struct fixture *fixture, uint32_t cpu);

/* Bits that may be written; 0 is a read-only register. */
uint64_t pmu_write_mask(const struct pmu *pmu, enum arch_core_part part);

uint64_t pmu_read(struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns);

/* value must keep to the write mask. */
void pmu_write(
	struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns, uint64_t value);

/* A value from outside: also what software could not write. False when the
 * register cannot hold it. */
bool pmu_preset(
	struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns, uint64_t value);

#endif
