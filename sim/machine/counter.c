/* SPDX-License-Identifier: MIT */
/* One hardware counter. Knows flows, not which register shows it. */
#include "sim/machine/counter.h"

/* All bits of the counter. */
static uint64_t counter_mask(const struct counter *counter)
{
	return (UINT64_C(1) << counter->width) - 1;
}

bool counter_settle(struct counter *counter, uint64_t ns)
{
	if (!counter->running)
		return false;

	counter->has_counted |= ns > counter->since;
	uint64_t total = meter_total(&counter->meter, ns);
	uint64_t value = counter->value + (total - counter->start);
	counter->start = total;
	counter->settled = ns;
	counter_set(counter, value);
	return value >> counter->width != 0;
}

static bool is_over(struct counter *counter, uint64_t ns)
{
	uint64_t value = counter->value + (meter_total(&counter->meter, ns) - counter->start);

	return value >> counter->width != 0;
}

uint64_t counter_overflow(struct counter *counter, uint64_t limit)
{
	uint64_t low = counter->settled, high = limit - 1;

	if (!counter->running || limit <= low || !is_over(counter, high))
		return limit;
	/* totals never shrink */
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (is_over(counter, middle))
			high = middle;
		else
			low = middle + 1;
	}
	return high;
}

void counter_route(struct counter *counter, const struct flow *flow, uint64_t ns)
{
	counter->running = flow != NULL;
	if (!flow)
		return;
	meter_init(&counter->meter, flow);
	counter->since = counter->settled = ns;
	counter->has_counted = counter->is_told = false;
	counter->start = meter_total(&counter->meter, ns);
}

void counter_tell(struct counter *counter, struct sim_log *log)
{
	if (counter->is_told || !counter->has_counted)
		return;
	counter->is_told = true;
	sim_log_flow(log, &counter->meter.flow);
}

void counter_set(struct counter *counter, uint64_t value)
{
	counter->value = value & counter_mask(counter);
}
