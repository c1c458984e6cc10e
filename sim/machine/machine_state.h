/* SPDX-License-Identifier: MIT */
/* The state of a machine, shared by machine.c and msrspace.c and nobody else. */
#ifndef MSRD_SIM_MACHINE_MACHINE_STATE_H
#define MSRD_SIM_MACHINE_MACHINE_STATE_H

#include "sim/machine/machine.h"
#include "sim/machine/pcispace.h"
#include "sim/machine/pmu.h"
#include "sim/machine/registers.h"
#include "sim/machine/thermal.h"
#include "sim/machine/uncore.h"

#include <pthread.h>

#define MACHINE_N_SCOPES (FIXTURE_PACKAGE + 1)

struct machine_cpu {
	/* the first CPU of its thread, core and package: that one has the values */
	uint32_t home[MACHINE_N_SCOPES];
	struct pmu pmu;
	struct thermal thermal; /* of the core, in its home */
};

struct machine_package {
	uint64_t units_per_joule;
	struct thermal thermal;
	struct uncore_box cboxes[UNCORE_N_CBOXES], ubox, pcu;
};

struct machine {
	const struct fixture *fixture;
	const struct register_table *table;
	enum machine_clock clock;
	uint64_t clock_ns;    /* manual: now; real: CLOCK_MONOTONIC when it was made */
	pthread_mutex_t lock; /* of a manual clock and all that follows */
	struct machine_cpu *cpus;
	struct machine_package *packages;
	struct pcispace *functions;
	uint64_t *values; /* n_slots for each CPU; of counting registers, their offset */
	uint32_t n_slots;
};

#endif
