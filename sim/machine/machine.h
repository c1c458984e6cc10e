/* SPDX-License-Identifier: MIT */
/*
 * The machine model: the registers of one simulated node and what they do.
 * Every access is one RDMSR, WRMSR or config cycle; counters advance from the
 * clock when somebody looks. Usable from several threads at once.
 */
#ifndef MSRD_SIM_MACHINE_MACHINE_H
#define MSRD_SIM_MACHINE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "op.h"
#include "sim/fixture/fixture.h"

struct machine;

enum machine_clock {
	MACHINE_CLOCK_REAL,   /* CLOCK_MONOTONIC, 0 when the machine is made */
	MACHINE_CLOCK_MANUAL, /* stands still but for machine_clock_advance */
};

/*
 * A machine in its reset state with the fixture's values, or NULL after a
 * complaint (a fixture that is well formed but that the model cannot be).
 * The fixture has to outlive the machine.
 */
struct machine *machine_new(const struct fixture *fixture, enum machine_clock clock,
	void (*complain)(void *context, const char *message), void *context);

/* NULL is fine; returns NULL. */
struct machine *machine_free(struct machine *machine);

/* Can the machine's register have this value of a fixture? Sets it, when it can. */
bool machine_takes(struct machine *machine, const struct fixture_msr *msr);

/*
 * RDMSR and WRMSR on OS CPU cpu. 0, -EIO where the processor would fault
 * (#GP: no such register, reserved bits), -ENXIO where the CPU does not exist
 * or is offline.
 */
int machine_msr_read(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t *value);
int machine_msr_write(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t value);

/*
 * One config cycle of width 1, 2 or 4 bytes, naturally aligned and inside the
 * config space, on function number function of the fixture. It cannot fail:
 * what does not exist reads all ones and ignores writes, as on the bus.
 */
uint32_t machine_pci_read(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width);
void machine_pci_write(struct machine *machine, uint32_t function, uint32_t offset, uint32_t width,
	uint32_t value);

/*
 * Number of the function that is the uncore unit of a place (package, unit,
 * index). False: none is, or none whose package is proven.
 */
bool machine_find_function(
	const struct machine *machine, const struct place *place, uint32_t *function);

/*
 * Says what the fixture leaves open, where the node then shows less than its
 * workload says: an uncore bus whose package follows from nothing, a dump that
 * ends before the counters of a unit that has rates. Such a node runs.
 */
void machine_check(const struct machine *machine,
	void (*complain)(void *context, const char *message), void *context);

bool machine_cpu_is_online(struct machine *machine, uint32_t cpu);

/* Nanoseconds since the machine was made. */
uint64_t machine_clock_ns(struct machine *machine);

/* CLOCK_MONOTONIC when the machine was made; NULL: its clock is a manual one. */
const uint64_t *machine_started_ns(const struct machine *machine);

/* Moves a manual clock forward. -EPERM on a real one, -EOVERFLOW after 584 years. */
int machine_clock_advance(struct machine *machine, uint64_t ns);

#endif
