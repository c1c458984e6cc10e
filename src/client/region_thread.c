/* SPDX-License-Identifier: MIT */
/* Begin and end of one thread, in what order it likes. Whatever is wrong with it is written down,
 * for msrctl stat to say; the program goes on. Knows no register. */
#include "client/region_thread.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

/* How often a thread may be moved while it comes to a CPU's places; chosen, not tuned. */
#define MAX_TRIES 4

int region_thread_init(
	struct region_thread *thread, const struct region_file *file, int32_t pid, int32_t tid)
{
	size_t n = file->header->max_values;

	*thread = (struct region_thread){
		.file = file,
		.pid = pid,
		.tid = tid,
		.memory = calloc(REGION_N_LEVELS * n + 1, sizeof *thread->memory),
	};
	if (!thread->memory)
		return -ENOMEM;
	for (size_t i = 0; i < REGION_N_LEVELS; i++)
		thread->sample.values[i] = thread->memory + i * n;
	return 0;
}

void region_thread_deinit(struct region_thread *thread)
{
	free(thread->marks);
	free(thread->memory);
	*thread = (struct region_thread){0};
}

static uint32_t place_at_level(const struct region_file *file, uint32_t cpu, unsigned level)
{
	return cpu < file->header->n_cpus ? file->cpus[cpu * REGION_N_LEVELS + level] : REGION_NONE;
}

/* The levels at which two CPUs are at different places. */
static unsigned levels_between(const struct region_file *file, uint32_t a, uint32_t b)
{
	unsigned levels = 0;

	for (unsigned level = 0; level < REGION_N_LEVELS; level++)
		if (place_at_level(file, a, level) != place_at_level(file, b, level))
			levels |= 1U << level;
	/* the time of the node is that of what its CPUs have counted */
	return levels ? levels | 1U << REGION_NODE : 0;
}

static struct region_mark *find_open(struct region_thread *thread, const char *name)
{
	for (size_t i = 0; i < thread->n_marks; i++)
		if (thread->marks[i].record->depth > 0 &&
			strcmp(thread->marks[i].record->name, name) == 0)
			return &thread->marks[i];
	return NULL;
}

static bool is_loose(void)
{
	cpu_set_t set;

	/* a machine with more CPUs than fit into the set does not say it */
	return sched_getaffinity(0, sizeof set, &set) < 0 || CPU_COUNT(&set) != 1;
}

static int full(const struct region_file *file)
{
	atomic_fetch_add(&file->header->n_lost, 1);
	return -ENOSPC;
}

static int add_mark(
	struct region_thread *thread, const char *name, uint32_t cpu, struct region_mark **added)
{
	const struct region_file *file = thread->file;
	struct region_mark *marks = array_grow(thread->marks, thread->n_marks, sizeof *marks);
	struct region_record *record;

	if (!marks)
		return -ENOMEM;
	thread->marks = marks;
	record = region_record_new(file, name, thread->pid, thread->tid, cpu);
	if (!record)
		return full(file);
	record->is_loose = is_loose();
	*added = &marks[thread->n_marks++];
	**added = (struct region_mark){.record = record};
	return 0;
}

/* What is ended alone is nowhere. */
static int get_entries(const struct region_file *file, struct region_mark *mark)
{
	for (unsigned level = 0; !mark->has_entries && level < REGION_N_LEVELS; level++) {
		uint32_t place = place_at_level(file, mark->record->cpu, level);

		if (place == REGION_NONE)
			continue;
		mark->entries[level] = region_entry_get(file, mark->record->name, place);
		if (!mark->entries[level])
			return full(file);
	}
	mark->has_entries = true;
	return 0;
}

static int get_mark(
	struct region_thread *thread, const char *name, uint32_t cpu, struct region_mark **mark)
{
	for (size_t i = 0; i < thread->n_marks; i++) {
		*mark = &thread->marks[i];
		if ((*mark)->record->cpu == cpu && strcmp((*mark)->record->name, name) == 0)
			return 0;
	}
	return add_mark(thread, name, cpu, mark);
}

/* Many of them are one mistake: the first name says which. */
static int bad_name(const struct region_thread *thread, const char *name)
{
	struct region_header *header = thread->file->header;

	if (atomic_fetch_add(&header->n_badly_named, 1) == 0)
		strncpy(header->bad_name, name ? name : "NULL", sizeof header->bad_name - 1);
	return -EINVAL;
}

int region_thread_begin(
	struct region_thread *thread, const struct region_reader *reader, const char *name)
{
	struct region_mark *mark;

	if (!region_name_is_good(name))
		return bad_name(thread, name);
	mark = find_open(thread, name);
	if (mark) {
		mark->record->depth++;
		return 0;
	}
	uint32_t cpu = reader->cpu(reader->context);

	for (unsigned n_tries = 1;; n_tries++) {
		int r = get_mark(thread, name, cpu, &mark);

		if (r == 0)
			r = get_entries(thread->file, mark);
		if (r < 0)
			return r;
		region_enter(
			thread->file, mark->entries, thread->pid, cpu, reader, &thread->sample);
		uint32_t now = reader->cpu(reader->context);

		if (now == cpu || n_tries == MAX_TRIES)
			break;
		region_leave(thread->file, mark->entries, thread->pid, cpu, reader, &thread->sample,
			levels_between(thread->file, cpu, now), false);
		cpu = now;
	}
	mark->record->depth = 1;
	mark->record->begin_ns = reader->now_ns(reader->context);
	return 0;
}

static int stray(struct region_thread *thread, const struct region_reader *reader, const char *name)
{
	struct region_mark *mark;
	int r = get_mark(thread, name, reader->cpu(reader->context), &mark);

	if (r < 0)
		return r;
	mark->record->n_strays++;
	return -ENOENT;
}

int region_thread_end(
	struct region_thread *thread, const struct region_reader *reader, const char *name)
{
	struct region_mark *mark;

	if (!region_name_is_good(name))
		return bad_name(thread, name);
	mark = find_open(thread, name);
	if (!mark)
		return stray(thread, reader, name);
	struct region_record *record = mark->record;

	if (record->depth > 1) {
		record->depth--;
		return 0;
	}
	uint64_t ns = reader->now_ns(reader->context) - record->begin_ns;
	uint32_t cpu = reader->cpu(reader->context);

	region_leave(thread->file, mark->entries, thread->pid, record->cpu, reader, &thread->sample,
		levels_between(thread->file, record->cpu, cpu), true);
	record->depth = 0;
	if (cpu != record->cpu) {
		record->n_moved++;
		record->moved_to = cpu;
	} else {
		record->calls++;
		record->ns += ns;
	}
	return 0;
}

void region_thread_end_all(struct region_thread *thread, const struct region_reader *reader)
{
	for (size_t i = 0; i < thread->n_marks; i++)
		if (thread->marks[i].record->depth > 0)
			region_leave(thread->file, thread->marks[i].entries, thread->pid,
				thread->marks[i].record->cpu, reader, &thread->sample, ~0U, false);
}
