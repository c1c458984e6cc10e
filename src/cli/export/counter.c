/* SPDX-License-Identifier: MIT */
#include "cli/export/counter.h"

#include "util/clock.h"

/* No package takes more; and a narrow counter is one of energy, in units of 1/2^16 J or more. */
#define MAX_WATTS     1000
#define SMALLEST_UNIT 16

#define WHOLE (8 * sizeof(uint64_t))

uint64_t counter_wrap_ns(const struct counter *counter)
{
	return counter->width < WHOLE
		       ? CLOCK_SECOND_NS / MAX_WATTS << (counter->width - SMALLEST_UNIT)
		       : UINT64_MAX;
}

uint64_t counter_advance(struct counter *counter, uint64_t raw, uint64_t now_ns)
{
	bool is_lost = counter->width < WHOLE ? now_ns - counter->read_ns > counter_wrap_ns(counter)
					      : raw < counter->raw;

	if (!counter->is_begun || is_lost)
		counter->total = 0;
	else
		counter->total += (raw - counter->raw) & UINT64_MAX >> (WHOLE - counter->width);
	counter->is_begun = true;
	counter->raw = raw;
	counter->read_ns = now_ns;
	return counter->total;
}
