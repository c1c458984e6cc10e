/* SPDX-License-Identifier: MIT */
/*
 * The core PMU. Knows its registers' bits, not their addresses.
 *
 * What the simulator leaves out: nobody gets an interrupt (INT, PMI); only the
 * freeze that DEBUGCTL can make of one is there, without the delay of one.
 */
#include "sim/machine/pmu.h"

static uint64_t low_bits(unsigned n)
{
	return (UINT64_C(1) << n) - 1;
}

/* Bits of the counters in the global registers. */
static uint64_t counter_bits(const struct pmu *pmu)
{
	return low_bits(pmu->n_general) | low_bits(pmu->core->n_fixed) << PMU_GLOBAL_FIXED;
}

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

/* After a change of any control; the counters must be settled. */
static void pmu_route(struct pmu *pmu, uint64_t ns)
{
	for (uint32_t i = 0; i < pmu->n_general; i++)
		route_general(pmu, i, ns);
	for (uint32_t i = 0; i < pmu->core->n_fixed; i++)
		route_fixed(pmu, i, ns);
}

static void settle_general(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	if (counter_settle(&pmu->general[index], ns))
		pmu->global_status |= UINT64_C(1) << index;
}

static void settle_fixed(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	if (counter_settle(&pmu->fixed[index], ns))
		pmu->global_status |= UINT64_C(1) << (PMU_GLOBAL_FIXED + index);
}

static void settle_at(struct pmu *pmu, uint64_t ns)
{
	for (uint32_t i = 0; i < pmu->n_general; i++)
		settle_general(pmu, i, ns);
	for (uint32_t i = 0; i < pmu->core->n_fixed; i++)
		settle_fixed(pmu, i, ns);
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
static void pmu_settle(struct pmu *pmu, uint64_t ns)
{
	uint64_t first = pmu->freezes_on_pmi ? first_interrupt(pmu, ns) : ns + 1;

	if (first <= ns) {
		settle_at(pmu, first);
		pmu->global_control = 0;
		pmu_route(pmu, first);
	}
	settle_at(pmu, ns);
}

static void settle_all(struct pmu *pmu, uint32_t index, uint64_t ns)
{
	(void)index;
	pmu_settle(pmu, ns);
}

void pmu_init(struct pmu *pmu, const struct arch_core *core, const struct fixture *fixture,
	uint32_t cpu, struct sim_log *log)
{
	*pmu = (struct pmu){
		.core = core,
		.n_general =
			fixture->threads_per_core == 1 ? core->n_general_alone : core->n_general,
		.flow = {.fixture = fixture, .cpu = cpu},
		.log = log,
	};
	for (uint32_t i = 0; i < ARCH_MAX_GENERAL; i++)
		pmu->general[i].width = core->width;
	for (uint32_t i = 0; i < ARCH_MAX_FIXED; i++)
		pmu->fixed[i].width = core->width;
	pmu->global_control = low_bits(pmu->n_general);
}

static uint64_t select_read(struct pmu *pmu, uint32_t index)
{
	return pmu->select[index];
}

static uint64_t select_write_mask(const struct pmu *pmu)
{
	return pmu->core->select_mask;
}

static void select_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	pmu->select[index] = value;
}

static uint64_t general_read(struct pmu *pmu, uint32_t index)
{
	counter_tell(&pmu->general[index], pmu->log);
	return pmu->general[index].value;
}

/* The upper half is ignored. */
static uint64_t general_write_mask(const struct pmu *pmu)
{
	(void)pmu;
	return UINT64_MAX;
}

static void general_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	counter_set(&pmu->general[index], (uint64_t)(int64_t)(int32_t)value);
}

static uint64_t full_write_mask(const struct pmu *pmu)
{
	return low_bits(pmu->core->width);
}

static void general_full_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	counter_set(&pmu->general[index], value);
}

static uint64_t fixed_read(struct pmu *pmu, uint32_t index)
{
	return pmu->fixed[index].value;
}

static void fixed_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	counter_set(&pmu->fixed[index], value);
}

static uint64_t fixed_control_read(struct pmu *pmu, uint32_t index)
{
	(void)index;
	return pmu->fixed_control;
}

static uint64_t fixed_control_write_mask(const struct pmu *pmu)
{
	return low_bits(pmu->core->n_fixed * pmu->core->fixed_control_bits);
}

static void fixed_control_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->fixed_control = value;
}

static uint64_t global_control_read(struct pmu *pmu, uint32_t index)
{
	(void)index;
	return pmu->global_control;
}

static void global_control_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->global_control = value;
}

static uint64_t global_status_read(struct pmu *pmu, uint32_t index)
{
	(void)index;
	return pmu->global_status;
}

static uint64_t global_status_write_mask(const struct pmu *pmu)
{
	(void)pmu;
	return 0;
}

/* What a fixture recorded. */
static void global_status_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->global_status = value;
}

static uint64_t overflow_read(struct pmu *pmu, uint32_t index)
{
	(void)pmu;
	(void)index;
	return 0;
}

static uint64_t overflow_write_mask(const struct pmu *pmu)
{
	return counter_bits(pmu) | pmu->core->status_extra;
}

static void overflow_write(struct pmu *pmu, uint32_t index, uint64_t value)
{
	(void)index;
	pmu->global_status &= ~value;
}

/* What a part does; for a write the counters are settled before and routed after. */
static const struct part_ops {
	/* what a read depends on; NULL: no counter */
	void (*settle)(struct pmu *pmu, uint32_t index, uint64_t ns);
	uint64_t (*read)(struct pmu *pmu, uint32_t index);
	uint64_t (*write_mask)(const struct pmu *pmu);
	void (*write)(struct pmu *pmu, uint32_t index, uint64_t value);
	/* where a recorded value differs from a written one: its bits, and what it does */
	uint64_t (*preset_mask)(const struct pmu *pmu);
	void (*preset)(struct pmu *pmu, uint32_t index, uint64_t value);
} parts[] = {
	[ARCH_SELECT] = {NULL, select_read, select_write_mask, select_write, NULL, NULL},
	[ARCH_GENERAL] = {settle_general, general_read, general_write_mask, general_write,
		full_write_mask, general_full_write},
	[ARCH_GENERAL_FULL] = {settle_general, general_read, full_write_mask, general_full_write,
		NULL, NULL},
	[ARCH_FIXED] = {settle_fixed, fixed_read, full_write_mask, fixed_write, NULL, NULL},
	[ARCH_FIXED_CONTROL] = {NULL, fixed_control_read, fixed_control_write_mask,
		fixed_control_write, NULL, NULL},
	[ARCH_GLOBAL_CONTROL] = {NULL, global_control_read, counter_bits, global_control_write,
		NULL, NULL},
	[ARCH_GLOBAL_STATUS] = {settle_all, global_status_read, global_status_write_mask, NULL,
		overflow_write_mask, global_status_write},
	[ARCH_OVERFLOW_CONTROL] = {NULL, overflow_read, overflow_write_mask, overflow_write, NULL,
		NULL},
};

uint64_t pmu_write_mask(const struct pmu *pmu, enum arch_core_part part)
{
	return parts[part].write_mask(pmu);
}

uint64_t pmu_read(struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns)
{
	const struct part_ops *ops = &parts[part];

	/* an interrupt that freezes concerns them all */
	if (pmu->freezes_on_pmi)
		pmu_settle(pmu, ns);
	else if (ops->settle)
		ops->settle(pmu, index, ns);
	return ops->read(pmu, index);
}

void pmu_write(
	struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns, uint64_t value)
{
	pmu_settle(pmu, ns);
	parts[part].write(pmu, index, value);
	pmu_route(pmu, ns);
}

void pmu_told(struct pmu *pmu, uint32_t address, uint64_t ns, uint64_t value)
{
	if (address == pmu->core->debug_control) {
		pmu_settle(pmu, ns);
		pmu->freezes_on_pmi = value & pmu->core->freeze_on_pmi;
	}
	for (uint32_t i = 0; i < pmu->core->n_filters; i++) {
		if (pmu->core->filters[i].reg != address)
			continue;
		pmu_settle(pmu, ns);
		pmu->filters[i] = value;
		pmu_route(pmu, ns);
	}
}

bool pmu_preset(
	struct pmu *pmu, enum arch_core_part part, uint32_t index, uint64_t ns, uint64_t value)
{
	const struct part_ops *ops = &parts[part];
	uint64_t mask = ops->preset_mask ? ops->preset_mask(pmu) : ops->write_mask(pmu);

	if (value & ~mask)
		return false;
	pmu_settle(pmu, ns);
	(ops->preset ? ops->preset : ops->write)(pmu, index, value);
	pmu_route(pmu, ns);
	return true;
}
