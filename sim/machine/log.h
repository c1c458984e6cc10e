/* SPDX-License-Identifier: MIT */
/*
 * What the machine tells whoever looks into it: why a counter counts 0 though
 * it was made to count. Bounded; each reason once, with who met it first.
 */
#ifndef MSRD_SIM_MACHINE_LOG_H
#define MSRD_SIM_MACHINE_LOG_H

#include <stdio.h>

#include "sim/machine/flow.h"

#define SIM_LOG_LINES 128

struct sim_log {
	unsigned n;
	bool is_full; /* and something was left out */
	struct {
		char who[40];
		char what[200];
	} lines[SIM_LOG_LINES];
};

/* Somebody wants to know this flow's count; log may be NULL. */
void sim_log_flow(struct sim_log *log, const struct flow *flow);

/* One line each. */
void sim_log_write(const struct sim_log *log, FILE *out);

#endif
