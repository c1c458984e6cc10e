/* SPDX-License-Identifier: MIT */
/*
 * Figures that Linux's drivers coretemp and intel_rapl make of registers. Knows the fields of the
 * model's table, no address and no file.
 */
#ifndef MSRD_SIM_MACHINE_SENSOR_H
#define MSRD_SIM_MACHINE_SENSOR_H

#include "sim/machine/machine.h"

enum sensor {
	SENSOR_PACKAGE_TEMPERATURE, /* thousandths of a degree C, as all temperatures */
	SENSOR_PACKAGE_ALARM,	    /* 1: critical */
	SENSOR_CORE_TEMPERATURE,
	SENSOR_CORE_ALARM,
	SENSOR_MAX_TEMPERATURE, /* at which the fans should run at full speed */
	SENSOR_CRITICAL_TEMPERATURE,
	SENSOR_PACKAGE_ENERGY, /* uJ */
	SENSOR_PP0_ENERGY,
	SENSOR_DRAM_ENERGY,
	SENSOR_ENERGY_RANGE, /* uJ: the most that these say before they begin again at 0 */
	SENSOR_DRAM_RANGE,
	N_SENSORS
};

/* The register that it is made of. False: the model of the node has none. */
bool sensor_register(const struct fixture *fixture, enum sensor sensor, uint32_t *address);

/* Does a core have it by itself? Else a package has. */
bool sensor_is_of_core(enum sensor sensor);

/* Does it follow from the kind of processor, so that a driver asks once? */
bool sensor_is_constant(enum sensor sensor);

/*
 * The figure, of what the register said on that CPU (a constant one: 0). The machine is asked for
 * what the driver knows besides, such as the unit.
 */
int64_t sensor_figure(struct machine *machine, const struct fixture *fixture, uint32_t cpu,
	enum sensor sensor, uint64_t raw);

#endif
