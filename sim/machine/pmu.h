/* SPDX-License-Identifier: MIT */
/*
 * The performance monitoring unit of one logical CPU: general and fixed
 * counters with a global control. What it has, the model says (arch/pmu.h).
 */
#ifndef MSRD_SIM_MACHINE_PMU_H
#define MSRD_SIM_MACHINE_PMU_H

#include "arch/arch.h"
#include "sim/machine/counter.h"
#include "sim/machine/log.h"

struct pmu {
	const struct arch_core *core;
	uint32_t n_general;
	struct flow flow;		    /* of this CPU: what all its counters have in common */
	struct sim_log *log;		    /* or NULL */
	uint64_t filters[ARCH_MAX_FILTERS]; /* what the registers of core->filters hold */
	bool freezes_on_pmi;
	uint64_t select[ARCH_MAX_GENERAL];
	uint64_t fixed_control, global_control, global_status;
	struct counter general[ARCH_MAX_GENERAL], fixed[ARCH_MAX_FIXED];
};

/* In the reset state; cpu is the index in the fixture. log may be NULL. */
void pmu_init(struct pmu *pmu, const struct arch_core *core, const struct fixture *fixture,
	uint32_t cpu, struct sim_log *log);

/* An MSR holds value: should it be a filter of the core, or say what an interrupt does, the PMU
 * knows it from now on. */
void pmu_told(struct pmu *pmu, uint32_t address, uint64_t ns, uint64_t value);

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
