/* SPDX-License-Identifier: MIT */
/* What is written for a slot, and that it is put back: the journal's work. */
#include <stdlib.h>

#include "cli/count/count_internal.h"
#include "cli/reach.h"
#include "util/array.h"

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

static void find_core_places(
	struct count *count, struct count_device *device, struct count_slot *slot)
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

static void find_box_places(
	struct count *count, struct count_device *device, struct count_slot *slot)
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

/* Bits of the select that are ours, and what they are to be. */
static void get_select(const struct count *count, const struct count_device *device,
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

static int set_bits(struct msrd *msrd, const struct place *place, uint64_t mask, uint64_t value)
{
	uint64_t now;
	int r = reach_read(msrd, place, &now);
	uint64_t wanted = r == 0 ? (now & ~mask) | (value & mask) : 0;

	return r != 0 || wanted == now ? r : reach_write(msrd, place, wanted);
}

/* Bits of a register that slots before this one have claimed: what they were is written down, and
 * is not what they are now. */
static uint64_t claimed(const struct count *count, const struct place *place)
{
	const struct claims *claims = &count->journal->claims;
	uint64_t mask = 0;

	for (size_t i = 0; i < claims->n; i++)
		if (claims->list[i].place.reg == place->reg &&
			place_same_device(&claims->list[i].place, place))
			mask |= claims->list[i].mask;
	return mask;
}

/* As journal_claim, each bit once. */
static int claim(struct count *count, struct msrd *msrd, const struct place *place, uint64_t mask,
	uint64_t constant, uint64_t value)
{
	uint64_t rest = mask & ~claimed(count, place);
	int r = rest ? journal_claim(count->journal, msrd, place, rest, constant & rest, value) : 0;

	return r || rest == mask ? r : set_bits(msrd, place, mask, value);
}

static int keep(struct count *count, struct msrd *msrd, const struct place *place, uint64_t mask)
{
	mask &= ~claimed(count, place);
	return mask ? journal_keep(count->journal, msrd, place, mask) : 0;
}

/* A count that went on before is somebody's, and is not put back. */
static int keep_count(struct count *count, struct msrd *msrd, const struct count_slot *slot)
{
	uint64_t mask = UINT64_MAX >> (64 - slot->width);
	const uint64_t low = op_space_mask(slot->counter.space);
	struct place high =
		place_at(slot->counter, slot->counter.reg + op_space_step(slot->counter.space));
	int r = slot->was_running ? 0 : keep(count, msrd, &slot->counter, mask & low);

	return r == 0 && slot->has_high && !slot->was_running ? keep(count, msrd, &high, mask >> 32)
							      : r;
}

/* Other bits of the select may be anything while slots take turns. */
static int claim_slot(struct count *count, struct msrd *msrd, struct count_device *device,
	struct count_slot *slot)
{
	uint64_t mask, value, enable;
	int r = keep_count(count, msrd, slot);

	get_select(count, device, slot, &mask, &value, &enable);
	return r ? r
		 : claim(count, msrd, &slot->select, mask, device->n_sets > 1 ? enable : mask,
			   value);
}

static int claim_filters(struct count *count, struct msrd *msrd, struct count_device *device,
	struct count_slot *slot)
{
	uint64_t mask, value;
	struct place place;
	int r = 0;

	for (size_t i = 0; r == 0 && count_filter(count, device, slot, i, &place, &mask, &value);
		i++)
		r = claim(count, msrd, &place, mask, device->n_sets > 1 ? 0 : mask, value);
	return r;
}

/* The box may stand still, for everybody; a core's counters have a switch of their own. */
static int switch_on(struct count *count, struct msrd *msrd, struct count_device *device)
{
	struct place control = device->place;
	uint64_t mask = 0, value;
	int r;

	if (device->kind == WANT_CORE) {
		for (size_t i = 0; i < device->n_slots; i++)
			if (!device->slots[i].cause.text[0])
				mask |= UINT64_C(1) << device->slots[i].assigned.counter;
		if (mask == 0 || !arch_core_register(
					 count->node->arch, ARCH_GLOBAL_CONTROL, 0, &control.reg))
			return 0;
		return journal_change(count->journal, msrd, &control, mask, mask);
	}
	mask = device->box->freeze;
	if (mask == 0 || !arch_box_register(count->node->arch, device->box, device->number,
				 ARCH_BOX_CONTROL, 0, &control.reg))
		return 0;
	r = journal_original(count->journal, msrd, &control, &value);
	if (r != 0 || (value & mask) != mask)
		return r;
	return journal_change(count->journal, msrd, &control, mask, 0);
}

int count_program(struct count *count, struct msrd *msrd, struct count_device *device)
{
	bool has_any = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < device->n_slots; i++) {
		struct count_slot *slot = &device->slots[i];

		if (slot->cause.text[0] || device->kind == WANT_RUNNING || device->kind == WANT_MSR)
			continue;
		if (device->kind == WANT_CORE)
			find_core_places(count, device, slot);
		else
			find_box_places(count, device, slot);
		/* a refused match is refused before anything counts without it */
		r = cause_note(&slot->cause, msrd, claim_filters(count, msrd, device, slot));
		if (r == 0 && !slot->cause.text[0])
			r = cause_note(&slot->cause, msrd, claim_slot(count, msrd, device, slot));
		has_any = has_any || !slot->cause.text[0];
	}
	if (r == 0 && has_any) {
		struct cause cause = {0};

		r = cause_note(&cause, msrd, switch_on(count, msrd, device));
		if (cause.text[0])
			count_set_causes(device, &cause);
	}
	return r;
}

static int select_slot(struct count *count, struct msrd *msrd, struct count_device *device,
	struct count_slot *slot)
{
	uint64_t mask, value, enable;
	struct place place;
	int r = 0;

	for (size_t i = 0; r == 0 && count_filter(count, device, slot, i, &place, &mask, &value);
		i++)
		r = set_bits(msrd, &place, mask, value);
	get_select(count, device, slot, &mask, &value, &enable);
	return r ? r : set_bits(msrd, &slot->select, mask, value);
}

int count_select(struct count *count, struct msrd *msrd)
{
	int r = 0;

	for (size_t i = 0; i < count->n_devices; i++) {
		struct count_device *device = &count->devices[i];

		for (size_t j = 0; r == 0 && device->n_sets > 1 && j < device->n_slots; j++) {
			struct count_slot *slot = &device->slots[j];

			if (!slot->cause.text[0] &&
				slot->assigned.set == count_set_of(count, device))
				r = cause_note(
					&slot->cause, msrd, select_slot(count, msrd, device, slot));
		}
	}
	return r;
}
