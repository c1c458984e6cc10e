/* SPDX-License-Identifier: MIT */
/*
 * One hardware counter: it counts a flow while it runs and wraps at its
 * width. Between two looks nothing happens: settling does the sum.
 */
#ifndef MSRD_SIM_MACHINE_COUNTER_H
#define MSRD_SIM_MACHINE_COUNTER_H

#include "sim/machine/log.h"
#include "sim/machine/meter.h"

struct counter {
	uint8_t width; /* bits */
	bool running;
	bool has_counted;   /* for some time */
	bool is_told;	    /* what there is to say of it */
	struct meter meter; /* what is counted while running */
	uint64_t since;	    /* ns when it began to count that */
	uint64_t settled;   /* ns when value was right */
	uint64_t start;	    /* what the meter showed then */
	uint64_t value;
};

/* Brings value up to date. True when it wrapped since the last time. */
bool counter_settle(struct counter *counter, uint64_t ns);

/* When it overflows the next time, if that is before limit ns; else limit. */
uint64_t counter_overflow(struct counter *counter, uint64_t limit);

/* Counts flow from now on; NULL: stands still. The counter must be settled. */
void counter_route(struct counter *counter, const struct flow *flow, uint64_t ns);

/* Somebody looks at value: when what it counted last counts 0 for want of knowledge, the log says
 * so. log may be NULL. */
void counter_tell(struct counter *counter, struct sim_log *log);

/* The counter must be settled; bits above its width are dropped. */
void counter_set(struct counter *counter, uint64_t value);

#endif
