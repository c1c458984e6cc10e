/* SPDX-License-Identifier: MIT */
/* Uncore boxes. An event selected with the extension bit is another event. */
#include "sim/machine/uncore.h"

void uncore_init(struct uncore_box *box, const struct arch_box *kind, const struct fixture *fixture,
	uint32_t package, uint32_t index, struct sim_log *log)
{
	*box = (struct uncore_box){
		.kind = kind,
		.flow = {.fixture = fixture,
			.kind = FLOW_BOX_EVENT,
			.package = package,
			.unit = kind,
			.box = index},
		.log = log,
		.fixed.width = kind->fixed_width,
	};
	for (uint32_t i = 0; i < ARCH_MAX_COUNTERS; i++)
		box->counters[i].width = kind->width;
}

static void uncore_settle(struct uncore_box *box, uint64_t ns)
{
	for (uint32_t i = 0; i < box->kind->n_counters; i++)
		counter_settle(&box->counters[i], ns);
	counter_settle(&box->fixed, ns);
}

static bool is_frozen(const struct uncore_box *box)
{
	uint32_t freeze = box->kind->freeze;

	return box->is_held || (freeze != 0 && (box->control & freeze) == freeze);
}

/* The bits of the filter that the selected event looks at. */
static void take_filter(struct flow *flow, const struct uncore_box *box)
{
	struct workload_selection *selection = &flow->selection;

	for (size_t i = 0; i < box->kind->n_filters; i++) {
		const struct arch_filter *filter = &box->kind->filters[i];
		if (filter->event != selection->event ||
			(selection->umask & filter->umask) != filter->umask)
			continue;
		selection->is_filtered = true;
		selection->filter = box->filter;
		selection->filter_mask |= filter->mask;
		flow->is_unsaid |= filter->mask == 0;
	}
}

/* Edge and invert come behind the threshold, and do not work without one: what is counted then
 * nobody knows. */
static void take_condition(struct flow *flow, const struct uncore_box *box, uint32_t select)
{
	uint32_t threshold = select >> PMU_SELECT_THRESHOLD;
	uint32_t behind = select & (PMU_SELECT_EDGE | PMU_SELECT_INVERT);

	flow->condition = (struct flow_condition){
		.threshold = threshold & ((1u << box->kind->threshold) - 1),
		.below = behind & PMU_SELECT_INVERT,
		.edge = behind & PMU_SELECT_EDGE,
	};
	flow->is_unsaid |= flow->condition.threshold == 0 && behind != 0;
	flow->is_unsaid |= select & box->kind->select_unsaid;
}

static struct flow selected_flow(const struct uncore_box *box, uint32_t select)
{
	struct flow flow = box->flow;

	flow.selection.event = (select & PMU_SELECT_EVENT) |
			       (select & box->kind->select_extend ? PMU_EVENT_EXTENDS : 0);
	flow.selection.umask = select >> PMU_SELECT_UMASK_SHIFT & PMU_SELECT_UMASK;
	take_filter(&flow, box);
	take_condition(&flow, box, select);
	return flow;
}

/* After a change of any control; the counters must be settled. */
static void uncore_route(struct uncore_box *box, uint64_t ns)
{
	const struct arch_box *kind = box->kind;
	bool frozen = is_frozen(box);
	struct flow fixed = box->flow;

	for (uint32_t i = 0; i < kind->n_counters; i++) {
		struct flow flow = selected_flow(box, box->selects[i]);
		bool runs = (box->selects[i] & kind->select_enable) && !frozen;
		counter_route(&box->counters[i], runs ? &flow : NULL, ns);
	}
	fixed.kind = flow_counted(kind->fixed_counts);
	counter_route(&box->fixed,
		(box->fixed_select & kind->select_enable) && !frozen ? &fixed : NULL, ns);
}

static void reset_selects(struct uncore_box *box)
{
	for (uint32_t i = 0; i < box->kind->n_counters; i++)
		box->selects[i] = 0;
	box->fixed_select = 0;
}

static void reset_counters(struct uncore_box *box)
{
	for (uint32_t i = 0; i < box->kind->n_counters; i++)
		counter_set(&box->counters[i], 0);
	counter_set(&box->fixed, 0);
}

static uint64_t control_read(struct uncore_box *box, uint32_t index)
{
	(void)index;
	return box->control;
}

static uint64_t control_write_mask(const struct arch_box *kind)
{
	return kind->control_mask | kind->reset_selects | kind->reset_counters;
}

static void control_write(struct uncore_box *box, uint32_t index, uint64_t value)
{
	(void)index;
	if (value & box->kind->reset_selects)
		reset_selects(box);
	if (value & box->kind->reset_counters)
		reset_counters(box);
	box->control = (uint32_t)value & box->kind->control_mask;
}

static uint64_t select_read(struct uncore_box *box, uint32_t index)
{
	return box->selects[index];
}

static uint64_t select_write_mask(const struct arch_box *kind)
{
	return kind->select_mask | kind->select_reset;
}

static void select_write(struct uncore_box *box, uint32_t index, uint64_t value)
{
	if (value & box->kind->select_reset)
		counter_set(&box->counters[index], 0);
	box->selects[index] = (uint32_t)value & ~box->kind->select_reset;
}

static uint64_t counter_read(struct uncore_box *box, uint32_t index)
{
	counter_tell(&box->counters[index], box->log);
	return box->counters[index].value;
}

static uint64_t counter_write_mask(const struct arch_box *kind)
{
	return UINT64_MAX >> (64 - kind->width);
}

static void counter_write(struct uncore_box *box, uint32_t index, uint64_t value)
{
	counter_set(&box->counters[index], value);
}

static uint64_t fixed_select_read(struct uncore_box *box, uint32_t index)
{
	(void)index;
	return box->fixed_select;
}

static uint64_t fixed_select_write_mask(const struct arch_box *kind)
{
	return kind->select_enable | kind->fixed_mask | kind->fixed_reset;
}

static void fixed_select_write(struct uncore_box *box, uint32_t index, uint64_t value)
{
	(void)index;
	if (value & box->kind->fixed_reset)
		counter_set(&box->fixed, 0);
	box->fixed_select = (uint32_t)value & ~box->kind->fixed_reset;
}

static uint64_t fixed_read(struct uncore_box *box, uint32_t index)
{
	(void)index;
	return box->fixed.value;
}

static uint64_t fixed_write_mask(const struct arch_box *kind)
{
	return UINT64_MAX >> (64 - kind->fixed_width);
}

static void fixed_write(struct uncore_box *box, uint32_t index, uint64_t value)
{
	(void)index;
	counter_set(&box->fixed, value);
}

static void settle_counter(struct uncore_box *box, uint32_t index, uint64_t ns)
{
	counter_settle(&box->counters[index], ns);
}

static void settle_fixed(struct uncore_box *box, uint32_t index, uint64_t ns)
{
	(void)index;
	counter_settle(&box->fixed, ns);
}

/* What a part does; for a write all counters are settled before and routed after. */
static const struct part_ops {
	/* what a read depends on; NULL: no counter */
	void (*settle)(struct uncore_box *box, uint32_t index, uint64_t ns);
	uint64_t (*read)(struct uncore_box *box, uint32_t index);
	uint64_t (*write_mask)(const struct arch_box *kind);
	void (*write)(struct uncore_box *box, uint32_t index, uint64_t value);
} parts[] = {
	[ARCH_BOX_CONTROL] = {NULL, control_read, control_write_mask, control_write},
	[ARCH_BOX_SELECT] = {NULL, select_read, select_write_mask, select_write},
	[ARCH_BOX_COUNTER] = {settle_counter, counter_read, counter_write_mask, counter_write},
	[ARCH_BOX_FIXED_SELECT] = {NULL, fixed_select_read, fixed_select_write_mask,
		fixed_select_write},
	[ARCH_BOX_FIXED_COUNTER] = {settle_fixed, fixed_read, fixed_write_mask, fixed_write},
};

uint64_t uncore_write_mask(const struct uncore_box *box, enum arch_box_part part)
{
	return parts[part].write_mask(box->kind);
}

uint64_t uncore_read(struct uncore_box *box, enum arch_box_part part, uint32_t index, uint64_t ns)
{
	if (parts[part].settle)
		parts[part].settle(box, index, ns);
	return parts[part].read(box, index);
}

void uncore_write(struct uncore_box *box, enum arch_box_part part, uint32_t index, uint64_t ns,
	uint64_t value)
{
	uncore_settle(box, ns);
	parts[part].write(box, index, value);
	uncore_route(box, ns);
}

void uncore_set_filter(
	struct uncore_box *box, uint8_t shift, uint64_t mask, uint64_t ns, uint64_t value)
{
	uncore_settle(box, ns);
	box->filter = (box->filter & ~(mask << shift)) | value << shift;
	uncore_route(box, ns);
}

void uncore_hold(struct uncore_box *box, bool held, uint64_t ns)
{
	uncore_settle(box, ns);
	box->is_held = held;
	uncore_route(box, ns);
}
