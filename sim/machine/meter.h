/* SPDX-License-Identifier: MIT */
/*
 * A flow for somebody who looks at it often. It keeps the stretch of time in
 * which it was looked at last, so that the next look there is one
 * multiplication; what it shows is the flow's total, always.
 */
#ifndef MSRD_SIM_MACHINE_METER_H
#define MSRD_SIM_MACHINE_METER_H

#include "sim/machine/flow.h"
#include "sim/machine/stretch.h"

struct meter {
	struct flow flow; /* changed by meter_init alone */
	struct stretch stretch;
};

/* Of this flow, and nothing of what it was before. */
static inline void meter_init(struct meter *meter, const struct flow *flow)
{
	*meter = (struct meter){.flow = *flow};
}

/* Is this moment in the stretch of the last look? */
static inline bool meter_covers(const struct meter *meter, uint64_t ns)
{
	return stretch_covers(&meter->stretch, ns);
}

/* As flow_total of its flow. */
uint64_t meter_total(struct meter *meter, uint64_t ns);

#endif
