/* SPDX-License-Identifier: MIT */
/* Which counters of a device nobody uses. Changes nothing. */
#include <stdio.h>
#include <string.h>

#include "cli/count/count_internal.h"
#include "cli/measure/holder.h"
#include "util/array.h"

/* What is found at a device. */
struct found {
	uint64_t free;		       /* as want.counters */
	uint8_t modes[ARCH_MAX_FIXED]; /* of those that are running */
	unsigned n_used;
	bool kernel;	/* which has the fixed ones */
	bool is_shared; /* what its events share is somebody's */
	char used[128]; /* in words */
};

static void note_use(struct found *found, unsigned number)
{
	size_t used = strlen(found->used);

	found->n_used++;
	snprintf(found->used + used, sizeof found->used - used, "%s%u", used ? ", " : "", number);
}

static int look_at_fixed(struct count *count, struct cache *cache,
	const struct count_device *device, struct found *found)
{
	const struct arch_core *core = count->node->arch->core;
	struct place modes = device->place, global = device->place;
	uint64_t value, running;
	int r;

	if (!arch_core_register(count->node->arch, ARCH_FIXED_CONTROL, 0, &modes.reg) ||
		!arch_core_register(count->node->arch, ARCH_GLOBAL_CONTROL, 0, &global.reg))
		return 0;
	r = cache_read(cache, &modes, &value);
	if (r == 0)
		r = cache_read(cache, &global, &running);
	for (unsigned i = 0; r == 0 && i < core->n_fixed && i < N_ELEMENTS(found->modes); i++) {
		uint8_t mode =
			value >> core->fixed_control_bits * i &
			(PMU_FIXED_KERNEL | PMU_FIXED_USER | PMU_FIXED_ANY | PMU_FIXED_INTERRUPT);

		/* one that interrupts is the kernel's, and so is the register that all share */
		found->kernel = found->kernel || (mode & PMU_FIXED_INTERRUPT);
		if (running >> (WANT_FIXED + i) & 1)
			found->modes[i] = mode;
		found->free |= UINT64_C(1) << (WANT_FIXED + i);
	}
	if (found->kernel)
		found->free &= (UINT64_C(1) << WANT_FIXED) - 1;
	return r;
}

/* A fixed counter that goes on for somebody else can be looked at, if it counts what is wanted. */
static uint64_t free_for(const struct want *want, const struct found *found)
{
	uint64_t free = found->free;

	for (unsigned i = 0; want->kind == WANT_CORE && i < ARCH_MAX_FIXED; i++)
		if (found->modes[i] && found->modes[i] != want->fixed_mode)
			free &= ~(UINT64_C(1) << (WANT_FIXED + i));
	return free;
}

static int look_at_core(struct count *count, struct cache *cache, const struct count_device *device,
	struct found *found)
{
	const struct arch_core *core = count->node->arch->core;

	for (unsigned i = 0; i < core->n_general_alone; i++) {
		struct place select = device->place;
		uint64_t value;
		int r;

		if (!arch_core_register(count->node->arch, ARCH_SELECT, i, &select.reg))
			break;
		r = cache_read(cache, &select, &value);
		/* a thread that is not alone on its core has fewer */
		if (r > 0 && i >= core->n_general)
			break;
		if (r != 0)
			return r;
		if (value & (PMU_SELECT_ENABLE | PMU_SELECT_INTERRUPT))
			note_use(found, i);
		else
			found->free |= UINT64_C(1) << i;
	}
	return look_at_fixed(count, cache, device, found);
}

static int look_at_box(struct count *count, struct cache *cache, const struct count_device *device,
	struct found *found)
{
	const struct arch_box *box = device->box;
	struct place select = device->place;
	uint64_t value;
	int r = 0;

	for (unsigned i = 0; i < box->n_counters; i++) {
		arch_box_register(
			count->node->arch, box, device->number, ARCH_BOX_SELECT, i, &select.reg);
		r = cache_read(cache, &select, &value);
		if (r != 0)
			return r;
		if (value & box->select_enable)
			note_use(found, i);
		else
			found->free |= UINT64_C(1) << i;
	}
	found->is_shared = found->n_used > 0;
	if (box->fixed_width > 0)
		found->free |= UINT64_C(1) << WANT_FIXED;
	return 0;
}

/* The filter is another's: then it has to be as this one wants it. */
static int check_filter(struct count *count, struct cache *cache, const struct count_device *device,
	struct count_slot *slot)
{
	struct place place;
	uint64_t mask, value, now;

	for (size_t i = 0; count_filter(count, device, slot, i, &place, &mask, &value); i++) {
		char text[OP_TEXT_SIZE];
		int r = cache_read(cache, &place, &now);

		if (r != 0)
			return cache_note(cache, &slot->cause, r);
		if (((now ^ value) & mask) == 0)
			continue;
		cause_set(&slot->cause, false,
			"somebody else counts there, and %s, which all events share, is not as "
			"this one "
			"needs it",
			place_describe(&place, text));
	}
	return 0;
}

/* All events of a port share what packets are compared with: those that want the same have the same
 * number, that of the first. */
static void share_packets(const struct count_device *device, struct count_slot *slot)
{
	size_t first = 0;

	while (!device->slots[first].want->has_packets ||
		memcmp(device->slots[first].want->packets, slot->want->packets,
			sizeof slot->want->packets) != 0)
		first++;
	slot->assigned.shared = first;
	slot->assigned.shared_mask = UINT64_MAX;
}

static int look_at_slot(struct count *count, struct cache *cache, const struct count_device *device,
	const struct found *found, struct count_slot *slot)
{
	char counters[WANT_COUNTERS_SIZE], name[OP_TEXT_SIZE];

	slot->assigned.counters = slot->want->counters & free_for(slot->want, found);
	slot->assigned.shared = slot->want->filter;
	slot->assigned.shared_mask = slot->want->filter_mask;
	slot->assigned.shared_reg = slot->want->filter_reg;
	if (slot->want->has_packets)
		share_packets(device, slot);
	if (slot->assigned.counters == 0 && !slot->cause.text[0])
		cause_set(&slot->cause, false,
			"no counter that can count %s is free in %s: it has to be %s; in use: "
			"%s%s%s",
			slot->want->name, count_device_text(device, name),
			want_counters_text(slot->want, count->node->arch, counters), found->used,
			found->kernel ? found->used[0] ? ", fixed, by the kernel: "
						       : "fixed, by the kernel: "
				      : "",
			found->kernel ? holder_text() : "");
	if (found->is_shared && !slot->cause.text[0])
		return check_filter(count, cache, device, slot);
	return 0;
}

static int look_at_device(struct count *count, struct cache *cache, struct count_device *device)
{
	struct found found = {0};
	struct cause cause = {0};
	int r = 0;

	switch (device->kind) {
	case WANT_CORE:
		r = look_at_core(count, cache, device, &found);
		break;
	case WANT_BOX:
		r = look_at_box(count, cache, device, &found);
		break;
	case WANT_RUNNING:
	case WANT_MSR:
		return 0;
	}
	r = cache_note(cache, &cause, r);
	if (cause.text[0])
		count_set_causes(device, &cause);
	memcpy(device->running, found.modes, sizeof device->running);
	for (size_t i = 0; r == 0 && i < device->n_slots; i++)
		if (!device->slots[i].cause.text[0])
			r = look_at_slot(count, cache, device, &found, &device->slots[i]);
	return r;
}

/* Nobody counts on one whose slots all have a cause: it is not there, or may not be looked at. */
static bool is_needed(const struct count_device *device)
{
	for (size_t i = 0; i < device->n_slots; i++)
		if (!device->slots[i].cause.text[0])
			return true;
	return false;
}

static void want_core(
	const struct count *count, struct cache *cache, const struct count_device *device)
{
	const struct arch *arch = count->node->arch;
	struct place place = device->place;

	for (unsigned i = 0; i < arch->core->n_general_alone &&
			     arch_core_register(arch, ARCH_SELECT, i, &place.reg);
		i++)
		cache_want(cache, OP_READ, &place);
	if (arch_core_register(arch, ARCH_FIXED_CONTROL, 0, &place.reg))
		cache_want(cache, OP_READ, &place);
	if (arch_core_register(arch, ARCH_GLOBAL_CONTROL, 0, &place.reg))
		cache_want(cache, OP_READ, &place);
}

static void want_box(
	const struct count *count, struct cache *cache, const struct count_device *device)
{
	struct place place = device->place;
	uint64_t mask, value;

	for (unsigned i = 0; i < device->box->n_counters; i++)
		if (arch_box_register(count->node->arch, device->box, device->number,
			    ARCH_BOX_SELECT, i, &place.reg))
			cache_want(cache, OP_READ, &place);
	for (size_t i = 0; i < device->n_slots; i++)
		for (size_t j = 0;
			count_filter(count, device, &device->slots[i], j, &place, &mask, &value);
			j++)
			cache_want(cache, OP_READ, &place);
}

int count_look(struct count *count, struct cache *cache)
{
	int r;

	for (size_t i = 0; i < count->n_devices; i++) {
		const struct count_device *device = &count->devices[i];

		if (is_needed(device) && device->kind == WANT_CORE)
			want_core(count, cache, device);
		else if (is_needed(device) && device->kind == WANT_BOX)
			want_box(count, cache, device);
	}
	r = cache_fetch(cache);
	for (size_t i = 0; r == 0 && i < count->n_devices; i++)
		if (is_needed(&count->devices[i]))
			r = look_at_device(count, cache, &count->devices[i]);
	return r;
}
