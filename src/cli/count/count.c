/* SPDX-License-Identifier: MIT */
/* The order of it all, and what the counters have counted. */
#include "cli/count/count.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/count/count_internal.h"
#include "cli/measure/grain.h"
#include "util/clock.h"

void count_set_causes(struct count_device *device, const struct cause *cause)
{
	for (size_t i = 0; i < device->n_slots; i++)
		if (!device->slots[i].cause.text[0])
			device->slots[i].cause = *cause;
}

const char *count_device_text(const struct count_device *device, char text[OP_TEXT_SIZE])
{
	if (device->kind != WANT_BOX)
		return place_describe_device(&device->place, text);
	snprintf(text, OP_TEXT_SIZE, "%s%u of socket %u", device->box->name, device->number,
		device->package);
	return text;
}

unsigned count_set_of(const struct count *count, const struct count_device *device)
{
	return device->n_sets > 0 ? count->set % device->n_sets : 0;
}

static void assign_device(struct count_device *device)
{
	struct assign_want wants[ASSIGN_MAX_WANTS];

	if (device->kind == WANT_RUNNING || device->kind == WANT_MSR) {
		device->n_sets = 1;
		return;
	}
	for (size_t i = 0; i < device->n_slots; i++) {
		wants[i] = device->slots[i].assigned;
		if (device->slots[i].cause.text[0])
			wants[i].counters = 0;
	}
	device->n_sets = assign(wants, device->n_slots);
	for (size_t i = 0; i < device->n_slots; i++)
		device->slots[i].assigned = wants[i];
}

/* The first event that has to wait, and for what. */
static int explain(
	const struct count *count, const struct count_device *device, char error[WANT_ERROR_SIZE])
{
	struct assign_want wants[ASSIGN_MAX_WANTS] = {0};
	char text[WANT_COUNTERS_SIZE], name[OP_TEXT_SIZE];
	size_t first = 0, other;

	for (size_t i = 0; i < device->n_slots; i++)
		wants[i] = device->slots[i].assigned;
	while (first < device->n_slots && (!wants[first].is_assigned || wants[first].set == 0))
		first++;
	other = assign_conflict(wants, device->n_slots, first);
	if (other < device->n_slots) {
		want_fail(error,
			"%s and %s need different filters, and %s has one for all: leave one of "
			"them "
			"out, or --no-rotate",
			device->slots[other].want->name, device->slots[first].want->name,
			device->kind == WANT_CORE ? "the core" : device->box->name);
		return -EINVAL;
	}
	want_fail(error, "%s finds no counter on %s: it can have %s, which those before it take (",
		device->slots[first].want->name, count_device_text(device, name),
		want_counters_text(device->slots[first].want, count->node->arch, text));
	for (size_t i = 0; i < device->n_slots; i++) {
		size_t used = strlen(error);

		if (wants[i].is_assigned && wants[i].set == 0 &&
			(UINT64_C(1) << wants[i].counter & wants[first].counters))
			snprintf(error + used, WANT_ERROR_SIZE - used, "%s%s",
				error[used - 1] == '(' ? "" : ", ", device->slots[i].want->name);
	}
	snprintf(error + strlen(error), WANT_ERROR_SIZE - strlen(error),
		"): leave one of them out, or let them take turns, without --no-rotate");
	return -EINVAL;
}

static int plan_devices(
	struct count *count, struct cache *cache, bool rotate, char error[WANT_ERROR_SIZE])
{
	int r = count_look(count, cache);

	count->n_sets = 1;
	for (size_t i = 0; r == 0 && i < count->n_devices; i++) {
		struct count_device *device = &count->devices[i];

		assign_device(device);
		if (device->n_sets > 1 && !rotate)
			return explain(count, device, error);
		if (device->n_sets > count->n_sets)
			count->n_sets = device->n_sets;
	}
	return r;
}

int count_start(struct count *count, struct msrd *msrd, const struct places *cpus,
	bool all_packages, bool rotate, char error[WANT_ERROR_SIZE])
{
	int r = count->n_wants > ASSIGN_MAX_WANTS ? -E2BIG : 0;
	struct cache cache;

	cache_init(&cache, msrd);
	if (r == 0)
		r = count_find_devices(count, &cache, cpus, all_packages);
	if (r == 0)
		r = plan_devices(count, &cache, rotate, error);
	if (r == 0)
		r = count_program(count, &cache);
	if (r == 0)
		r = count_select(count, &cache);
	cache_deinit(&cache);
	return r;
}

/* What is counted from now on begins with another reading. */
static void forget(struct count *count)
{
	for (size_t i = 0; i < count->n_devices; i++)
		for (size_t j = 0; count->devices[i].n_sets > 1 && j < count->devices[i].n_slots;
			j++)
			count->devices[i].slots[j].is_begun = false;
}

int count_rotate(struct count *count, struct msrd *msrd)
{
	int r = count_read(count, msrd);
	struct cache cache;

	if (r < 0 || count->n_sets < 2)
		return r;
	count->set = (count->set + 1) % count->n_sets;
	forget(count);
	cache_init(&cache, msrd);
	r = count_select(count, &cache);
	cache_deinit(&cache);
	return r < 0 ? r : count_read(count, msrd);
}

void count_discard(struct count *count)
{
	for (size_t i = 0; i < count->n_devices; i++)
		for (size_t j = 0; j < count->devices[i].n_slots; j++)
			count->devices[i].slots[j].total = count->devices[i].slots[j].on_ns = 0;
	count->begin_ns = count->read_ns;
}

void count_restart(struct count *count)
{
	for (size_t i = 0; i < count->n_devices; i++)
		for (size_t j = 0; j < count->devices[i].n_slots; j++) {
			struct count_slot *slot = &count->devices[i].slots[j];

			slot->past_total += slot->total;
			slot->past_on_ns += slot->on_ns;
		}
	count->past_ns += count->read_ns - count->begin_ns;
	count_discard(count);
}

/* A register that only some slots need is missed by these; else by the whole device. */
static void drop_device(struct count_device *device, const struct place *changed)
{
	struct cause cause = {0};
	char text[OP_TEXT_SIZE];
	bool is_select = false;

	cause_set(&cause, false, "somebody else changed %s during the measurement",
		place_describe(changed, text));
	for (size_t i = 0; i < device->n_slots; i++) {
		struct count_slot *slot = &device->slots[i];

		if (slot->select.reg != changed->reg)
			continue;
		is_select = true;
		if (!slot->cause.text[0])
			slot->cause = cause;
	}
	if (!is_select)
		count_set_causes(device, &cause);
}

static void drop(void *closure, const struct place *changed)
{
	struct count *count = closure;

	for (size_t i = 0; i < count->n_devices; i++)
		if (count->devices[i].kind != WANT_RUNNING && count->devices[i].kind != WANT_MSR &&
			place_same_device(&count->devices[i].place, changed))
			drop_device(&count->devices[i], changed);
}

int count_check(struct count *count, struct msrd *msrd)
{
	return journal_look(count->journal, msrd, drop, count);
}

void count_deinit(struct count *count)
{
	for (size_t i = 0; i < count->n_devices; i++)
		free(count->devices[i].slots);
	free(count->devices);
	*count = (struct count){0};
}

static uint64_t length_ns(const struct count *count)
{
	return count->read_ns - count->begin_ns + (count->is_whole ? count->past_ns : 0);
}

static uint64_t total(const struct count *count, const struct count_slot *slot)
{
	return slot->total + (count->is_whole ? slot->past_total : 0);
}

static uint64_t on_ns(const struct count *count, const struct count_slot *slot)
{
	return slot->on_ns + (count->is_whole ? slot->past_on_ns : 0);
}

double count_seconds(const struct count *count)
{
	return clock_seconds(length_ns(count));
}

double count_share(const struct count *count, const struct count_slot *slot)
{
	uint64_t ns = length_ns(count);

	return ns > 0 ? (double)on_ns(count, slot) / (double)ns : slot->is_begun;
}

double count_value(const struct count *count, const struct count_slot *slot)
{
	uint64_t ns = length_ns(count), on = on_ns(count, slot);
	double value = (double)total(count, slot) * slot->scale;

	if (slot->cause.text[0] || (on == 0 && ns > 0))
		return NAN;
	if (slot->want->is_gauge)
		return (double)slot->raw;
	return on == ns ? value : value * (double)ns / (double)on;
}

double count_raw(const struct count *count, const struct count_slot *slot)
{
	if (slot->cause.text[0] || !slot->is_begun)
		return NAN;
	return (double)(slot->want->is_gauge ? slot->raw : total(count, slot));
}

double count_grain(const struct count *count, const struct count_slot *slot)
{
	if (slot->want->kind != WANT_RUNNING || isnan(count_value(count, slot)))
		return NAN;
	return grain_percent(slot->period_ns, length_ns(count), (double)total(count, slot));
}
