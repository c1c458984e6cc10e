/* SPDX-License-Identifier: MIT */
/* Which registers a slot needs, and what of them. Touches none. */
#include "cli/count/count_internal.h"

static bool is_fixed(const struct count_slot *slot)
{
	return slot->assigned.counter >= WANT_FIXED;
}

/* A filter register of a box: number i. */
static bool filter_of_box(const struct count *count, const struct count_device *device,
	const struct count_slot *slot, size_t i, struct place *place, uint64_t *mask,
	uint64_t *value)
{
	struct arch_walk walk = arch_walk(count->node->arch);
	struct arch_hit hit;

	while (arch_register_next(&walk, &hit)) {
		const struct arch_register *entry = hit.entry;

		if (entry->class != ARCH_STORAGE || entry->box != device->box ||
			!arch_register_is_of(entry, &device->place) ||
			(!op_space_has_units(entry->space) && entry->index != device->number))
			continue;
		*mask = slot->want->filter_mask >> entry->shift & entry->write_mask;
		*value = slot->want->filter >> entry->shift & *mask;
		*place = place_at(device->place, hit.address);
		if (*mask && i-- == 0)
			return true;
	}
	return false;
}

/* The matches and masks of packets stand in another function, named as the manual does. */
static bool packets_of_port(const struct count *count, const struct count_device *device,
	const struct count_slot *slot, size_t i, struct place *place, uint64_t *mask,
	uint64_t *value)
{
	static const char *const names[WANT_N_PACKETS] = {"Q_Py_PCI_PMON_PKT_MATCH0",
		"Q_Py_PCI_PMON_PKT_MATCH1", "Q_Py_PCI_PMON_PKT_MASK0", "Q_Py_PCI_PMON_PKT_MASK1"};
	struct arch_hit hit;

	if (!slot->want->has_packets || i >= WANT_N_PACKETS)
		return false;
	*place = place_of_unit(device->package, UNIT_QPI_MASK, device->number);
	if (!arch_register_find(count->node->arch, place, names[i], &hit))
		return false;
	place->reg = hit.address;
	*mask = hit.entry->write_mask;
	*value = slot->want->packets[i] & *mask;
	return true;
}

bool count_filter(const struct count *count, const struct count_device *device,
	const struct count_slot *slot, size_t i, struct place *place, uint64_t *mask,
	uint64_t *value)
{
	const struct want *want = slot->want;

	if (want->kind == WANT_BOX)
		return want->has_packets
			       ? packets_of_port(count, device, slot, i, place, mask, value)
			       : want->filter_mask != 0 &&
					 filter_of_box(count, device, slot, i, place, mask, value);
	if (want->kind != WANT_CORE || want->filter_reg == 0 || i > 0)
		return false;
	*place = place_at(device->place, want->filter_reg);
	*mask = want->filter_mask;
	*value = want->filter & want->filter_mask;
	return true;
}

static void find_core(struct count *count, struct count_device *device, struct count_slot *slot)
{
	const struct arch *arch = count->node->arch;
	unsigned number = slot->assigned.counter;

	slot->counter = slot->select = device->place;
	slot->width = arch->core->width;
	if (is_fixed(slot)) {
		slot->was_running = device->running[number - WANT_FIXED] != 0;
		arch_core_register(arch, ARCH_FIXED, number - WANT_FIXED, &slot->counter.reg);
		arch_core_register(arch, ARCH_FIXED_CONTROL, 0, &slot->select.reg);
		return;
	}
	/* the full one takes a whole count back in the end */
	if (!arch_core_register(arch, ARCH_GENERAL_FULL, number, &slot->counter.reg))
		arch_core_register(arch, ARCH_GENERAL, number, &slot->counter.reg);
	arch_core_register(arch, ARCH_SELECT, number, &slot->select.reg);
}

static void find_box(struct count *count, struct count_device *device, struct count_slot *slot)
{
	const struct arch *arch = count->node->arch;
	const struct arch_box *box = device->box;
	unsigned number = is_fixed(slot) ? 0 : slot->assigned.counter;

	slot->counter = slot->select = device->place;
	slot->width = is_fixed(slot) ? box->fixed_width : box->width;
	arch_box_register(arch, box, device->number,
		is_fixed(slot) ? ARCH_BOX_FIXED_COUNTER : ARCH_BOX_COUNTER, number,
		&slot->counter.reg);
	arch_box_register(arch, box, device->number,
		is_fixed(slot) ? ARCH_BOX_FIXED_SELECT : ARCH_BOX_SELECT, number,
		&slot->select.reg);
	slot->has_high = slot->width > 0 && op_space_mask(box->space) >> (slot->width - 1) == 0;
}

void count_find_places(struct count *count, struct count_device *device, struct count_slot *slot)
{
	if (device->kind == WANT_CORE)
		find_core(count, device, slot);
	else
		find_box(count, device, slot);
}

void count_get_select(const struct count *count, const struct count_device *device,
	const struct count_slot *slot, uint64_t *mask, uint64_t *value, uint64_t *enable)
{
	const struct arch_core *core = count->node->arch->core;

	if (device->kind == WANT_CORE && is_fixed(slot)) {
		unsigned shift = core->fixed_control_bits * (slot->assigned.counter - WANT_FIXED);

		*mask = (uint64_t)(PMU_FIXED_USER | PMU_FIXED_KERNEL | PMU_FIXED_ANY) << shift;
		*value = (uint64_t)slot->want->fixed_mode << shift;
		*enable = 0;
	} else if (device->kind == WANT_CORE) {
		*mask = core->select_mask & ~(uint64_t)(PMU_SELECT_INTERRUPT | PMU_SELECT_PIN);
		*enable = PMU_SELECT_ENABLE;
		*value = slot->want->select | *enable;
	} else if (is_fixed(slot)) {
		*mask = *value = *enable = device->box->select_enable;
	} else {
		*mask = device->box->select_mask;
		*enable = device->box->select_enable;
		*value = slot->want->select | *enable;
	}
}
