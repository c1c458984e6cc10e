/* SPDX-License-Identifier: MIT */
/*
 * The third device back end: a machine model behind device.h, so that a whole
 * session runs in one process without a file. Answers for both spaces; finds
 * uncore functions by socket and unit as the daemon would.
 */
#ifndef MSRD_SIM_DEVICE_SIM_H
#define MSRD_SIM_DEVICE_SIM_H

#include "device/device.h"
#include "sim/machine/machine.h"

/* NULL when out of memory. Fixture and machine stay the caller's. */
struct device *device_sim_new(struct machine *machine, const struct fixture *fixture);

#endif
