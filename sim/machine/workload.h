/* SPDX-License-Identifier: MIT */
/*
 * The workload in time: which phase it is, how long each has lasted, and who
 * does what in it. Knows the fixture only; nothing of registers or counters.
 */
#ifndef MSRD_SIM_MACHINE_WORKLOAD_H
#define MSRD_SIM_MACHINE_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "sim/fixture/phase.h"

/* The phase of this moment, or NULL when the fixture has no workload. */
const struct fixture_phase *workload_phase(const struct fixture *fixture, uint64_t ns);

/* How much of the first ns nanoseconds fell into phase number phase. */
uint64_t workload_phase_ns(const struct fixture *fixture, size_t phase, uint64_t ns);

/* Is box number box of this kind one of those in the line? */
bool workload_has_box(const struct fixture_box_load *load, const char *unit, uint32_t box);

/* What a selected event and unit mask count. */
struct workload_selection {
	uint16_t event;
	uint8_t umask;
};

/* The rates that a selection counts, gathered from one or more lists. */
struct workload_sum {
	double exact;  /* rates with just the selected unit mask */
	double partly; /* rates with some of its bits */
	bool is_exact;
};

void workload_sum_add(struct workload_sum *sum, struct workload_selection selection,
	const struct fixture_rate *rates, size_t n_rates);

/*
 * A unit mask that the workload names counts what the workload says. Any
 * other counts all rates of the event whose bits are part of it: the parts of
 * an event add up, but a total that is listed beside its parts (LLC references
 * 4F, misses 41) is not counted twice. No rate: 0.
 */
double workload_sum_rate(const struct workload_sum *sum);

#endif
