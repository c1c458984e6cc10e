/* SPDX-License-Identifier: MIT */
/*
 * The fixed counters of a CPU: only their enable bits are touched, never a
 * reset. Bits as in the architectural PMU (Intel SDM vol. 3); their registers
 * are the model's.
 */
#include "cli/measure/holder.h"
#include "cli/measure/plan_internal.h"
#include "cli/reach.h"

/* A counter's field in the control of the fixed ones. */
#define MODE_OS	  1u
#define MODE_USER 2u
#define MODE_ANY  4u /* of any thread of the core */
/* The fixed counters' enable bits in the global control begin here. */
#define GLOBAL_FIXED 32

/* The registers of one CPU, and what of them the events need. */
struct core {
	struct place modes, global;
	uint64_t modes_mask, modes_set, global_mask;
};

/* Counters that stood still get their old value back; one that somebody else
 * had running keeps its count. */
static int keep_if_idle(struct plan *plan, struct msrd *msrd, const struct core *core,
	const struct event *event, const struct place *counter)
{
	uint64_t enabled = UINT64_C(1) << (GLOBAL_FIXED + event->number);
	unsigned shift = plan->node->arch->core->fixed_control_bits * event->number;
	uint64_t global, modes;
	int r = journal_original(&plan->journal, msrd, &core->global, &global);

	if (r == 0)
		r = journal_original(&plan->journal, msrd, &core->modes, &modes);
	if (r != 0 || ((global & enabled) && (modes >> shift & (MODE_OS | MODE_USER))))
		return r;
	return journal_keep(&plan->journal, msrd, counter, UINT64_MAX >> (64 - event->width));
}

static int add_event(struct plan *plan, struct msrd *msrd, struct plan_subject *cpu,
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
	r = keep_if_idle(plan, msrd, core, &event, &counter);
	if (r != 0)
		return r;
	shift = arch->core->fixed_control_bits * event.number;
	core->modes_mask |= (uint64_t)(MODE_OS | MODE_USER | MODE_ANY) << shift;
	core->modes_set |= (uint64_t)(MODE_OS | MODE_USER) << shift;
	core->global_mask |= UINT64_C(1) << (GLOBAL_FIXED + event.number);
	return plan_add_counter(plan, cpu, id, &event, counter);
}

/*
 * A counter that interrupts is the kernel's, and nobody else may leave its interrupt on
 * in a register that all fixed counters share. So none of them is ours then.
 */
static int look_for_holder(
	struct plan *plan, struct msrd *msrd, const struct core *core, struct cause *cause)
{
	const struct arch_core *pmu = plan->node->arch->core;
	char text[OP_TEXT_SIZE];
	uint64_t modes;
	int r = reach_read(msrd, &core->modes, &modes);

	for (unsigned i = 0; r == 0 && i < pmu->n_fixed; i++) {
		if (!(modes >> pmu->fixed_control_bits * i & pmu->fixed_interrupt))
			continue;
		cause_set(cause, false,
			"the kernel holds fixed counter %u (%s), and so the control of all: %s", i,
			holder_text(), place_describe(&core->modes, text));
		break;
	}
	return r;
}

static int start_events(
	struct plan *plan, struct msrd *msrd, struct plan_subject *cpu, struct core *core)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < N_EVENTS; i++)
		if (event_scope((enum event_id)i) == SCOPE_CPU)
			r = add_event(plan, msrd, cpu, core, (enum event_id)i);
	if (r == 0)
		r = journal_change(
			&plan->journal, msrd, &core->modes, core->modes_mask, core->modes_set);
	if (r == 0)
		r = journal_change(
			&plan->journal, msrd, &core->global, core->global_mask, core->global_mask);
	return r;
}

/* Reference cycles go at the rate of the TSC: the base ratio makes seconds of them. */
static int scale_active(struct plan *plan, struct msrd *msrd, struct plan_subject *cpu)
{
	const struct arch *arch = plan->node->arch;
	struct plan_count *active = &cpu->counts[EVENT_ACTIVE];
	uint64_t ratio;
	int r = plan_read_field(plan, msrd, cpu->number, &arch->base_ratio, "base ratio", &ratio,
		&active->scale_cause);

	if (r == 0 && !active->scale_cause.text[0])
		active->scale = 1e-6 / ((double)ratio * arch->ratio_mhz);
	return r;
}

int plan_core(struct plan *plan, struct msrd *msrd, struct plan_subject *cpu)
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
		r = look_for_holder(plan, msrd, &core, &cause);
		if (r == 0 && !cause.text[0])
			r = start_events(plan, msrd, cpu, &core);
		r = cause_note(&cause, msrd, r);
	}
	for (unsigned i = 0; cause.text[0] && i < N_EVENTS; i++)
		if (event_scope((enum event_id)i) == SCOPE_CPU)
			cpu->counts[i].cause = cause;
	return r < 0 || cause.text[0] ? r : scale_active(plan, msrd, cpu);
}
