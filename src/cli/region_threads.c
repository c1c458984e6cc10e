/* SPDX-License-Identifier: MIT */
/* Who was in which region, on which CPU; and what was wrong with their marks. */
#include <err.h>
#include <string.h>

#include "cli/regions.h"
#include "util/array.h"
#include "util/clock.h"

/* Of one kind; the others are counted. */
#define MAX_SAID 5

static const struct table_column columns[] = {
	{"REGION", "region", false},
	{"PROCESS", "process", true},
	{"THREAD", "thread", true},
	{"CPU", "cpu", true},
	{"CALLS", "calls", true},
	{"SECONDS", "seconds", true},
	{"MOVED", "moved", true},
	{"NOTE", "note", false},
};

static bool is_measured(const struct regions *regions, uint32_t cpu)
{
	const struct region_file *file = &regions->plan.file;

	return cpu < file->header->n_cpus &&
	       file->cpus[(size_t)cpu * REGION_N_LEVELS] != REGION_NONE;
}

const char *region_thread_note(const struct regions *regions, const struct region_record *record)
{
	if (record->depth > 0)
		return "never ended";
	if (record->n_strays > 0)
		return "ended without a begin";
	if (!is_measured(regions, record->cpu))
		return "the CPU is not measured";
	return record->is_loose ? "not pinned" : NULL;
}

struct table *region_threads(const struct regions *regions, bool json)
{
	struct table *table = table_new("threads", columns, N_ELEMENTS(columns), json);
	uint32_t n = region_n_records(&regions->plan.file);

	for (uint32_t i = 0; i < n; i++) {
		const struct region_record *record = &regions->plan.file.records[i];
		const char *text = region_thread_note(regions, record);

		if (!atomic_load(&record->is_made))
			continue;
		table_row(table);
		table_cell(table, "%.*s", REGION_NAME_SIZE - 1, record->name);
		table_cell(table, "%d", record->pid);
		table_cell(table, "%d", record->tid);
		table_cell(table, "%u", record->cpu);
		table_cell(table, "%llu", (unsigned long long)record->calls);
		table_cell(table, "%.6f", clock_seconds(record->ns));
		table_cell(table, "%u", record->n_moved);
		if (text)
			table_cell(table, "%s", text);
		else
			table_no_cell(table);
	}
	return table;
}

/* Another thread of the process that has it open. */
static const struct region_record *find_opener(
	const struct regions *regions, const struct region_record *stray)
{
	uint32_t n = region_n_records(&regions->plan.file);

	for (uint32_t i = 0; i < n; i++) {
		const struct region_record *record = &regions->plan.file.records[i];

		if (record->depth > 0 && record->pid == stray->pid && record->tid != stray->tid &&
			strncmp(record->name, stray->name, REGION_NAME_SIZE) == 0)
			return record;
	}
	return NULL;
}

static bool say_stray(const struct regions *regions, const struct region_record *record)
{
	const struct region_record *opener;

	if (record->n_strays == 0)
		return false;
	opener = find_opener(regions, record);
	if (opener)
		warnx("region %.63s: thread %d of process %d ended what thread %d had begun: both "
		      "are one thread's to do",
			record->name, record->tid, record->pid, opener->tid);
	else
		warnx("region %.63s: thread %d of process %d ended it without having begun it (%u "
		      "marks)",
			record->name, record->tid, record->pid, record->n_strays);
	return true;
}

static bool say_open(const struct regions *regions, const struct region_record *record)
{
	(void)regions;
	if (record->depth == 0)
		return false;
	warnx("region %.63s: thread %d of process %d began it and never ended it: that call is not "
	      "counted",
		record->name, record->tid, record->pid);
	return true;
}

static bool say_moved(const struct regions *regions, const struct region_record *record)
{
	(void)regions;
	if (record->n_moved == 0)
		return false;
	warnx("region %.63s: thread %d of process %d began it on CPU %u and ended it on CPU %u: "
	      "not counted (%u calls); pin the thread, as taskset does",
		record->name, record->tid, record->pid, record->cpu, record->moved_to,
		record->n_moved);
	return true;
}

static bool say_unmeasured(const struct regions *regions, const struct region_record *record)
{
	if (is_measured(regions, record->cpu) || record->calls == 0)
		return false;
	warnx("region %.63s: thread %d of process %d was in it on CPU %u, which is not measured: "
	      "see -c",
		record->name, record->tid, record->pid, record->cpu);
	return true;
}

static unsigned say_of_threads(const struct regions *regions)
{
	static bool (*const kinds[])(const struct regions *, const struct region_record *) = {
		say_stray, say_open, say_moved, say_unmeasured};
	uint32_t n = region_n_records(&regions->plan.file);
	unsigned n_said = 0;

	for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
		unsigned n_kind = 0;

		for (uint32_t j = 0; j < n && n_kind < MAX_SAID; j++) {
			const struct region_record *record = &regions->plan.file.records[j];

			if (atomic_load(&record->is_made) && kinds[i](regions, record))
				n_kind++;
		}
		if (n_kind == MAX_SAID)
			warnx("... of what else there is of this, see the table of threads");
		n_said += n_kind;
	}
	return n_said;
}

/* Reads that failed between marks. */
static unsigned say_of_places(const struct region_file *file)
{
	uint32_t n = region_n_entries(file);
	unsigned n_said = 0;

	for (uint32_t i = 0; i < n && n_said < MAX_SAID; i++) {
		const struct region_entry *entry = region_entry_at(file, i);

		if (!entry->error[0])
			continue;
		warnx("region %.63s: not all calls are counted: %.*s", entry->name,
			REGION_ERROR_SIZE - 1, entry->error);
		n_said++;
	}
	return n_said;
}

static unsigned say_of_header(const struct region_header *header)
{
	unsigned n = 0;

	if (header->error_pid) {
		warnx("process %d could not read counters for its regions: %.*s", header->error_pid,
			REGION_ERROR_SIZE - 1, header->error);
		n++;
	}
	if (atomic_load(&header->n_badly_named) > 0) {
		char name[REGION_NAME_SIZE] = "";

		for (size_t i = 0; i + 1 < sizeof name && header->bad_name[i]; i++) {
			name[i] = header->bad_name[i];
			if (name[i] < ' ' || name[i] > '~')
				name[i] = '?';
		}
		warnx("\"%s\" is no name of a region: 1 to %d letters, digits and _-.:/+@ (%u "
		      "marks)",
			name, REGION_NAME_SIZE - 1, atomic_load(&header->n_badly_named));
		n++;
	}
	if (atomic_load(&header->n_lost) > 0) {
		warnx("there was no room for %u marks: there are too many regions, or threads in "
		      "them",
			atomic_load(&header->n_lost));
		n++;
	}
	return n;
}

static unsigned say_of_scripts(const struct region_script *script)
{
	unsigned n = script->n_mistakes; /* said when they came */

	for (size_t i = 0; i < script->n; i++) {
		if (script->list[i].depth == 0)
			continue;
		warnx("region %s: a script began it and never ended it: that call is not counted",
			script->list[i].name);
		n++;
	}
	return n;
}

unsigned regions_tell(const struct regions *regions)
{
	const struct region_header *header = regions->plan.file.header;
	unsigned n;

	if (!header)
		return 0;
	n = say_of_header(header) + say_of_places(&regions->plan.file) + say_of_threads(regions) +
	    say_of_scripts(&regions->script);
	if (n == 0 && region_n_records(&regions->plan.file) == 0 && regions->script.n == 0) {
		warnx("no region was marked: is the command linked with this libmsrd, or does it "
		      "write to $" REGION_PIPE_VARIABLE "?");
		n++;
	}
	return n;
}
