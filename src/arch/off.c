/* SPDX-License-Identifier: MIT */
/* What the register tables say of switching off. Knows no register in particular. */
#include "arch/off.h"

static uint64_t fixed_field(const struct arch_core *core, uint32_t i, uint64_t bits)
{
	return bits << core->fixed_control_bits * i;
}

static uint64_t interrupting_fixed(const struct arch_core *core, uint64_t value)
{
	uint64_t counters = 0;

	for (uint32_t i = 0; i < core->n_fixed; i++)
		if (value & fixed_field(core, i, PMU_FIXED_INTERRUPT))
			counters |= UINT64_C(1) << (PMU_GLOBAL_FIXED + i);
	return counters;
}

uint64_t arch_interrupting(const struct arch *arch, const struct place *place, uint64_t value)
{
	struct arch_hit hit;

	if (!arch_register_at(arch, place, &hit) || hit.entry->class != ARCH_CORE_PMU)
		return 0;
	if (hit.entry->part == ARCH_SELECT && value & PMU_SELECT_INTERRUPT)
		return UINT64_C(1) << (hit.entry->first + hit.index);
	return hit.entry->part == ARCH_FIXED_CONTROL ? interrupting_fixed(arch->core, value) : 0;
}

/* What of the control of all fixed counters is that of kept ones. */
static uint64_t kept_fixed(const struct arch_core *core, uint64_t kept)
{
	uint64_t field = UINT64_MAX >> (64 - core->fixed_control_bits), mask = 0;

	for (uint32_t i = 0; i < core->n_fixed; i++)
		if (kept >> (PMU_GLOBAL_FIXED + i) & 1)
			mask |= fixed_field(core, i, field);
	return mask;
}

static bool core_off(const struct arch *arch, const struct arch_hit *hit, uint64_t value,
	uint64_t kept, uint64_t *off)
{
	switch ((enum arch_core_part)hit->entry->part) {
	case ARCH_SELECT:
		*off = kept >> (hit->entry->first + hit->index) & 1 ? value : 0;
		return true;
	case ARCH_FIXED_CONTROL:
		*off = value & kept_fixed(arch->core, kept);
		return true;
	case ARCH_GLOBAL_CONTROL:
		/* the general counters' are on after a reset of the processor, too: what they
		 * count their selects say */
		*off = value & (kept | ((UINT64_C(1) << PMU_GLOBAL_FIXED) - 1));
		return true;
	case ARCH_GENERAL:
	case ARCH_GENERAL_FULL:
	case ARCH_FIXED:
	case ARCH_GLOBAL_STATUS:
	case ARCH_OVERFLOW_CONTROL:
		return false;
	}
	return false;
}

/* A box is left running, as without selects it counts nothing; freezing may take several bits. */
static bool box_off(
	const struct arch_box *box, enum arch_box_part part, uint64_t value, uint64_t *off)
{
	switch (part) {
	case ARCH_BOX_SELECT:
	case ARCH_BOX_FIXED_SELECT:
		*off = 0;
		return true;
	case ARCH_BOX_CONTROL:
		*off = (value & box->freeze) == box->freeze ? value & ~(uint64_t)box->freeze
							    : value;
		return true;
	case ARCH_BOX_COUNTER:
	case ARCH_BOX_FIXED_COUNTER:
		return false;
	}
	return false;
}

/* Of a box, of a unit that does nothing else, or of the core. */
static bool is_filter(const struct arch *arch, const struct arch_hit *hit)
{
	if (hit->entry->box || op_space_has_units(hit->entry->space))
		return true;
	for (uint8_t i = 0; i < arch->core->n_filters; i++)
		if (arch->core->filters[i].reg == hit->address)
			return true;
	return false;
}

bool arch_off(const struct arch *arch, const struct place *place, uint64_t value, uint64_t kept,
	uint64_t *off)
{
	struct arch_hit hit;

	if (!arch_register_at(arch, place, &hit))
		return false;
	switch (hit.entry->class) {
	case ARCH_CORE_PMU:
		return core_off(arch, &hit, value, kept, off);
	case ARCH_BOX:
		return box_off(hit.entry->box, (enum arch_box_part)hit.entry->part, value, off);
	case ARCH_STORAGE:
		*off = 0;
		return is_filter(arch, &hit);
	case ARCH_ALL_BOXES: /* its bits that freeze read 0; they also thaw */
		*off = value | arch->all_boxes.unfreeze;
		return true;
	case ARCH_ABSENT:
	case ARCH_CONSTANT:
	case ARCH_CLEARABLE:
	case ARCH_LATCHED:
	case ARCH_RUNNING:
	case ARCH_THERMAL:
	case ARCH_STATUS:
	case ARCH_APIC_ID:
		return false;
	}
	return false;
}
