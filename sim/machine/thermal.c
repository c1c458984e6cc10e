/* SPDX-License-Identifier: MIT */
/* A digital thermometer. Knows temperatures of the workload, not who has it. */
#include "sim/machine/thermal.h"

#include <math.h>

/* IA32_THERM_STATUS, SDM vol. 3, Thermal Monitoring */
#define STATUS_HOT (1u << 0)
#define LOG_HOT	   (1u << 1)
/* beside each of six states */
#define LOGS	      (LOG_HOT | LOG_HOT << 2 | LOG_HOT << 4 | LOG_HOT << 6 | LOG_HOT << 8 | LOG_HOT << 10)
#define READOUT_SHIFT 16
#define READOUT_MAX   127
#define RESOLUTION_1C (1u << 27)
#define VALID	      (1u << 31)

static bool temperature_now(const struct flow *hot, uint64_t ns, double *celsius)
{
	const struct fixture_phase *phase = workload_phase(hot->fixture, ns);
	const struct fixture_cpu_load *cpu = NULL;
	const struct fixture_package_load *package = NULL;

	if (phase && hot->kind == FLOW_CPU_HOT)
		cpu = phase_cpu(phase, hot->fixture->cpus[hot->cpu].number);
	else if (phase)
		package = phase_package(phase, hot->package);
	if (cpu)
		*celsius = cpu->temperature_c;
	else if (package)
		*celsius = package->temperature_c;
	return cpu || package;
}

static uint64_t reading_at(const struct flow *hot, uint64_t ns)
{
	double celsius;

	if (!temperature_now(hot, ns, &celsius))
		return RESOLUTION_1C; /* nothing to read: not valid */
	double below = fmin(fmax(round(hot->limit_c - celsius), 0), READOUT_MAX);
	bool is_hot = celsius >= hot->limit_c;
	return (is_hot ? STATUS_HOT | LOG_HOT : 0) | (uint64_t)below << READOUT_SHIFT |
	       RESOLUTION_1C | VALID;
}

/* Nothing else moves the meter, so that the reading is that of its stretch. */
static void thermal_settle(struct thermal *thermal, uint64_t ns)
{
	if (!meter_covers(&thermal->hot, ns))
		thermal->reading = reading_at(&thermal->hot.flow, ns);
	uint64_t hot_ns = meter_total(&thermal->hot, ns);

	if (hot_ns != thermal->seen_ns)
		thermal->logs |= LOG_HOT;
	thermal->seen_ns = hot_ns;
}

uint64_t thermal_read(struct thermal *thermal, uint64_t ns)
{
	thermal_settle(thermal, ns);
	return thermal->logs | thermal->reading;
}

void thermal_write(struct thermal *thermal, uint64_t ns, uint64_t value)
{
	thermal_settle(thermal, ns);
	thermal->logs &= value & LOGS;
}

void thermal_preset(struct thermal *thermal, uint64_t value)
{
	thermal->logs = value & LOGS;
}
