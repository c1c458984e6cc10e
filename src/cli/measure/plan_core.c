/* SPDX-License-Identifier: MIT */
/*
 * The fixed counters of a CPU: only their enable bits are touched, never a
 * reset. Their registers are the
 * model's.
 */
#include "cli/measure/holder.h"
#include "cli/measure/plan_internal.h"

/* The registers of one CPU, and what of them the events need. */
struct core {
	struct place modes, global;
	uint64_t modes_mask, modes_set, global_mask;
};

/* Counters that stood still get their old value back; one that somebody else
 * had running keeps its count. */
static int keep_if_idle(struct plan *plan, struct cache *cache, const struct core *core,
	const struct event *event, const struct place *counter)
{
	uint64_t enabled = UINT64_C(1) << (PMU_GLOBAL_FIXED + event->number);
	unsigned shift = plan->node->arch->core->fixed_control_bits * event->number;
	uint64_t global, modes;
	int r = journal_original(&plan->journal, cache, &core->global, &global);

	if (r == 0)
		r = journal_original(&plan->journal, cache, &core->modes, &modes);
	if (r != 0 ||
		((global & enabled) && (modes >> shift & (PMU_FIXED_KERNEL | PMU_FIXED_USER))))
		return r;
	return journal_keep(&plan->journal, cache, counter, UINT64_MAX >> (64 - event->width));
}

static int add_event(struct plan *plan, struct cache *cache, struct plan_subject *cpu,
	struct core *core, enum event_id id)
{
	const struct arch *arch = plan->node->arch;
	struct place counter = core->modes;
	struct event event;
	unsigned shift;
	int r;

	if (!event_get(arch, id, &event) ||
		!arch_core_register(arch, ARCH_FIXED, event.number, &counter.reg)) {
		cause_set(&cpu->counts[id].cause, true, "this CPU model has no counter for %s",
			event_text(id));
		return 0;
	}
	r = keep_if_idle(plan, cache, core, &event, &counter);
	if (r != 0)
		return r;
	shift = arch->core->fixed_control_bits * event.number;
	core->modes_mask |= (uint64_t)(PMU_FIXED_KERNEL | PMU_FIXED_USER | PMU_FIXED_ANY) << shift;
	core->modes_set |= (uint64_t)(PMU_FIXED_KERNEL | PMU_FIXED_USER) << shift;
	core->global_mask |= UINT64_C(1) << (PMU_GLOBAL_FIXED + event.number);
	return plan_add_counter(plan, cpu, id, &event, counter);
}

/*
 * A counter that interrupts is the kernel's, and nobody else may leave its interrupt on
 * in a register that all fixed counters share. So none of them is ours then.
 */
static int look_for_holder(
	struct plan *plan, struct cache *cache, const struct core *core, struct cause *cause)
{
	const struct arch_core *pmu = plan->node->arch->core;
	char text[OP_TEXT_SIZE];
	uint64_t modes;
	int r = cache_read(cache, &core->modes, &modes);

	for (unsigned i = 0; r == 0 && i < pmu->n_fixed; i++) {
		if (!(modes >> pmu->fixed_control_bits * i & PMU_FIXED_INTERRUPT))
			continue;
		cause_set(cause, false,
			"the kernel holds fixed counter %u (%s), and so the control of all: %s", i,
			holder_text(), place_describe(&core->modes, text));
		break;
	}
	return r;
}

static int start_events(
	struct plan *plan, struct cache *cache, struct plan_subject *cpu, struct core *core)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < N_EVENTS; i++)
		if (event_subject((enum event_id)i) == SUBJECT_CPU)
			r = add_event(plan, cache, cpu, core, (enum event_id)i);
	if (r == 0)
		r = journal_change(&plan->journal, cache, &core->modes, core->modes_mask,
			core->modes_set, &cpu->refused);
	if (r == 0)
		r = journal_change(&plan->journal, cache, &core->global, core->global_mask,
			core->global_mask, &cpu->refused);
	return r;
}

/* Reference cycles go at the rate of the TSC: the base ratio makes seconds of them. */
static int scale_active(struct plan *plan, struct cache *cache, struct plan_subject *cpu)
{
	const struct arch *arch = plan->node->arch;
	struct plan_count *active = &cpu->counts[EVENT_ACTIVE];
	uint64_t ratio;
	int r = plan_read_field(plan, cache, cpu->number, &arch->base_ratio, "base ratio", &ratio,
		&active->scale_cause);

	if (r == 0 && !active->scale_cause.text[0])
		active->scale = 1e-6 / ((double)ratio * arch->ratio_mhz);
	return r;
}

void plan_core_want(const struct plan *plan, struct cache *cache, uint32_t cpu)
{
	const struct arch *arch = plan->node->arch;
	struct place place = place_of_cpu(cpu);
	struct event event;

	if (!arch_core_register(arch, ARCH_FIXED_CONTROL, 0, &place.reg))
		return;
	cache_want(cache, OP_READ, &place);
	if (!arch_core_register(arch, ARCH_GLOBAL_CONTROL, 0, &place.reg))
		return;
	cache_want(cache, OP_READ, &place);
	for (unsigned i = 0; i < N_EVENTS; i++)
		if (event_subject((enum event_id)i) == SUBJECT_CPU &&
			event_get(arch, (enum event_id)i, &event) &&
			arch_core_register(arch, ARCH_FIXED, event.number, &place.reg))
			cache_want(cache, OP_READ, &place);
	place.reg = arch->base_ratio.reg;
	cache_want(cache, OP_READ, &place);
}

int plan_core(struct plan *plan, struct cache *cache, struct plan_subject *cpu)
{
	const struct arch *arch = plan->node->arch;
	struct core core = {
		.modes = place_of_cpu(cpu->number), .global = place_of_cpu(cpu->number)};
	struct cause cause = {0};
	int r;

	if (!arch_core_register(arch, ARCH_FIXED_CONTROL, 0, &core.modes.reg) ||
		!arch_core_register(arch, ARCH_GLOBAL_CONTROL, 0, &core.global.reg)) {
		cause_set(&cause, true, "this CPU model has no fixed counters");
		r = 0;
	} else {
		r = look_for_holder(plan, cache, &core, &cause);
		if (r == 0 && !cause.text[0])
			r = start_events(plan, cache, cpu, &core);
		r = cache_note(cache, &cause, r);
	}
	for (unsigned i = 0; cause.text[0] && i < N_EVENTS; i++)
		if (event_subject((enum event_id)i) == SUBJECT_CPU)
			cpu->counts[i].cause = cause;
	return r < 0 || cause.text[0] ? r : scale_active(plan, cache, cpu);
}
