/* SPDX-License-Identifier: MIT */
/*
 * What a measurement of the node should show, computed from its workload
 * alone (never from the machine's registers), so that a measured figure can be
 * put beside it. Averages over the workload's phases.
 */
#ifndef MSRD_SIM_EXPECT_H
#define MSRD_SIM_EXPECT_H

#include "sim/fixture.h"

#include <stdio.h>

/*
 * Writes lines "SCOPE NUMBER FIGURE VALUE" (tab separated, a "# …" head line):
 *   cpu    N  instructions_per_second, cycles_per_second, cpi, clock_mhz
 *   socket N  memory_read_bytes_per_second, memory_write_bytes_per_second,
 *             package_watts, dram_watts
 * cycles are unhalted core cycles; clock_mhz is the core clock while unhalted.
 */
void expect_write(const struct fixture *fixture, FILE *out);

#endif
