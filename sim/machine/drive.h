/* SPDX-License-Identifier: MIT */
/*
 * The machine from outside, past what software can do: registers get values,
 * CPUs go offline and come back.
 */
#ifndef MSRD_SIM_MACHINE_DRIVE_H
#define MSRD_SIM_MACHINE_DRIVE_H

#include "sim/machine/machine.h"

/*
 * A register has this value at ns of the machine's clock, read-only or not, and
 * goes on from there. CPU and function as in machine.h; an offline CPU has its
 * registers too. offset: of a dword.
 * 0; -ENXIO: no such CPU or function; -ENOENT: it follows from the workload alone, or the
 * model has no such register; -EINVAL: the value has bits that it has not.
 */
int machine_msr_set(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value);
int machine_pci_set(
	struct machine *machine, uint32_t function, uint32_t offset, uint64_t ns, uint32_t value);

/* The first of the CPUs that share this register of a CPU, by its number. */
uint32_t machine_msr_home(const struct machine *machine, uint32_t cpu, uint32_t address);

/* Its registers stay what they are, and count on. -ENXIO: no such CPU. */
int machine_cpu_set_online(struct machine *machine, uint32_t cpu, bool online);

#endif
