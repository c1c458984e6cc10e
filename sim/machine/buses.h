/* SPDX-License-Identifier: MIT */
/*
 * Which package each PCI function of the fixture is of, by the search that the
 * daemon uses on a real machine (arch/buses.h); here it reads the dump.
 */
#ifndef MSRD_SIM_MACHINE_BUSES_H
#define MSRD_SIM_MACHINE_BUSES_H

#include "arch/arch.h"
#include "sim/fixture/fixture.h"

/* The fixture's uncore buses: *buses (free() it) and *n. 0 or -ENOMEM. */
int machine_map_buses(
	const struct fixture *fixture, const struct arch *arch, struct bus **buses, size_t *n);

/* Which unit of the model the function is; NULL: none. */
const struct arch_function *machine_find_unit(
	const struct arch *arch, const struct fixture_function *function);

/* Of the function's bus; NULL: it has no uncore units. */
const struct bus *machine_find_bus(
	const struct bus *buses, size_t n, const struct fixture_function *function);

#endif
