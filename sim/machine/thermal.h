/* SPDX-License-Identifier: MIT */
/*
 * A digital thermometer as IA32_THERM_STATUS and IA32_PACKAGE_THERM_STATUS
 * show it: the distance to TjMax now, and whether that was ever reached.
 */
#ifndef MSRD_SIM_MACHINE_THERMAL_H
#define MSRD_SIM_MACHINE_THERMAL_H

#include "sim/machine/meter.h"

#define THERMAL_WRITE_MASK 0xFFFFFFFF

struct thermal {
	struct meter hot; /* FLOW_CPU_HOT or FLOW_PACKAGE_HOT, limit_c is TjMax */
	uint64_t reading; /* in the stretch of time that hot has come to: all but the log */
	uint64_t seen_ns; /* of being hot, when the log was last brought up to date */
	uint64_t logs;	  /* sticky bits */
};

uint64_t thermal_read(struct thermal *thermal, uint64_t ns);

/* Log bits written 0 are cleared; all other bits have no effect. */
void thermal_write(struct thermal *thermal, uint64_t ns, uint64_t value);

/* The log that a fixture recorded. */
void thermal_preset(struct thermal *thermal, uint64_t value);

#endif
