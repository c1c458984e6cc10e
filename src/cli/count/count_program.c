/* SPDX-License-Identifier: MIT */
/* What is written for a slot, and that it is put back: the journal's work. */
#include <stdlib.h>

#include "cli/count/count_internal.h"

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
static int claim(
	struct count *count, struct cache *cache, const struct claim *wanted, struct cause *cause)
{
	struct claim rest = *wanted;
	int r = 0;

	rest.mask &= ~claimed(count, &wanted->place);
	rest.set_mask &= rest.mask;
	if (rest.mask != 0)
		r = journal_claim(count->journal, cache, &rest, cause);
	return r || rest.mask == wanted->mask
		       ? r
		       : cache_set(cache, &wanted->place, wanted->mask, wanted->set, cause);
}

static int keep(struct count *count, struct cache *cache, const struct place *place, uint64_t mask)
{
	mask &= ~claimed(count, place);
	return mask ? journal_keep(count->journal, cache, place, mask) : 0;
}

static struct place high_of(const struct count_slot *slot)
{
	return place_at(slot->counter, slot->counter.reg + op_space_step(slot->counter.space));
}

/* A count that went on before is somebody's, and is not put back. */
static int keep_count(struct count *count, struct cache *cache, const struct count_slot *slot)
{
	uint64_t mask = UINT64_MAX >> (64 - slot->width);
	const uint64_t low = op_space_mask(slot->counter.space);
	struct place high = high_of(slot);
	int r = slot->was_running ? 0 : keep(count, cache, &slot->counter, mask & low);

	return r == 0 && slot->has_high && !slot->was_running
		       ? keep(count, cache, &high, mask >> 32)
		       : r;
}

/* Other bits of the select may be anything while slots take turns. */
static int claim_slot(struct count *count, struct cache *cache, const struct count_device *device,
	struct count_slot *slot)
{
	struct claim wanted = {.place = slot->select};
	uint64_t enable;
	int r = keep_count(count, cache, slot);

	count_get_select(count, device, slot, &wanted.mask, &wanted.set, &enable);
	wanted.set_mask = device->n_sets > 1 ? enable : wanted.mask;
	return r ? r : claim(count, cache, &wanted, &slot->cause);
}

static int claim_filters(struct count *count, struct cache *cache,
	const struct count_device *device, struct count_slot *slot)
{
	struct claim wanted = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && count_filter(count, device, slot, i, &wanted.place,
					     &wanted.mask, &wanted.set);
		i++) {
		wanted.set_mask = device->n_sets > 1 ? 0 : wanted.mask;
		r = claim(count, cache, &wanted, &slot->cause);
	}
	return r;
}

/* The box may stand still, for everybody; a core's counters have a switch of their own. */
static bool find_switch(
	const struct count *count, const struct count_device *device, struct place *control)
{
	const struct arch *arch = count->node->arch;

	*control = device->place;
	if (device->kind == WANT_CORE)
		return arch_core_register(arch, ARCH_GLOBAL_CONTROL, 0, &control->reg);
	return device->box->freeze != 0 && arch_box_register(arch, device->box, device->number,
						   ARCH_BOX_CONTROL, 0, &control->reg);
}

static int switch_on(struct count *count, struct cache *cache, struct count_device *device)
{
	struct place control;
	uint64_t mask = 0, value;
	int r;

	if (!find_switch(count, device, &control))
		return 0;
	if (device->kind == WANT_CORE) {
		for (size_t i = 0; i < device->n_slots; i++)
			if (!device->slots[i].cause.text[0])
				mask |= UINT64_C(1) << device->slots[i].assigned.counter;
		return journal_change(
			count->journal, cache, &control, mask, mask, &device->refused);
	}
	mask = device->box->freeze;
	r = journal_original(count->journal, cache, &control, &value);
	if (r != 0 || (value & mask) != mask)
		return r;
	return journal_change(count->journal, cache, &control, mask, 0, &device->refused);
}

/* Does it have to be programmed? */
static bool is_ours(const struct count_device *device, const struct count_slot *slot)
{
	return !slot->cause.text[0] && device->kind != WANT_RUNNING && device->kind != WANT_MSR;
}

static void want_slot(struct count *count, struct cache *cache, struct count_device *device,
	struct count_slot *slot)
{
	struct place place;
	uint64_t mask, value;

	count_find_places(count, device, slot);
	for (size_t i = 0; count_filter(count, device, slot, i, &place, &mask, &value); i++)
		cache_want(cache, OP_READ, &place);
	cache_want(cache, OP_READ, &slot->select);
	if (!slot->was_running)
		cache_want(cache, OP_READ, &slot->counter);
	place = high_of(slot);
	if (slot->has_high && !slot->was_running)
		cache_want(cache, OP_READ, &place);
	if (find_switch(count, device, &place))
		cache_want(cache, OP_READ, &place);
}

typedef int slot_step(struct count *count, struct cache *cache, const struct count_device *device,
	struct count_slot *slot);

/* The step for all that are left. */
static int take_step(struct count *count, struct cache *cache, slot_step *step)
{
	int r = 0;

	for (size_t i = 0; i < count->n_devices; i++) {
		struct count_device *device = &count->devices[i];

		for (size_t j = 0; r == 0 && j < device->n_slots; j++) {
			struct count_slot *slot = &device->slots[j];

			if (is_ours(device, slot))
				r = cache_note(
					cache, &slot->cause, step(count, cache, device, slot));
		}
	}
	return r;
}

static int claim_all(struct count *count, struct cache *cache, slot_step *step)
{
	int r = take_step(count, cache, step);

	return r ? r : journal_write(count->journal, cache);
}

static int switch_all_on(struct count *count, struct cache *cache)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count->n_devices; i++) {
		struct count_device *device = &count->devices[i];
		bool has_any = false;

		for (size_t j = 0; j < device->n_slots; j++)
			has_any = has_any || is_ours(device, &device->slots[j]);
		if (has_any)
			r = cache_note(cache, &device->refused, switch_on(count, cache, device));
	}
	r = r ? r : journal_write(count->journal, cache);
	for (size_t i = 0; i < count->n_devices; i++)
		if (count->devices[i].refused.text[0])
			count_set_causes(&count->devices[i], &count->devices[i].refused);
	return r;
}

/* A refused match is refused before anything counts without it. */
int count_program(struct count *count, struct cache *cache)
{
	int r;

	for (size_t i = 0; i < count->n_devices; i++)
		for (size_t j = 0; j < count->devices[i].n_slots; j++)
			if (is_ours(&count->devices[i], &count->devices[i].slots[j]))
				want_slot(count, cache, &count->devices[i],
					&count->devices[i].slots[j]);
	r = cache_fetch(cache);
	if (r == 0)
		r = claim_all(count, cache, claim_filters);
	if (r == 0)
		r = claim_all(count, cache, claim_slot);
	return r ? r : switch_all_on(count, cache);
}

/* Is it its turn, and were there others? */
static bool is_on(
	const struct count *count, const struct count_device *device, const struct count_slot *slot)
{
	return device->n_sets > 1 && slot->assigned.set == count_set_of(count, device);
}

static int set_filters(struct count *count, struct cache *cache, const struct count_device *device,
	struct count_slot *slot)
{
	uint64_t mask, value;
	struct place place;
	int r = 0;

	for (size_t i = 0; r == 0 && is_on(count, device, slot) &&
			   count_filter(count, device, slot, i, &place, &mask, &value);
		i++)
		r = cache_set(cache, &place, mask, value, &slot->cause);
	return r;
}

static int set_select(struct count *count, struct cache *cache, const struct count_device *device,
	struct count_slot *slot)
{
	uint64_t mask, value, enable;

	if (!is_on(count, device, slot))
		return 0;
	count_get_select(count, device, slot, &mask, &value, &enable);
	return cache_set(cache, &slot->select, mask, value, &slot->cause);
}

static void want_select(const struct count *count, struct cache *cache,
	const struct count_device *device, const struct count_slot *slot)
{
	uint64_t mask, value;
	struct place place;

	for (size_t i = 0; count_filter(count, device, slot, i, &place, &mask, &value); i++)
		cache_want(cache, OP_READ, &place);
	cache_want(cache, OP_READ, &slot->select);
}

int count_select(struct count *count, struct cache *cache)
{
	int r;

	for (size_t i = 0; i < count->n_devices; i++) {
		const struct count_device *device = &count->devices[i];

		for (size_t j = 0; j < device->n_slots; j++)
			if (is_ours(device, &device->slots[j]) &&
				is_on(count, device, &device->slots[j]))
				want_select(count, cache, device, &device->slots[j]);
	}
	r = cache_fetch(cache);
	if (r == 0)
		r = take_step(count, cache, set_filters);
	if (r == 0)
		r = cache_write_back(cache);
	if (r == 0)
		r = take_step(count, cache, set_select);
	return r ? r : cache_write_back(cache);
}
