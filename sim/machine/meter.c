/* SPDX-License-Identifier: MIT */
/* A flow that is looked at often. Knows no phase and no event. */
#include "sim/machine/meter.h"

uint64_t meter_total(struct meter *meter, uint64_t ns)
{
	struct stretch *stretch = &meter->stretch;

	if (!meter_covers(meter, ns)) {
		*stretch = flow_stretch(&meter->flow, ns);
		stretch->slope = slope_of(stretch->before, stretch->rate);
	}
	/* nor does any cover the last moment of all */
	if (!meter_covers(meter, ns) || stretch->share == STRETCH_CROOKED)
		return flow_total(&meter->flow, ns);
	return stretch_total(stretch, ns);
}
