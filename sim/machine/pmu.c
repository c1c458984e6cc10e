/* SPDX-License-Identifier: MIT */
/*
 * The core PMU. Knows its registers' bits, not their addresses.
 *
 * What the model leaves out: a workload has rates, not cycle by cycle
 * behaviour, so edge detection, CMASK and INV are kept in the register but
 * count like the plain event; and there are no interrupts (INT, PMI, and what
 * DEBUGCTL does on one).
 */
#include "sim/machine/pmu.h"

/* IA32_PERFEVTSELx, SDM vol. 3, Architectural Performance Monitoring */
#define SELECT_USR  (1u << 16)
#define SELECT_OS   (1u << 17)
#define SELECT_ANY  (1u << 21)
#define SELECT_EN   (1u << 22)
#define SELECT_MASK 0xFFFFFFFF

/* IA32_FIXED_CTR_CTRL: four bits a counter */
#define FIXED_OS   1u
#define FIXED_USR  2u
#define FIXED_ANY  4u
#define FIXED_MASK 0xFFF

#define COUNTER_WIDTH 48
#define COUNTER_MASK  ((UINT64_C(1) << COUNTER_WIDTH) - 1)
#define STATUS_EXTRA  (UINT64_C(7) << 61) /* uncore, DS buffer, condition changed */

/* Bit of a counter in the global registers. */
static uint64_t global_bit(uint32_t counter)
{
	if (counter < PMU_MAX_GENERAL)
		return UINT64_C(1) << counter;
	return UINT64_C(1) << (32 + counter - PMU_MAX_GENERAL);
}

static uint64_t general_bits(const struct pmu *pmu)
{
	return (UINT64_C(1) << pmu->n_general) - 1;
}

static uint64_t fixed_bits(void)
{
	return ((UINT64_C(1) << PMU_N_FIXED) - 1) << 32;
}

static void select_kind(struct flow *flow)
{
	if (flow->selection.event == 0x3C && flow->selection.umask == 0x00)
		flow->kind = FLOW_CYCLES;
	else if (flow->selection.event == 0x3C && flow->selection.umask == 0x01)
		flow->kind = FLOW_BUS_CYCLES;
	else if (flow->selection.event == 0xC0 && flow->selection.umask == 0x00)
		flow->kind = FLOW_INSTRUCTIONS;
	else
		flow->kind = FLOW_EVENT;
}

static unsigned levels(bool user, bool kernel)
{
	return (user ? FLOW_USER : 0) | (kernel ? FLOW_KERNEL : 0);
}

/* False: the counter is not enabled. */
static bool route_general(const struct pmu *pmu, uint32_t index, struct flow *flow)
{
	uint64_t select = pmu->select[index];

	if (!(select & SELECT_EN))
		return false;
	flow->selection.event = select & 0xFF;
	flow->selection.umask = select >> 8 & 0xFF;
	flow->levels = levels(select & SELECT_USR, select & SELECT_OS);
	flow->any_thread = select & SELECT_ANY;
	select_kind(flow);
	return true;
}

static bool route_fixed(const struct pmu *pmu, uint32_t index, struct flow *flow)
{
	static const enum flow_kind kinds[PMU_N_FIXED] = {
		FLOW_INSTRUCTIONS, FLOW_CYCLES, FLOW_REFERENCE};
	uint64_t control = pmu->fixed_control >> (4 * index);

	flow->kind = kinds[index];
	flow->levels = levels(control & FIXED_USR, control & FIXED_OS);
	flow->any_thread = control & FIXED_ANY;
	return true;
}

/* After a change of any control; the counters must be settled. */
static void pmu_route(struct pmu *pmu, uint64_t ns)
{
	for (uint32_t i = 0; i < PMU_N_COUNTERS; i++) {
		struct flow flow = pmu->flow;
		bool enabled = i < PMU_MAX_GENERAL ? route_general(pmu, i, &flow)
						   : route_fixed(pmu, i - PMU_MAX_GENERAL, &flow);
		bool runs = enabled && flow.levels != 0 && (pmu->global_control & global_bit(i));
		counter_route(&pmu->counters[i], runs ? &flow : NULL, ns);
	}
}

static void pmu_settle(struct pmu *pmu, uint64_t ns)
{
	for (uint32_t i = 0; i < PMU_N_COUNTERS; i++)
		if (counter_settle(&pmu->counters[i], ns))
			pmu->global_status |= global_bit(i);
}

void pmu_init(struct pmu *pmu, const struct fixture *fixture, uint32_t cpu)
{
	*pmu = (struct pmu){
		/* the threads of a core share eight counters between them */
		.n_general = fixture->threads_per_core == 1 ? PMU_MAX_GENERAL : PMU_MAX_GENERAL / 2,
		.flow = {.fixture = fixture, .cpu = cpu},
	};
	for (uint32_t i = 0; i < PMU_N_COUNTERS; i++)
		pmu->counters[i].width = COUNTER_WIDTH;
	pmu->global_control = general_bits(pmu);
}

uint64_t pmu_write_mask(const struct pmu *pmu, enum pmu_part part)
{
	switch (part) {
	case PMU_SELECT:
		return SELECT_MASK;
	case PMU_GENERAL:
		return UINT64_MAX; /* the upper half is ignored */
	case PMU_GENERAL_FULL:
	case PMU_FIXED:
		return COUNTER_MASK;
	case PMU_FIXED_CONTROL:
		return FIXED_MASK;
	case PMU_GLOBAL_CONTROL:
		return general_bits(pmu) | fixed_bits();
	case PMU_GLOBAL_STATUS:
		return 0;
	case PMU_OVERFLOW_CONTROL:
		return general_bits(pmu) | fixed_bits() | STATUS_EXTRA;
	}
	return 0;
}

uint64_t pmu_read(struct pmu *pmu, enum pmu_part part, uint32_t index, uint64_t ns)
{
	pmu_settle(pmu, ns);
	switch (part) {
	case PMU_SELECT:
		return pmu->select[index];
	case PMU_GENERAL:
	case PMU_GENERAL_FULL:
		return pmu->counters[index].value;
	case PMU_FIXED:
		return pmu->counters[PMU_MAX_GENERAL + index].value;
	case PMU_FIXED_CONTROL:
		return pmu->fixed_control;
	case PMU_GLOBAL_CONTROL:
		return pmu->global_control;
	case PMU_GLOBAL_STATUS:
		return pmu->global_status;
	case PMU_OVERFLOW_CONTROL:
		return 0;
	}
	return 0;
}

void pmu_write(struct pmu *pmu, enum pmu_part part, uint32_t index, uint64_t ns, uint64_t value)
{
	pmu_settle(pmu, ns);
	switch (part) {
	case PMU_SELECT:
		pmu->select[index] = value;
		break;
	case PMU_GENERAL:
		counter_set(&pmu->counters[index], (uint64_t)(int64_t)(int32_t)value);
		break;
	case PMU_GENERAL_FULL:
		counter_set(&pmu->counters[index], value);
		break;
	case PMU_FIXED:
		counter_set(&pmu->counters[PMU_MAX_GENERAL + index], value);
		break;
	case PMU_FIXED_CONTROL:
		pmu->fixed_control = value;
		break;
	case PMU_GLOBAL_CONTROL:
		pmu->global_control = value;
		break;
	case PMU_GLOBAL_STATUS:
		break;
	case PMU_OVERFLOW_CONTROL:
		pmu->global_status &= ~value;
		break;
	}
	pmu_route(pmu, ns);
}

bool pmu_preset(struct pmu *pmu, enum pmu_part part, uint32_t index, uint64_t value)
{
	if (part == PMU_GLOBAL_STATUS) {
		pmu->global_status = value;
		return (value & ~pmu_write_mask(pmu, PMU_OVERFLOW_CONTROL)) == 0;
	}
	if (part == PMU_GENERAL)
		part = PMU_GENERAL_FULL;
	if (value & ~pmu_write_mask(pmu, part))
		return false;
	pmu_write(pmu, part, index, 0, value);
	return true;
}
