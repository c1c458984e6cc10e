/* SPDX-License-Identifier: MIT */
/*
 * Config space of one PCI function. Mostly the fixture's dump, read only; the
 * registers that the model has for an uncore unit live.
 */
#ifndef MSRD_SIM_MACHINE_PCISPACE_H
#define MSRD_SIM_MACHINE_PCISPACE_H

#include "sim/machine/machine_state.h"

/* As the dump shows it; package is its bus's. -ENOMEM. */
int pcispace_init(struct machine *machine, uint32_t number, uint32_t package);
void pcispace_deinit(struct machine_function *function);

/* width 1, 2 or 4, aligned. Outside of the config space: all ones, and ignored. */
uint32_t pcispace_read(
	struct machine *machine, uint32_t number, uint32_t offset, uint32_t width, uint64_t ns);
void pcispace_write(struct machine *machine, uint32_t number, uint32_t offset, uint32_t width,
	uint64_t ns, uint32_t value);

/* A value from outside, at ns: as machine_pci_set. */
int pcispace_set(
	struct machine *machine, uint32_t number, uint32_t offset, uint64_t ns, uint32_t value);

#endif
