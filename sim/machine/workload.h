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

/* Its number, and how long it has lasted now; the fixture has a workload. */
size_t workload_phase_index(const struct fixture *fixture, uint64_t ns);
uint64_t workload_phase_now_ns(const struct fixture *fixture, uint64_t ns);

/* How much of the first ns nanoseconds fell into phase number phase. */
uint64_t workload_phase_ns(const struct fixture *fixture, size_t phase, uint64_t ns);

/* Is box number box of this kind one of those in the line? */
bool workload_has_box(const struct fixture_box_load *load, const char *unit, uint32_t box);

/* What a selected event and unit mask count, and of that only what fits the filter. */
struct workload_selection {
	uint16_t event;
	uint8_t umask;
	bool is_filtered;
	uint64_t filter, filter_mask; /* its bits that matter */
};

/*
 * The rates that a selection counts. A unit mask that the workload names counts
 * what the workload says. Any other counts all rates of the event whose bits
 * are part of it: the parts of an event add up, but a total that is listed
 * beside its parts (LLC references 4F, misses 41) is not counted twice. With a
 * filter those rates that have it, and else those that have none.
 */
struct workload_sum {
	double per_second;
	unsigned n_rates;
	const struct fixture_rate *rate; /* the only one; NULL: none, or several */
	bool has_other_filter; /* there are none, but some with another filter, or without */
};

struct workload_sum workload_sum(
	struct workload_selection selection, const struct fixture_rate *rates, size_t n_rates);

#endif
