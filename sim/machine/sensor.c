/* SPDX-License-Identifier: MIT */
/* As drivers/hwmon/coretemp.c and drivers/powercap/intel_rapl_common.c of Linux 6.1 compute. */
#include "sim/machine/sensor.h"

#include "arch/arch.h"
#include "util/clock.h"

/* IA32_THERM_STATUS and its package's, SDM vol. 3, Thermal Monitoring */
#define READOUT_SHIFT 16
#define READOUT_MAX   127
#define CRITICAL_BIT  5 /* the log of that state */
/* below TjMax in the same register: how much cooler the fans are to keep it */
#define OFFSET_BITS 8
#define MILLI	    1000

static bool find_thermometer(const struct arch *arch, enum arch_scope scope, uint32_t *address)
{
	struct arch_walk walk = arch_walk(arch);
	struct arch_hit hit;

	while (arch_register_next(&walk, &hit))
		if (hit.entry->class == ARCH_THERMAL && hit.entry->scope == scope) {
			*address = hit.address;
			return true;
		}
	return false;
}

static bool find_counter(const struct arch *arch, enum arch_quantity quantity, uint32_t *address)
{
	const struct arch_register *entry = arch_running_register(arch, quantity);

	*address = entry ? entry->address : 0;
	return entry;
}

static bool find_register(const struct arch *arch, enum sensor sensor, uint32_t *address)
{
	switch (sensor) {
	case SENSOR_PACKAGE_TEMPERATURE:
	case SENSOR_PACKAGE_ALARM:
		return find_thermometer(arch, ARCH_PACKAGE, address);
	case SENSOR_CORE_TEMPERATURE:
	case SENSOR_CORE_ALARM:
		return find_thermometer(arch, ARCH_CORE, address);
	case SENSOR_MAX_TEMPERATURE:
	case SENSOR_CRITICAL_TEMPERATURE:
		*address = arch->hot.reg;
		return true;
	case SENSOR_PACKAGE_ENERGY:
	case SENSOR_ENERGY_RANGE:
		return find_counter(arch, ARCH_PACKAGE_ENERGY, address);
	case SENSOR_PP0_ENERGY:
		return find_counter(arch, ARCH_PP0_ENERGY, address);
	case SENSOR_DRAM_ENERGY:
	case SENSOR_DRAM_RANGE:
		return find_counter(arch, ARCH_DRAM_ENERGY, address);
	case N_SENSORS:
		break;
	}
	return false;
}

bool sensor_register(const struct fixture *fixture, enum sensor sensor, uint32_t *address)
{
	const struct arch *arch = arch_find(fixture->family, fixture->model);

	return arch && find_register(arch, sensor, address);
}

/* What the driver has found out before. */
static uint64_t get_constant(struct machine *machine, uint32_t cpu, uint32_t address)
{
	uint64_t value;

	return machine_msr_read(machine, cpu, address, &value) == 0 ? value : 0;
}

static int64_t find_celsius(const struct arch *arch, uint64_t target, enum sensor sensor)
{
	const unsigned shift = arch->hot.shift - OFFSET_BITS;
	int64_t hot = (int64_t)arch_field_get(&arch->hot, target);

	if (sensor != SENSOR_MAX_TEMPERATURE)
		return hot;
	return hot - (int64_t)(target >> shift & ((1u << OFFSET_BITS) - 1));
}

/* The driver's unit is whole nJ. */
static uint64_t find_nanojoules(const struct arch *arch, uint64_t units, bool is_dram)
{
	if (is_dram && arch->dram_joules > 0)
		return (uint64_t)(arch->dram_joules * (double)CLOCK_SECOND_NS);
	return CLOCK_SECOND_NS >> arch_field_get(&arch->energy_unit, units);
}

static int64_t find_microjoules(
	const struct arch *arch, uint64_t units, enum sensor sensor, uint64_t raw)
{
	bool is_dram = sensor == SENSOR_DRAM_ENERGY || sensor == SENSOR_DRAM_RANGE;
	bool is_range = sensor == SENSOR_ENERGY_RANGE || sensor == SENSOR_DRAM_RANGE;

	return (int64_t)((is_range ? UINT32_MAX : (uint32_t)raw) *
			 find_nanojoules(arch, units, is_dram) / MILLI);
}

int64_t sensor_figure(struct machine *machine, const struct fixture *fixture, uint32_t cpu,
	enum sensor sensor, uint64_t raw)
{
	const struct arch *arch = arch_find(fixture->family, fixture->model);

	if (!arch)
		return 0;
	int64_t hot = find_celsius(arch, get_constant(machine, cpu, arch->hot.reg), sensor);

	switch (sensor) {
	case SENSOR_PACKAGE_TEMPERATURE:
	case SENSOR_CORE_TEMPERATURE: /* valid or not */
		return (hot - (int64_t)(raw >> READOUT_SHIFT & READOUT_MAX)) * MILLI;
	case SENSOR_PACKAGE_ALARM:
	case SENSOR_CORE_ALARM:
		return (int64_t)(raw >> CRITICAL_BIT & 1);
	case SENSOR_MAX_TEMPERATURE:
	case SENSOR_CRITICAL_TEMPERATURE:
		return hot * MILLI;
	default:
		return find_microjoules(
			arch, get_constant(machine, cpu, arch->energy_unit.reg), sensor, raw);
	}
}

bool sensor_is_constant(enum sensor sensor)
{
	return sensor == SENSOR_MAX_TEMPERATURE || sensor == SENSOR_CRITICAL_TEMPERATURE ||
	       sensor == SENSOR_ENERGY_RANGE || sensor == SENSOR_DRAM_RANGE;
}

bool sensor_is_of_core(enum sensor sensor)
{
	return sensor == SENSOR_CORE_TEMPERATURE || sensor == SENSOR_CORE_ALARM;
}
