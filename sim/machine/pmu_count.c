/* SPDX-License-Identifier: MIT */
/*
 * How the counters of a core PMU count. Knows the bits that select, not how they got there.
 *
 * What the simulator leaves out: nobody gets an interrupt (INT, PMI); only the
 * freeze that DEBUGCTL can make of one is there, without the delay of one.
 */
#include "sim/machine/pmu_count.h"

static bool is_event(const struct arch_event *event, const struct workload_selection *selection)
{
	return event->event == selection->event && event->umask == selection->umask;
}

static enum flow_kind selected_kind(
	const struct arch_core *core, const struct workload_selection *selection)
{
	if (is_event(&core->cycles, selection))
		return FLOW_CYCLES;
	if (is_event(&core->bus_cycles, selection))
		return FLOW_BUS_CYCLES;
	if (is_event(&core->instructions, selection))
		return FLOW_INSTRUCTIONS;
	return FLOW_EVENT;
}

static unsigned levels(bool user, bool kernel)
{
	return (user ? FLOW_USER : 0) | (kernel ? FLOW_KERNEL : 0);
}

/* An edge without a threshold is one of any event; INV is ignored then (SDM). */
static struct flow_condition selected_condition(uint64_t select)
{
	struct flow_condition condition = {
		.threshold = (uint8_t)(select >> PMU_SELECT_THRESHOLD),
		.edge = select & PMU_SELECT_EDGE,
	};

	condition.below = condition.threshold > 0 && (select & PMU_SELECT_INVERT);
	if (condition.edge && condition.threshold == 0)
		condition.threshold = 1;
	return condition;
}

static void take_filter(struct flow *flow, const struct pmu *pmu)
{
	for (uint32_t i = 0; i < pmu->core->n_filters; i++) {
		const struct arch_filter *filter = &pmu->core->filters[i];
		if (filter->event != flow->selection.event ||
			filter->umask != flow->selection.umask)
			continue;
		flow->selection.is_filtered = true;
		flow->selection.filter = pmu->filters[i];
		flow->selection.filter_mask = filter->mask;
	}
}

static void route_general(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	uint64_t select = pmu->select[index];
	struct flow flow = pmu->flow;
	bool runs = (select & PMU_SELECT_ENABLE) && (pmu->global_control >> index & 1);

	flow.selection.event = select & PMU_SELECT_EVENT;
	flow.selection.umask = select >> PMU_SELECT_UMASK_SHIFT & PMU_SELECT_UMASK;
	flow.levels = levels(select & PMU_SELECT_USER, select & PMU_SELECT_KERNEL);
	flow.any_thread = select & PMU_SELECT_ANY;
	flow.kind = selected_kind(pmu->core, &flow.selection);
	flow.condition = selected_condition(select);
	take_filter(&flow, pmu);
	counter_route(&pmu->general[index], runs && flow.levels != 0 ? &flow : NULL, ns);
}

static void route_fixed(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	uint64_t control = pmu->fixed_control >> (pmu->core->fixed_control_bits * index);
	struct flow flow = pmu->flow;
	bool runs = pmu->global_control >> (PMU_GLOBAL_FIXED + index) & 1;

	flow.kind = flow_counted(pmu->core->fixed_counts[index]);
	flow.levels = levels(control & PMU_FIXED_USER, control & PMU_FIXED_KERNEL);
	flow.any_thread = control & PMU_FIXED_ANY;
	counter_route(&pmu->fixed[index], runs && flow.levels != 0 ? &flow : NULL, ns);
}

void pmu_route(struct pmu *pmu, uint64_t ns)
{
	for (uint32_t i = 0; i < pmu->n_general; i++)
		route_general(pmu, i, ns);
	for (uint32_t i = 0; i < pmu->core->n_fixed; i++)
		route_fixed(pmu, i, ns);
}

void pmu_settle_general(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	if (counter_settle(&pmu->general[index], ns))
		pmu->global_status |= UINT64_C(1) << index;
}

void pmu_settle_fixed(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	if (counter_settle(&pmu->fixed[index], ns))
		pmu->global_status |= UINT64_C(1) << (PMU_GLOBAL_FIXED + index);
}

static void settle_at(struct pmu *pmu, uint64_t ns)
{
	for (uint32_t i = 0; i < pmu->n_general; i++)
		pmu_settle_general(pmu, i, ns);
	for (uint32_t i = 0; i < pmu->core->n_fixed; i++)
		pmu_settle_fixed(pmu, i, ns);
}

/* When the first counter that is to interrupt overflows, up to ns; ns + 1 when none does. */
static uint64_t first_interrupt(struct pmu *pmu, uint64_t ns)
{
	uint64_t first = ns + 1;

	for (uint32_t i = 0; i < pmu->n_general; i++)
		if (pmu->select[i] & PMU_SELECT_INTERRUPT)
			first = counter_overflow(&pmu->general[i], first);
	for (uint32_t i = 0; i < pmu->core->n_fixed; i++) {
		uint64_t control = pmu->fixed_control >> (pmu->core->fixed_control_bits * i);
		if (control & PMU_FIXED_INTERRUPT)
			first = counter_overflow(&pmu->fixed[i], first);
	}
	return first;
}

/* The interrupt itself is nobody's here, but what DEBUGCTL makes of it: all counters stop. */
void pmu_settle(struct pmu *pmu, uint64_t ns)
{
	uint64_t first = pmu->freezes_on_pmi ? first_interrupt(pmu, ns) : ns + 1;

	if (first <= ns) {
		settle_at(pmu, first);
		pmu->global_control = 0;
		pmu_route(pmu, first);
	}
	settle_at(pmu, ns);
}
