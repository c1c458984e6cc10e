/* SPDX-License-Identifier: MIT */
/* Reads ahead, writes back. Does not know what the registers mean, nor what is put back. */
#include "cli/measure/cache.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/reach.h"
#include "util/array.h"
#include "util/cleanup.h"

struct cache_entry {
	enum op_verb verb;
	struct place place;
	bool is_known;
	int result;	      /* of the read or check: enum msrd_status */
	char *text;	      /* where that is not 0; NULL: out of memory */
	uint64_t held, value; /* in the register; as it is to be */
	unsigned n_changes;
	size_t op; /* of the batch that writes it, or NO_OP */
};
#define NO_OP SIZE_MAX

struct cache_change {
	struct cache_entry *entry;
	uint64_t mask, value;
	struct cause *cause;
};

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare(const void *left, const void *right)
{
	const struct cache_entry *a = left, *b = right;
	const struct place *p = &a->place, *q = &b->place;
	const int orders[] = {COMPARE(a->verb, b->verb), COMPARE(p->space, q->space),
		COMPARE(p->cpu, q->cpu), COMPARE(p->package, q->package), COMPARE(p->unit, q->unit),
		COMPARE(p->index, q->index), COMPARE(p->reg, q->reg)};

	for (size_t i = 0; i < N_ELEMENTS(orders); i++)
		if (orders[i] != 0)
			return orders[i];
	return 0;
}

void cache_init(struct cache *cache, struct msrd *msrd)
{
	*cache = (struct cache){.msrd = msrd};
}

static void keep(void *entry)
{
	(void)entry; /* they are freed as they came */
}

void cache_deinit(struct cache *cache)
{
	tdestroy(cache->tree, keep);
	for (size_t i = 0; i < cache->n_entries; i++) {
		free(cache->entries[i]->text);
		free(cache->entries[i]);
	}
	free(cache->entries);
	free(cache->changes);
	*cache = (struct cache){0};
}

static struct cache_entry *add(struct cache *cache, const struct cache_entry *key)
{
	struct cache_entry **entries =
		array_grow(cache->entries, cache->n_entries, sizeof *entries);
	struct cache_entry *entry = entries ? malloc(sizeof *entry) : NULL;

	if (entries)
		cache->entries = entries;
	if (!entry)
		return NULL;
	*entry = *key;
	if (!tsearch(entry, &cache->tree, compare)) {
		free(entry);
		return NULL;
	}
	entries[cache->n_entries++] = entry;
	return entry;
}

/* NULL: out of memory. */
static struct cache_entry *find(struct cache *cache, enum op_verb verb, const struct place *place)
{
	const struct cache_entry key = {.verb = verb,
		.place = verb == OP_CHECK ? place_at(*place, 0) : *place,
		.op = NO_OP};
	struct cache_entry *const *found = tfind(&key, &cache->tree, compare);

	return found ? *found : add(cache, &key);
}

void cache_want(struct cache *cache, enum op_verb verb, const struct place *place)
{
	if (!find(cache, verb, place))
		cache->is_out_of_memory = true;
}

static void learn(struct cache_entry *entry, int result, uint64_t value, const char *text)
{
	entry->is_known = true;
	entry->result = result;
	entry->text = result != 0 ? strdup(text) : NULL;
	entry->held = entry->value = value;
}

/* Of the entries from first on that are not known, each has an operation of the batch; what was not
 * tried is still not known. */
static void learn_all(struct cache *cache, size_t first, const struct msrd_batch *batch)
{
	const struct msrd_op *op = msrd_batch_ops(batch, NULL);
	char text[MSRD_ERROR_SIZE];
	size_t n = 0;

	for (size_t i = first; i < cache->n_entries; i++) {
		if (cache->entries[i]->is_known)
			continue;
		msrd_batch_error(batch, n++, text, sizeof text);
		if (op->status != MSRD_SKIPPED)
			learn(cache->entries[i], op->status, op->value, text);
		op++;
	}
}

static int fetch(struct cache *cache, size_t first, const struct msrd_op *ops, size_t n)
{
	struct msrd_batch *batch;
	int r = msrd_prepare(cache->msrd, &batch, ops, n, MSRD_EACH);

	if (r < 0)
		return r;
	r = msrd_run(batch);
	learn_all(cache, first, batch);
	msrd_batch_free(batch);
	/* the daemon's protocol has no number for one, and the others are asked for singly */
	return r == -EINVAL || r > 0 ? 0 : r;
}

int cache_fetch(struct cache *cache)
{
	size_t first = cache->n_fetched, n = 0;
	cleanup_free struct msrd_op *ops = calloc(cache->n_entries - first + 1, sizeof *ops);

	if (!ops || cache->is_out_of_memory)
		return -ENOMEM;
	for (size_t i = first; i < cache->n_entries; i++)
		if (!cache->entries[i]->is_known)
			ops[n++] = reach_op(cache->entries[i]->verb, &cache->entries[i]->place, 0);
	cache->n_fetched = cache->n_entries;
	return n > 0 ? fetch(cache, first, ops, n) : 0;
}

/* An error is not kept: what the handle says of it has to be about the last one. */
static int ask(struct cache *cache, struct cache_entry *entry)
{
	char text[MSRD_ERROR_SIZE];
	uint64_t value = 0;
	int r = entry->verb == OP_CHECK ? reach_check(cache->msrd, &entry->place)
					: reach_read(cache->msrd, &entry->place, &value);

	if (r < 0)
		msrd_error(cache->msrd, cache->text, sizeof cache->text);
	else
		learn(entry, r, value, r ? msrd_error(cache->msrd, text, sizeof text) : "");
	return r;
}

/* The entry's result; negative: there is none. */
static int get(struct cache *cache, enum op_verb verb, const struct place *place,
	struct cache_entry **found)
{
	struct cache_entry *entry = find(cache, verb, place);
	int r = 0;

	*found = entry;
	if (!entry)
		return -ENOMEM;
	if (!entry->is_known)
		r = ask(cache, entry);
	if (r >= 0 && entry->result != 0)
		snprintf(cache->text, sizeof cache->text, "%s",
			entry->text ? entry->text : "out of memory");
	return r < 0 ? r : entry->result;
}

int cache_read(struct cache *cache, const struct place *place, uint64_t *value)
{
	struct cache_entry *entry;
	int r = get(cache, OP_READ, place, &entry);

	if (r == 0)
		*value = entry->value;
	return r;
}

int cache_check(struct cache *cache, const struct place *place)
{
	struct cache_entry *entry;

	return get(cache, OP_CHECK, place, &entry);
}

static uint64_t with_bits(uint64_t before, uint64_t mask, uint64_t value)
{
	return (before & ~mask) | (value & mask);
}

int cache_set(struct cache *cache, const struct place *place, uint64_t mask, uint64_t value,
	struct cause *cause)
{
	struct cache_change *changes;
	struct cache_entry *entry;
	int r = get(cache, OP_READ, place, &entry);

	if (r != 0 || with_bits(entry->value, mask, value) == entry->value)
		return r;
	changes = array_grow(cache->changes, cache->n_changes, sizeof *changes);
	if (!changes)
		return -ENOMEM;
	cache->changes = changes;
	changes[cache->n_changes++] = (struct cache_change){entry, mask, value, cause};
	entry->value = with_bits(entry->value, mask, value);
	entry->n_changes++;
	return 0;
}

static void tell(struct cause *cause, int r, const char *text)
{
	if (cause->text[0])
		return;
	snprintf(cause->text, sizeof cause->text, "%s", text);
	cause->is_absence = r == MSRD_ABSENT;
}

int cache_note(const struct cache *cache, struct cause *cause, int r)
{
	if (r <= 0)
		return r;
	*cause = (struct cause){0};
	tell(cause, r, cache->text);
	return 0;
}

/* One of several changes of a register, which together are refused. */
static int write_alone(struct cache *cache, const struct cache_change *change)
{
	struct cache_entry *entry = change->entry;
	uint64_t wanted = with_bits(entry->held, change->mask, change->value);
	char text[MSRD_ERROR_SIZE];
	int r = wanted == entry->held ? 0 : reach_write(cache->msrd, &entry->place, wanted);

	if (r > 0)
		tell(change->cause, r, msrd_error(cache->msrd, text, sizeof text));
	else if (r == 0)
		entry->held = wanted;
	return r < 0 ? r : 0;
}

/* What came of a change, whose register stays as it was if it was refused. */
static int settle(
	struct cache *cache, const struct cache_change *change, const struct msrd_batch *batch)
{
	struct cache_entry *entry = change->entry;
	int status = msrd_batch_ops(batch, NULL)[entry->op].status;
	char text[MSRD_ERROR_SIZE];

	if (status == MSRD_OK)
		entry->held = entry->value;
	else if (entry->n_changes > 1)
		return write_alone(cache, change);
	else
		tell(change->cause, status, msrd_batch_error(batch, entry->op, text, sizeof text));
	return 0;
}

static int write_all(struct cache *cache, const struct msrd_op *ops, size_t n)
{
	struct msrd_batch *batch;
	int r = msrd_prepare(cache->msrd, &batch, ops, n, MSRD_EACH);

	if (r < 0)
		return r;
	r = msrd_run(batch);
	r = r < 0 ? r : 0;
	for (size_t i = 0; r == 0 && i < cache->n_changes; i++)
		r = settle(cache, &cache->changes[i], batch);
	msrd_batch_free(batch);
	return r;
}

/* Registers, each once. */
static size_t make_writes(const struct cache *cache, struct msrd_op *ops)
{
	size_t n = 0;

	for (size_t i = 0; i < cache->n_changes; i++) {
		struct cache_entry *entry = cache->changes[i].entry;

		if (entry->op != NO_OP)
			continue;
		entry->op = n;
		ops[n++] = reach_op(OP_WRITE, &entry->place, entry->value);
	}
	return n;
}

/* What was not written is not so. */
static void forget_changes(struct cache *cache)
{
	for (size_t i = 0; i < cache->n_changes; i++) {
		struct cache_entry *entry = cache->changes[i].entry;

		entry->value = entry->held;
		entry->n_changes = 0;
		entry->op = NO_OP;
	}
	cache->n_changes = 0;
}

int cache_write_back(struct cache *cache)
{
	cleanup_free struct msrd_op *ops = calloc(cache->n_changes + 1, sizeof *ops);
	size_t n;
	int r;

	if (!ops)
		return -ENOMEM;
	n = make_writes(cache, ops);
	r = n > 0 ? write_all(cache, ops, n) : 0;
	forget_changes(cache);
	return r;
}
