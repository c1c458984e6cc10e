/* SPDX-License-Identifier: MIT */
/*
 * Who is in a region at a place, and what it counted from the first to the last. Other processes
 * come and go at the same places, and may be killed at any line of this. Knows no register.
 */
#include "client/region_place.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_dead(int32_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

static void drop(struct region_entry *entry, uint32_t i)
{
	entry->inside[i] = entry->inside[--entry->n_inside];
}

/* Those that were killed in the region go, and take with them what was counted. */
static void prune(struct region_entry *entry, int32_t pid)
{
	for (uint32_t i = entry->n_inside; i-- > 0;) {
		if (entry->inside[i].pid == pid || !is_dead(entry->inside[i].pid))
			continue;
		drop(entry, i);
		entry->is_spoiled = 1;
	}
}

static void lock(struct region_entry *entry, int32_t pid)
{
	if (region_lock(&entry->lock))
		entry->is_spoiled = 1;
	if (entry->n_inside > REGION_MAX_PROCESSES)
		entry->n_inside = 0;
	prune(entry, pid);
}

static struct region_inside *find(struct region_entry *entry, int32_t pid)
{
	for (uint32_t i = 0; i < entry->n_inside; i++)
		if (entry->inside[i].pid == pid)
			return &entry->inside[i];
	return NULL;
}

static void join(struct region_entry *entry, int32_t pid)
{
	struct region_inside *mine = find(entry, pid);

	if (mine) {
		mine->n++;
	} else if (entry->n_inside < REGION_MAX_PROCESSES) {
		entry->inside[entry->n_inside++] = (struct region_inside){pid, 1};
	} else {
		entry->is_spoiled = 1;
		snprintf(entry->error, sizeof entry->error,
			"more than %d processes are in it at once", REGION_MAX_PROCESSES);
	}
}

static void part(struct region_entry *entry, int32_t pid)
{
	struct region_inside *mine = find(entry, pid);

	if (mine && --mine->n == 0)
		drop(entry, (uint32_t)(mine - entry->inside));
}

static const struct region_place *place_of(
	const struct region_file *file, const struct region_entry *entry)
{
	return &file->places[entry->place];
}

/* The other sum is made of the whole one, and then is the whole one: so whoever is killed
 * leaves one. */
static void close_window(const struct region_file *file, struct region_entry *entry, uint64_t ns,
	const uint64_t *values)
{
	const struct region_place *place = place_of(file, entry);
	const struct region_value *of = &file->values[place->first_value];
	unsigned bank = atomic_load(&entry->bank);
	const struct region_sum *old = region_sum_of(file, entry, bank);
	struct region_sum *sum = region_sum_of(file, entry, bank + 1);

	memcpy(sum, old, sizeof *sum + place->n_values * sizeof *sum->values);
	if (entry->is_spoiled) {
		sum->lost += entry->n_calls;
	} else {
		sum->calls += entry->n_calls;
		sum->ns += ns - entry->begin_ns;
		for (uint32_t i = 0; values && i < place->n_values; i++)
			sum->values[i] = of[i].is_gauge
						 ? values[i]
						 : sum->values[i] + values[i] - entry->words[i];
	}
	atomic_store(&entry->bank, (bank + 1) & 1);
	entry->is_spoiled = 0;
	entry->n_calls = 0;
}

/* What those left who were killed before the window closed. */
static void abandon(const struct region_file *file, struct region_entry *entry)
{
	entry->is_spoiled = 1;
	close_window(file, entry, 0, NULL);
}

static void spoil(struct region_entry *entry, const struct region_sample *sample)
{
	entry->is_spoiled = 1;
	if (!entry->error[0])
		snprintf(entry->error, sizeof entry->error, "%s", sample->error);
}

static void begin_with(const struct region_file *file, struct region_entry *entry,
	const struct region_sample *sample, const uint64_t *values)
{
	entry->begin_ns = sample->ns;
	if (sample->error[0])
		spoil(entry, sample);
	else
		memcpy(entry->words, values, place_of(file, entry)->n_values * sizeof *values);
}

void region_enter(const struct region_file *file, struct region_entry *const entries[], int32_t pid,
	uint32_t cpu, const struct region_reader *reader, struct region_sample *sample)
{
	unsigned levels = 0;

	for (unsigned level = 0; level < REGION_N_LEVELS; level++) {
		struct region_entry *entry = entries[level];

		if (!entry)
			continue;
		lock(entry, pid);
		if (entry->n_inside == 0) {
			abandon(file, entry);
			if (place_of(file, entry)->n_values > 0)
				levels |= 1U << level;
			else
				entry->begin_ns = reader->now_ns(reader->context);
		}
		join(entry, pid);
		/* a place with others in it counts already: they need not wait */
		if (!(levels & 1U << level))
			pthread_mutex_unlock(&entry->lock);
	}
	if (levels)
		reader->read(reader->context, cpu, levels, sample);
	for (unsigned level = 0; level < REGION_N_LEVELS; level++)
		if (levels & 1U << level) {
			begin_with(file, entries[level], sample, sample->values[level]);
			pthread_mutex_unlock(&entries[level]->lock);
		}
}

/*
 * Does a window end when this thread does not stay? It does with the last; also, and another
 * begins, where what has ended would be lost with those who stay: other processes may be killed. At
 * a CPU that is every thread, as hardly two are there at once. Threads of one process share a
 * socket: of them the last one reads its counters, which are many, for all.
 */
static bool is_end(const struct region_file *file, struct region_entry *entry, int32_t pid)
{
	const struct region_place *place = place_of(file, entry);

	return entry->n_inside == 0 || place->level == REGION_CPU || place->n_values == 0 ||
	       !find(entry, pid);
}

/* Without a reading, where none is needed. */
static bool close_unread(const struct region_file *file, struct region_entry *entry,
	const struct region_reader *reader)
{
	bool is_needed = !entry->is_spoiled || entry->n_inside > 0;

	if (place_of(file, entry)->n_values > 0 && is_needed)
		return false;
	uint64_t ns = reader->now_ns(reader->context);

	close_window(file, entry, ns, NULL);
	entry->begin_ns = ns;
	return true;
}

static void close_read(const struct region_file *file, struct region_entry *entry,
	const struct region_sample *sample, const uint64_t *values)
{
	if (sample->error[0])
		spoil(entry, sample);
	close_window(file, entry, sample->ns, values);
	begin_with(file, entry, sample, values);
}

void region_leave(const struct region_file *file, struct region_entry *const entries[], int32_t pid,
	uint32_t cpu, const struct region_reader *reader, struct region_sample *sample,
	unsigned spoiled, bool has_ended)
{
	unsigned levels = 0;

	for (unsigned level = 0; level < REGION_N_LEVELS; level++) {
		struct region_entry *entry = entries[level];

		if (!entry)
			continue;
		lock(entry, pid);
		part(entry, pid);
		entry->n_calls += has_ended;
		if (spoiled & 1U << level)
			entry->is_spoiled = 1;
		if (is_end(file, entry, pid) && !close_unread(file, entry, reader))
			levels |= 1U << level;
		else
			pthread_mutex_unlock(&entry->lock);
	}
	if (levels)
		reader->read(reader->context, cpu, levels, sample);
	for (unsigned level = 0; level < REGION_N_LEVELS; level++)
		if (levels & 1U << level) {
			close_read(file, entries[level], sample, sample->values[level]);
			pthread_mutex_unlock(&entries[level]->lock);
		}
}

void region_forget(const struct region_file *file, int32_t pid)
{
	uint32_t n = region_n_entries(file);

	for (uint32_t i = 0; i < n; i++) {
		struct region_entry *entry = region_entry_at(file, i);
		struct region_inside *old;

		lock(entry, pid);
		old = find(entry, pid);
		if (old) {
			drop(entry, (uint32_t)(old - entry->inside));
			entry->is_spoiled = 1;
		}
		pthread_mutex_unlock(&entry->lock);
	}
}

bool region_decode(const struct region_file *file, const struct region_place *place,
	const struct msrd_op *ops, uint64_t *values)
{
	for (uint32_t i = 0; i < place->n_values; i++) {
		const struct region_value *value = &file->values[place->first_value + i];
		const struct msrd_op *op = &ops[value->op];
		const uint64_t mask = UINT64_MAX >> (64 - value->width);
		uint64_t raw = op->value;

		if (value->has_high && op[0].value != op[2].value)
			return false;
		if (value->has_high)
			raw = op[0].value << 32 | op[1].value;
		raw = raw >> value->shift & mask;
		values[i] = value->is_gauge ? raw : values[i] + ((raw - values[i]) & mask);
	}
	return true;
}
