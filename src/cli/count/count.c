/* SPDX-License-Identifier: MIT */
/* The order of it all, and what the counters have counted. */
#include "cli/count/count.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/count/count_internal.h"
#include "cli/reach.h"
#include "util/clock.h"

/* As with the readings of the fixed figures: a reading that took longer says less about when it
 * was; chosen so that its middle is known to 0.05 % of a second. */
#define QUICK_NS  1000000
#define MAX_TRIES 8

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
	struct count *count, struct msrd *msrd, bool rotate, char error[WANT_ERROR_SIZE])
{
	count->n_sets = 1;
	for (size_t i = 0; i < count->n_devices; i++) {
		struct count_device *device = &count->devices[i];
		int r = count_look(count, msrd, device);

		if (r < 0)
			return r;
		assign_device(device);
		if (device->n_sets > 1 && !rotate)
			return explain(count, device, error);
		if (device->n_sets > count->n_sets)
			count->n_sets = device->n_sets;
	}
	return 0;
}

int count_start(struct count *count, struct msrd *msrd, const struct places *cpus,
	bool all_packages, bool rotate, char error[WANT_ERROR_SIZE])
{
	int r = count->n_wants > ASSIGN_MAX_WANTS ? -E2BIG : 0;

	if (r == 0)
		r = count_find_devices(count, msrd, cpus, all_packages);
	if (r == 0)
		r = plan_devices(count, msrd, rotate, error);
	for (size_t i = 0; r == 0 && i < count->n_devices; i++)
		r = count_program(count, msrd, &count->devices[i]);
	return r ? r : count_select(count, msrd);
}

/* A slot and where its reads stand in the batch. */
struct entry {
	const struct count_device *device;
	struct count_slot *slot;
	size_t op;
};

struct round {
	struct entry *entries;
	struct msrd_op *ops;
	size_t n_entries, n_ops;
};

static void add_slot(
	struct round *round, const struct count_device *device, struct count_slot *slot)
{
	struct place high =
		place_at(slot->counter, slot->counter.reg + op_space_step(slot->counter.space));

	round->entries[round->n_entries++] = (struct entry){device, slot, round->n_ops};
	if (slot->has_high)
		round->ops[round->n_ops++] = reach_op(OP_READ, &high, 0);
	round->ops[round->n_ops++] = reach_op(OP_READ, &slot->counter, 0);
	if (slot->has_high)
		round->ops[round->n_ops++] = reach_op(OP_READ, &high, 0);
}

static int init_round(struct round *round, struct count *count)
{
	size_t n = 1;

	for (size_t i = 0; i < count->n_devices; i++)
		n += count->devices[i].n_slots;
	*round = (struct round){.entries = calloc(n, sizeof *round->entries),
		.ops = calloc(3 * n, sizeof *round->ops)};
	if (!round->entries || !round->ops)
		return -ENOMEM;
	for (size_t i = 0; i < count->n_devices; i++) {
		struct count_device *device = &count->devices[i];

		for (size_t j = 0; j < device->n_slots; j++)
			if (!device->slots[j].cause.text[0] &&
				device->slots[j].assigned.set == count_set_of(count, device))
				add_slot(round, device, &device->slots[j]);
	}
	return 0;
}

static void deinit_round(struct round *round)
{
	free(round->entries);
	free(round->ops);
}

/* Two halves that do not fit are read again: the counter goes on in between. */
static int read_alone(struct msrd *msrd, struct count_slot *slot, uint64_t *value)
{
	struct place high =
		place_at(slot->counter, slot->counter.reg + op_space_step(slot->counter.space));
	uint64_t before = 0, low = 0, after = 0;
	int r = slot->has_high ? reach_read(msrd, &high, &before) : 0;

	if (r == 0)
		r = reach_read(msrd, &slot->counter, &low);
	if (r == 0 && slot->has_high)
		r = reach_read(msrd, &high, &after);
	if (r == 0 && after != before)
		r = reach_read(msrd, &slot->counter, &low);
	if (r == 0)
		*value = slot->has_high ? after << 32 | low : low;
	return cause_note(&slot->cause, msrd, r);
}

static int take(struct msrd *msrd, const struct round *round, const struct entry *entry,
	uint64_t ns, uint64_t last_ns)
{
	const struct msrd_op *op = &round->ops[entry->op];
	struct count_slot *slot = entry->slot;
	uint64_t value = 0;
	int r = 0;

	if (!slot->has_high && op->status == MSRD_OK)
		value = op->value;
	else if (slot->has_high && op[0].status == MSRD_OK && op[1].status == MSRD_OK &&
		 op[2].status == MSRD_OK && op[0].value == op[2].value)
		value = op[0].value << 32 | op[1].value;
	else
		r = read_alone(msrd, slot, &value);
	if (r < 0 || slot->cause.text[0])
		return r;
	if (slot->want->kind == WANT_MSR)
		value = arch_field_get(&slot->want->field, value);
	if (slot->is_begun) {
		slot->total += (value - slot->raw) & UINT64_MAX >> (64 - slot->width);
		slot->on_ns += ns - last_ns;
	}
	slot->is_begun = true;
	slot->raw = value;
	return 0;
}

/* Once more where it took long: the last one counts, at its middle. */
static int read_round(struct count *count, struct msrd *msrd, struct round *round, uint64_t *ns)
{
	const struct reading_clock *clock = &count->clock;
	unsigned n_tries = 0;
	uint64_t took;
	int r;

	do {
		uint64_t begin = clock->now_ns(clock->context);

		r = msrd_batch(msrd, round->ops, round->n_ops, MSRD_EACH, NULL);
		took = clock->now_ns(clock->context) - begin;
		*ns = begin + took / 2;
	} while (r >= 0 && took > QUICK_NS && ++n_tries < MAX_TRIES);
	return r;
}

int count_read(struct count *count, struct msrd *msrd)
{
	struct round round;
	uint64_t ns = 0, last_ns = count->read_ns;
	int r = init_round(&round, count);

	if (r == 0)
		r = read_round(count, msrd, &round, &ns);
	for (size_t i = 0; r >= 0 && i < round.n_entries; i++)
		r = take(msrd, &round, &round.entries[i], ns, last_ns);
	deinit_round(&round);
	if (!count->is_begun)
		count->begin_ns = ns;
	count->is_begun = true;
	count->read_ns = ns;
	return r < 0 ? r : 0;
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

	if (r < 0 || count->n_sets < 2)
		return r;
	count->set = (count->set + 1) % count->n_sets;
	forget(count);
	r = count_select(count, msrd);
	return r < 0 ? r : count_read(count, msrd);
}

void count_restart(struct count *count)
{
	for (size_t i = 0; i < count->n_devices; i++)
		for (size_t j = 0; j < count->devices[i].n_slots; j++)
			count->devices[i].slots[j].total = count->devices[i].slots[j].on_ns = 0;
	count->begin_ns = count->read_ns;
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

static void drop(struct count *count, const struct place *changed)
{
	for (size_t i = 0; i < count->n_devices; i++)
		if (count->devices[i].kind != WANT_RUNNING && count->devices[i].kind != WANT_MSR &&
			place_same_device(&count->devices[i].place, changed))
			drop_device(&count->devices[i], changed);
}

int count_check(struct count *count, struct msrd *msrd)
{
	const struct claims *claims = &count->journal->claims;
	const struct peers *peers = count->journal->peers;
	struct place place;
	int r = 0;

	for (size_t i = 0; peers && peers_told(peers, i, &place); i++)
		drop(count, &place);
	for (size_t i = 0; r >= 0 && i < claims->n; i++) {
		const struct claim *claim = &claims->list[i];
		uint64_t now;

		if (claim->set_mask == 0)
			continue;
		r = reach_read(msrd, &claim->place, &now);
		if (r == 0 && ((now ^ claim->set) & claim->set_mask) != 0)
			drop(count, &claim->place);
	}
	return r < 0 ? r : 0;
}

void count_deinit(struct count *count)
{
	for (size_t i = 0; i < count->n_devices; i++)
		free(count->devices[i].slots);
	free(count->devices);
	*count = (struct count){0};
}

double count_seconds(const struct count *count)
{
	return clock_seconds(count->read_ns - count->begin_ns);
}

double count_share(const struct count *count, const struct count_slot *slot)
{
	uint64_t ns = count->read_ns - count->begin_ns;

	return ns > 0 ? (double)slot->on_ns / (double)ns : slot->is_begun;
}

double count_value(const struct count *count, const struct count_slot *slot)
{
	uint64_t ns = count->read_ns - count->begin_ns;

	if (slot->cause.text[0] || (slot->on_ns == 0 && ns > 0))
		return NAN;
	if (slot->want->is_gauge)
		return (double)slot->raw;
	if (slot->on_ns == ns)
		return (double)slot->total * slot->scale;
	return (double)slot->total * slot->scale * (double)ns / (double)slot->on_ns;
}
