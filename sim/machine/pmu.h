/* SPDX-License-Identifier: MIT */
/*
 * The performance monitoring unit of one logical CPU (architectural version 3:
 * general and fixed counters of 48 bits with a global control).
 */
#ifndef MSRD_SIM_MACHINE_PMU_H
#define MSRD_SIM_MACHINE_PMU_H

#include "sim/machine/counter.h"

#define PMU_MAX_GENERAL 8
#define PMU_N_FIXED	3
#define PMU_N_COUNTERS	(PMU_MAX_GENERAL + PMU_N_FIXED)

enum pmu_part {
	PMU_SELECT,	   /* IA32_PERFEVTSELx */
	PMU_GENERAL,	   /* IA32_PMCx: writes are 32 bits, sign-extended */
	PMU_GENERAL_FULL,  /* IA32_A_PMCx: the same counter, writes are full width */
	PMU_FIXED,	   /* IA32_FIXED_CTRx */
	PMU_FIXED_CONTROL, /* IA32_FIXED_CTR_CTRL */
	PMU_GLOBAL_CONTROL,
	PMU_GLOBAL_STATUS,
	PMU_OVERFLOW_CONTROL,
};

struct pmu {
	uint32_t n_general;
	struct flow flow; /* of this CPU: what all its counters have in common */
	uint64_t select[PMU_MAX_GENERAL];
	uint64_t fixed_control, global_control, global_status;
	struct counter counters[PMU_N_COUNTERS]; /* general, then fixed */
};

/* In the reset state; cpu is the index in the fixture. */
void pmu_init(struct pmu *pmu, const struct fixture *fixture, uint32_t cpu);

/* Bits that may be written; 0 is a read-only register. */
uint64_t pmu_write_mask(const struct pmu *pmu, enum pmu_part part);

uint64_t pmu_read(struct pmu *pmu, enum pmu_part part, uint32_t index, uint64_t ns);

/* value must keep to the write mask. */
void pmu_write(struct pmu *pmu, enum pmu_part part, uint32_t index, uint64_t ns, uint64_t value);

/* The value that a fixture recorded: also what software could not write. False
 * when the register cannot hold it. */
bool pmu_preset(struct pmu *pmu, enum pmu_part part, uint32_t index, uint64_t value);

#endif
