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

	uint64_t total = flow_total(&counter->flow, ns);
	uint64_t value = counter->value + (total - counter->start);
	counter->start = total;
	counter_set(counter, value);
	return value >> counter->width != 0;
}

void counter_route(struct counter *counter, const struct flow *flow, uint64_t ns)
{
	counter->running = flow != NULL;
	if (!flow)
		return;
	counter->flow = *flow;
	counter->start = flow_total(flow, ns);
}

void counter_set(struct counter *counter, uint64_t value)
{
	counter->value = value & counter_mask(counter);
}
