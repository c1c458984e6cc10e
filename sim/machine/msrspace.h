/* SPDX-License-Identifier: MIT */
/* One MSR access on a machine whose lock the caller has. CPUs are indices. */
#ifndef MSRD_SIM_MACHINE_MSRSPACE_H
#define MSRD_SIM_MACHINE_MSRSPACE_H

#include "sim/machine/machine_state.h"

/* For machine->n_slices. */
uint32_t msrspace_count_slices(const struct machine *machine);

/* All registers of a CPU that have no behaviour of their own. */
void msrspace_reset(struct machine *machine, uint32_t cpu);

/* What the fixture recorded. False when the register cannot hold the value. */
bool msrspace_preset(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t value);

/* 0, or -EIO where the processor would fault. */
int msrspace_read(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t *value);
int msrspace_write(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value);

/* A value from outside, at ns: as machine_msr_set. */
int msrspace_set(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value);

#endif
