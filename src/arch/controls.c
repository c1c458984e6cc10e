/* SPDX-License-Identifier: MIT */
/*
 * What the register tables say of a register as something to be put back. Knows
 * neither who wrote it nor whether he might.
 */
#include "arch/controls.h"

static bool is_core_control(enum arch_core_part part)
{
	switch (part) {
	case ARCH_SELECT:
	case ARCH_FIXED_CONTROL:
	case ARCH_GLOBAL_CONTROL:
		return true;
	case ARCH_GENERAL:
	case ARCH_GENERAL_FULL:
	case ARCH_FIXED:
	case ARCH_GLOBAL_STATUS:
	case ARCH_OVERFLOW_CONTROL:
		return false;
	}
	return true;
}

static bool is_box_control(enum arch_box_part part)
{
	switch (part) {
	case ARCH_BOX_CONTROL:
	case ARCH_BOX_SELECT:
	case ARCH_BOX_FIXED_SELECT:
		return true;
	case ARCH_BOX_COUNTER:
	case ARCH_BOX_FIXED_COUNTER:
		return false;
	}
	return true;
}

bool arch_is_control(const struct arch *arch, const struct place *place)
{
	struct arch_hit hit;

	if (!arch_register_at(arch, place, &hit))
		return true;
	switch (hit.entry->class) {
	case ARCH_CORE_PMU:
		return is_core_control((enum arch_core_part)hit.entry->part);
	case ARCH_BOX:
		return is_box_control((enum arch_box_part)hit.entry->part);
	case ARCH_ABSENT: /* or assumed to be: then it is not known what it does */
	case ARCH_STORAGE:
	case ARCH_ALL_BOXES:
		return true;
	case ARCH_CONSTANT:
	case ARCH_CLEARABLE:
	case ARCH_LATCHED:
	case ARCH_RUNNING:
	case ARCH_THERMAL:
	case ARCH_STATUS:
	case ARCH_APIC_ID:
		return false;
	}
	return true;
}

bool arch_cleared_by(
	const struct arch *arch, const struct place *place, uint64_t value, size_t i, uint32_t *reg)
{
	const struct arch_box *box;
	struct arch_hit hit;

	if (!arch_register_at(arch, place, &hit) || hit.entry->class != ARCH_BOX ||
		hit.entry->part != ARCH_BOX_CONTROL)
		return false;
	box = hit.entry->box;
	if (!(value & box->reset_selects))
		return false;
	if (i < box->n_counters)
		return arch_box_register(
			arch, box, hit.entry->index, ARCH_BOX_SELECT, (uint32_t)i, reg);
	return i == box->n_counters &&
	       arch_box_register(arch, box, hit.entry->index, ARCH_BOX_FIXED_SELECT, 0, reg);
}

uint64_t arch_undoes(const struct arch *arch, const struct place *place, uint64_t value)
{
	struct arch_hit hit;

	if (!arch_register_at(arch, place, &hit) || hit.entry->class != ARCH_ALL_BOXES)
		return 0;
	return value & arch->all_boxes.freeze ? arch->all_boxes.unfreeze : 0;
}
