/* SPDX-License-Identifier: MIT */
/* Rates and their exact integrals. Knows the workload, not who counts. */
#include "sim/machine/flow.h"

#include <math.h>

#include "util/clock.h"

#define MHZ 1e6

/* Rates are kept in millionths of an event a second: fine enough that the
 * rounding of a rate stays below one event in twenty days. */
#define MICRO	 1000000u
#define MAX_RATE 9e12 /* a second; what still fits into 63 bits of millionths */

/* holds a rate of 63 bits times a time of 64; __extension__ as it is not ISO C */
__extension__ typedef unsigned __int128 wide;

static double level_share(const struct flow *flow, const struct fixture_cpu_load *load)
{
	switch (flow->levels) {
	case FLOW_ANY_LEVEL:
		return 1;
	case FLOW_USER:
		return load->user;
	case FLOW_KERNEL:
		return 1 - load->user;
	}
	return 0;
}

/* While the CPU is active. */
static double active_rate(const struct flow *flow, const struct fixture_cpu_load *load)
{
	struct workload_sum sum = {0};

	switch (flow->kind) {
	case FLOW_CYCLES:
		return load->frequency_mhz * MHZ;
	case FLOW_REFERENCE:
		return flow->fixture->tsc_mhz * MHZ;
	case FLOW_BUS_CYCLES:
		return flow->fixture->bus_mhz * MHZ;
	case FLOW_INSTRUCTIONS:
		return load->frequency_mhz * MHZ * load->instructions_per_cycle;
	default:
		workload_sum_add(&sum, flow->selection, load->rates, load->n_rates);
		return workload_sum_rate(&sum);
	}
}

static double thread_rate(
	const struct flow *flow, const struct fixture_phase *phase, const struct fixture_cpu *cpu)
{
	const struct fixture_cpu_load *load = phase_cpu(phase, cpu->number);

	if (!load || !cpu->online)
		return 0;
	return active_rate(flow, load) * load->active * level_share(flow, load);
}

static bool is_clock(enum flow_kind kind)
{
	return kind == FLOW_CYCLES || kind == FLOW_REFERENCE || kind == FLOW_BUS_CYCLES;
}

/* Events of the threads add up; their cycles are the same cycles of one core,
 * and are taken to overlap. */
static double core_rate(const struct flow *flow, const struct fixture_phase *phase)
{
	const struct fixture_cpu *self = &flow->fixture->cpus[flow->cpu];
	double rate = 0;

	for (size_t i = 0; i < flow->fixture->n_cpus; i++) {
		const struct fixture_cpu *cpu = &flow->fixture->cpus[i];
		if (cpu->package != self->package || cpu->core != self->core)
			continue;
		double thread = thread_rate(flow, phase, cpu);
		rate = is_clock(flow->kind) ? fmax(rate, thread) : rate + thread;
	}
	return rate;
}

static double cpu_rate(const struct flow *flow, const struct fixture_phase *phase)
{
	if (flow->any_thread)
		return core_rate(flow, phase);
	return thread_rate(flow, phase, &flow->fixture->cpus[flow->cpu]);
}

static double idle_rate(const struct flow *flow, const struct fixture_phase *phase)
{
	struct flow active = *flow;

	active.kind = FLOW_REFERENCE;
	return flow->fixture->tsc_mhz * MHZ - core_rate(&active, phase);
}

static double box_rate(const struct flow *flow, const struct fixture_package_load *load)
{
	struct workload_sum sum = {0};

	for (size_t i = 0; i < load->n_boxes; i++) {
		const struct fixture_box_load *boxes = &load->boxes[i];
		if (workload_has_box(boxes, flow->unit, flow->box))
			workload_sum_add(&sum, flow->selection, boxes->rates, boxes->n_rates);
	}
	return workload_sum_rate(&sum);
}

static double package_rate(const struct flow *flow, const struct fixture_phase *phase)
{
	const struct fixture_package_load *load = phase_package(phase, flow->package);

	if (!load)
		return 0;
	switch (flow->kind) {
	case FLOW_PACKAGE_ENERGY:
		return load->package_watts * flow->units_per_joule;
	case FLOW_PP0_ENERGY:
		return load->pp0_watts * flow->units_per_joule;
	case FLOW_DRAM_ENERGY:
		return load->dram_watts * flow->units_per_joule;
	case FLOW_PACKAGE_HOT:
		return load->temperature_c >= flow->limit_c ? CLOCK_SECOND_NS : 0;
	default:
		return box_rate(flow, load);
	}
}

static double hot_rate(const struct flow *flow, const struct fixture_phase *phase)
{
	uint32_t number = flow->fixture->cpus[flow->cpu].number;
	const struct fixture_cpu_load *load = phase_cpu(phase, number);

	return load && load->temperature_c >= flow->limit_c ? CLOCK_SECOND_NS : 0;
}

/* A second, during this phase. */
static double phase_rate(const struct flow *flow, const struct fixture_phase *phase)
{
	switch (flow->kind) {
	case FLOW_CYCLES:
	case FLOW_REFERENCE:
	case FLOW_BUS_CYCLES:
	case FLOW_INSTRUCTIONS:
	case FLOW_EVENT:
		return cpu_rate(flow, phase);
	case FLOW_CORE_IDLE:
		return idle_rate(flow, phase);
	case FLOW_CPU_HOT:
		return hot_rate(flow, phase);
	default:
		return package_rate(flow, phase);
	}
}

static wide micro_total(double rate, uint64_t ns)
{
	return (wide)llround(fmin(rate, MAX_RATE) * MICRO) * ns;
}

static uint64_t rounded_down(wide micro)
{
	return (uint64_t)(micro / ((wide)MICRO * CLOCK_SECOND_NS));
}

enum flow_kind flow_counted(enum arch_counts counts)
{
	static const enum flow_kind kinds[] = {
		[ARCH_COUNTS_NOTHING] = FLOW_NOTHING,
		[ARCH_COUNTS_INSTRUCTIONS] = FLOW_INSTRUCTIONS,
		[ARCH_COUNTS_CYCLES] = FLOW_CYCLES,
		[ARCH_COUNTS_REFERENCE] = FLOW_REFERENCE,
		[ARCH_COUNTS_BUS] = FLOW_BUS_CYCLES,
		[ARCH_COUNTS_UCLK] = FLOW_UCLK,
		[ARCH_COUNTS_DCLK] = FLOW_DCLK,
	};

	return kinds[counts];
}

enum flow_kind flow_quantity(enum arch_quantity quantity)
{
	static const enum flow_kind kinds[] = {
		[ARCH_TSC] = FLOW_TSC,
		[ARCH_REFERENCE_CYCLES] = FLOW_REFERENCE,
		[ARCH_CORE_CYCLES] = FLOW_CYCLES,
		[ARCH_CORE_IDLE] = FLOW_CORE_IDLE,
		[ARCH_PACKAGE_ENERGY] = FLOW_PACKAGE_ENERGY,
		[ARCH_PP0_ENERGY] = FLOW_PP0_ENERGY,
		[ARCH_DRAM_ENERGY] = FLOW_DRAM_ENERGY,
	};

	return kinds[quantity];
}

uint64_t flow_total(const struct flow *flow, uint64_t ns)
{
	wide sum = 0;

	switch (flow->kind) {
	case FLOW_NOTHING:
		return 0;
	case FLOW_TSC:
		return rounded_down(micro_total(flow->fixture->tsc_mhz * MHZ, ns));
	case FLOW_UCLK:
		return rounded_down(micro_total(flow->fixture->uclk_mhz * MHZ, ns));
	case FLOW_DCLK:
		return rounded_down(micro_total(flow->fixture->dclk_mhz * MHZ, ns));
	default:
		break;
	}
	for (size_t i = 0; i < flow->fixture->n_phases; i++)
		sum += micro_total(phase_rate(flow, &flow->fixture->phases[i]),
			workload_phase_ns(flow->fixture, i, ns));
	return rounded_down(sum);
}
