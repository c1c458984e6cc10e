/* SPDX-License-Identifier: MIT */
/* How far a counter that moves in steps may be off: an energy counter of RAPL is brought up to date
 * every period, by whole units. */
#ifndef MSRD_CLI_MEASURE_GRAIN_H
#define MSRD_CLI_MEASURE_GRAIN_H

#include <math.h>
#include <stdint.h>

/* Above this an energy says that its interval is too short; chosen to be the tolerance of --expect.
 */
#define GRAIN_COARSE_PERCENT 1

/* A period at most is missing, or too much, and a unit. At most 100. */
static inline double grain_percent(uint32_t period_ns, uint64_t length_ns, double n_units)
{
	double time = length_ns > 0 ? 100.0 * period_ns / (double)length_ns : 100;

	return fmin(100, fmax(time, n_units > 0 ? 100 / n_units : 100));
}

#endif
