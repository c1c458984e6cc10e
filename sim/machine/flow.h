/* SPDX-License-Identifier: MIT */
/*
 * A flow is anything that can be counted: clock ticks, events, energy. Its
 * rate is constant within a phase of the workload, so the total at a moment
 * is an exact integral. Two looks at a flow always agree, whoever looks, and
 * nothing drifts.
 */
#ifndef MSRD_SIM_MACHINE_FLOW_H
#define MSRD_SIM_MACHINE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "sim/machine/stretch.h"
#include "sim/machine/workload.h"

enum flow_kind {
	FLOW_NOTHING,
	/* clocks of the node: run always */
	FLOW_TSC,
	FLOW_UCLK,
	FLOW_DCLK,
	FLOW_QCLK,
	/* of a CPU, while it is active */
	FLOW_CYCLES,
	FLOW_REFERENCE,	 /* at the rate of the TSC */
	FLOW_BUS_CYCLES, /* at the rate of the bus clock */
	FLOW_INSTRUCTIONS,
	FLOW_EVENT,
	/* of the core of a CPU, while none of its threads is active: TSC ticks */
	FLOW_CORE_IDLE,
	/* of an uncore box */
	FLOW_BOX_EVENT,
	/* of a package, in energy units */
	FLOW_PACKAGE_ENERGY,
	FLOW_PP0_ENERGY,
	FLOW_DRAM_ENERGY,
	/* nanoseconds at or above limit_c */
	FLOW_CPU_HOT,
	FLOW_PACKAGE_HOT,
};

/* Privilege levels at which a CPU's flow is counted. */
#define FLOW_USER      1u
#define FLOW_KERNEL    2u
#define FLOW_ANY_LEVEL (FLOW_USER | FLOW_KERNEL)

/* Cycles instead of events. */
struct flow_condition {
	uint8_t threshold; /* with so many events or more; 0: events are counted */
	bool below;	   /* with fewer */
	bool edge;	   /* only the first of each run of such cycles */
};

struct flow {
	const struct fixture *fixture;
	enum flow_kind kind;
	uint32_t cpu;		     /* index into the fixture's cpus */
	uint32_t package;	     /* physical id */
	const struct arch_box *unit; /* FLOW_BOX_EVENT: its kind, and which of that */
	uint32_t box;
	struct workload_selection selection;
	struct flow_condition condition;
	bool is_unsaid;	 /* narrowed by what no workload says: 0 */
	unsigned levels; /* FLOW_USER, FLOW_KERNEL */
	bool any_thread; /* of the core, not only this one */
	double units_per_joule;
	double limit_c;
};

/* What a counter of that purpose counts. */
enum flow_kind flow_counted(enum arch_counts counts);

/* What a running register counts. */
enum flow_kind flow_quantity(enum arch_quantity quantity);

/*
 * What has flowed in the first ns nanoseconds, rounded down. Each whole event
 * of a CPU is the user's or the kernel's, so that both make all of them.
 */
uint64_t flow_total(const struct flow *flow, uint64_t ns);

/* The stretch of time around ns in which its total is a straight line, or a crooked one. */
struct stretch flow_stretch(const struct flow *flow, uint64_t ns);

/* Why it counts 0, in a phase at least, where something happens: what the workload does not say.
 * NULL: nothing is missing. */
const char *flow_doubt(const struct flow *flow);

#endif
