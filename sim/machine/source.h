/* SPDX-License-Identifier: MIT */
/* What one CPU or box does in a phase of the workload, of what a flow counts. */
#ifndef MSRD_SIM_MACHINE_SOURCE_H
#define MSRD_SIM_MACHINE_SOURCE_H

#include "sim/machine/amount.h"
#include "sim/machine/flow.h"

/* How many events happen, in how many cycles; while it is active. */
struct source {
	double events, cycles;		     /* a second */
	double active;			     /* share of the time */
	const struct fixture_cycles *spread; /* NULL: not said */
	size_t n_spread;
	const char *doubt; /* NULL: the events are known */
};

struct source source_of_cpu(const struct flow *flow, const struct fixture_cpu_load *load);
struct source source_of_box(const struct flow *flow, const struct fixture_package_load *load);

/* What meets a condition, a second on the average of all time; 0 and a *doubt when that is not
 * known. */
struct rate source_rate(
	const struct source *source, const struct flow_condition *condition, const char **doubt);

#endif
