/* SPDX-License-Identifier: MIT */
#include "cli/export/counter.h"

#include <math.h>

#include "util/clock.h"

/* No package takes more; and a narrow counter is one of energy, in units of 1/2^16 J or more. */
#define MAX_WATTS     1000
#define SMALLEST_UNIT 16
/* When it was read is not known better on a machine that is busy; chosen, not tuned. */
#define SLACK_NS CLOCK_SECOND_NS

#define WHOLE (8 * sizeof(uint64_t))

uint64_t counter_wrap_ns(const struct counter *counter)
{
	return counter->width < WHOLE
		       ? CLOCK_SECOND_NS / MAX_WATTS << (counter->width - SMALLEST_UNIT)
		       : UINT64_MAX;
}

static uint64_t difference(const struct counter *counter, uint64_t raw)
{
	return (raw - counter->raw) & UINT64_MAX >> (WHOLE - counter->width);
}

/* Has it been set back, or may it have gone round unseen? */
static bool is_lost(const struct counter *counter, uint64_t raw, uint64_t now_ns)
{
	uint64_t wrap_ns = counter_wrap_ns(counter), past_ns = now_ns - counter->read_ns;

	if (counter->width >= WHOLE)
		return raw < counter->raw;
	/* one that was set back seems to have gone round, faster than anything can */
	return past_ns > wrap_ns ||
	       ldexp((double)difference(counter, raw), -(int)counter->width) * (double)wrap_ns >
		       (double)(past_ns + SLACK_NS);
}

uint64_t counter_advance(struct counter *counter, uint64_t raw, uint64_t now_ns)
{
	if (!counter->is_begun || is_lost(counter, raw, now_ns))
		counter->total = 0;
	else
		counter->total += difference(counter, raw);
	counter->is_begun = true;
	counter->raw = raw;
	counter->read_ns = now_ns;
	return counter->total;
}
