/* SPDX-License-Identifier: MIT */
/* How the counters of a core PMU count. Only pmu*.c include it. */
#ifndef MSRD_SIM_MACHINE_PMU_COUNT_H
#define MSRD_SIM_MACHINE_PMU_COUNT_H

#include "sim/machine/pmu.h"

/* What runs, after a change of any control; the counters must be settled. */
void pmu_route(struct pmu *pmu, uint64_t ns);

/* All counters, and what became of their overflows until then. */
void pmu_settle(struct pmu *pmu, uint64_t ns);

/* One, where no overflow has to do with the others. */
void pmu_settle_general(struct pmu *pmu, uint32_t index, uint64_t ns);
void pmu_settle_fixed(struct pmu *pmu, uint32_t index, uint64_t ns);

#endif
