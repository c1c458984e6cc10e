/* SPDX-License-Identifier: MIT */
/* What the counters that are on have counted: all of them are read at once. */
#include <errno.h>
#include <stdlib.h>

#include "cli/count/count_internal.h"
#include "cli/reach.h"
#include "util/clock.h"

/* As with the readings of the fixed figures: a reading that took longer says less about when it
 * was; chosen so that its middle is known to 0.05 % of a second. */
#define QUICK_NS  1000000
#define MAX_TRIES 8

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

static uint64_t now_ns(const struct reading_clock *clock)
{
	return clock->now_ns ? clock->now_ns(clock->context) : clock_now_ns();
}

/* Once more where it took long: the last one counts, at its middle. */
static int read_round(struct count *count, struct msrd *msrd, struct round *round, uint64_t *ns)
{
	const struct reading_clock *clock = &count->clock;
	unsigned n_tries = 0;
	uint64_t took;
	int r;

	do {
		struct msrd_times times = {0}, ours = {.begin_ns = now_ns(clock)};

		r = msrd_batch(msrd, round->ops, round->n_ops, MSRD_EACH, &times);
		ours.end_ns = now_ns(clock);
		/* nothing to read: no stamps */
		if (clock->now_ns || times.begin_ns == 0)
			times = ours;
		took = times.end_ns - times.begin_ns;
		*ns = times.begin_ns + took / 2;
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
