/* SPDX-License-Identifier: MIT */
/*
 * Memory, and where it is: what `numactl -H` prints, and /proc/meminfo, which knows the sum alone.
 * The CPUs have been identified.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "util/array.h"
#include "util/number.h"

#define MAX_NODES   1024 /* as a kernel of a distribution has */
#define MAX_KIB	    UINT64_C(1000000000000)
#define KIB_OF_MIB  1024
#define NOWHERE	    UINT32_MAX
#define LOCAL	    10 /* ACPI's SLIT: this and nothing else is local */
#define UNREACHABLE 255

struct reader {
	struct import *import;
	struct fixture_file *file;
	size_t number; /* of the line */
	bool has_distances;
	size_t n_rows;
};

static void complain_of_format(struct reader *reader)
{
	fixture_complain(reader->file, reader->number,
		"is not as `numactl -H` prints it ('node 0 cpus: 0 1', 'node 0 size: 65536 MB', a "
		"table of distances)");
}

static bool take_number(const char **text, uint64_t *number)
{
	*text += strspn(*text, " \t");
	size_t length = strspn(*text, "0123456789");
	char digits[32];

	if (length == 0 || length >= sizeof digits)
		return false;
	memcpy(digits, *text, length);
	digits[length] = '\0';
	*text += length;
	return number_parse(digits, UINT64_MAX, number);
}

static bool is_end(const char *text)
{
	return text[strspn(text, " \t")] == '\0';
}

static struct fixture_numa_node *last_node(const struct reader *reader)
{
	const struct fixture *fixture = reader->import->fixture;

	return fixture->n_numa_nodes == 0 ? NULL : &fixture->numa_nodes[fixture->n_numa_nodes - 1];
}

static bool begin_node(struct reader *reader, uint64_t number)
{
	struct fixture *fixture = reader->import->fixture;
	const struct fixture_numa_node *last = last_node(reader);

	if (number >= MAX_NODES || (last && number <= last->number)) {
		fixture_complain(reader->file, reader->number,
			"node %" PRIu64 " stands behind node %" PRIu32
			": they have to ascend, up to %d",
			number, last ? last->number : 0, MAX_NODES - 1);
		return false;
	}
	struct fixture_numa_node *nodes =
		array_grow(fixture->numa_nodes, fixture->n_numa_nodes, sizeof *nodes);
	if (!nodes) {
		import_no_memory(reader->import);
		return false;
	}
	fixture->numa_nodes = nodes;
	nodes[fixture->n_numa_nodes++] = (struct fixture_numa_node){.number = (uint32_t)number};
	return true;
}

static void take_cpus(struct reader *reader, const char *text)
{
	const struct fixture *fixture = reader->import->fixture;
	uint64_t number;

	while (take_number(&text, &number)) {
		struct fixture_cpu *cpu = number < FIXTURE_MAX_CPUS
						  ? fixture_find_cpu(fixture, (uint32_t)number)
						  : NULL;
		if (!cpu)
			fixture_complain(reader->file, reader->number,
				"the node has no CPU %" PRIu64
				": is this of the machine that the cpuinfo is of?",
				number);
		else if (cpu->numa_node != NOWHERE)
			fixture_complain(reader->file, reader->number,
				"CPU %" PRIu64 " is in another node already", number);
		else
			cpu->numa_node = (uint32_t)fixture->n_numa_nodes - 1;
	}
	if (!is_end(text))
		complain_of_format(reader);
}

static void take_size(struct reader *reader, const char *text)
{
	struct fixture_numa_node *node = last_node(reader);
	uint64_t mib;

	if (!take_number(&text, &mib) || !import_skip(&text, " MB") || !is_end(text))
		complain_of_format(reader);
	else if (mib > MAX_KIB / KIB_OF_MIB)
		fixture_complain(reader->file, reader->number, "no node has %" PRIu64 " MB", mib);
	else
		node->memory_kib = mib * KIB_OF_MIB;
}

/* "node 0 cpus: 0 1"; what is free says nothing of the machine. */
static void take_node(struct reader *reader, const char *text)
{
	const struct fixture_numa_node *last = last_node(reader);
	uint64_t number;

	if (!take_number(&text, &number)) {
		complain_of_format(reader);
		return;
	}
	text += strspn(text, " \t");
	if (import_skip(&text, "cpus:")) {
		if (begin_node(reader, number))
			take_cpus(reader, text);
	} else if (!last || last->number != number) {
		complain_of_format(reader);
	} else if (import_skip(&text, "size:")) {
		take_size(reader, text);
	} else if (!import_skip(&text, "free:")) {
		complain_of_format(reader);
	}
}

/* "  0:  10  21" */
static void take_distances(struct reader *reader, const char *text)
{
	struct fixture *fixture = reader->import->fixture;
	size_t row = reader->n_rows++;
	uint64_t number;

	if (row >= fixture->n_numa_nodes || !take_number(&text, &number) ||
		number != fixture->numa_nodes[row].number || !import_skip(&text, ":")) {
		complain_of_format(reader);
		return;
	}
	uint32_t *distances = calloc(fixture->n_numa_nodes, sizeof *distances);
	fixture->numa_nodes[row].distances = distances;
	if (!distances) {
		import_no_memory(reader->import);
		return;
	}
	for (size_t i = 0; i < fixture->n_numa_nodes; i++) {
		if (!take_number(&text, &number) || number > UNREACHABLE || number < LOCAL ||
			(number == LOCAL) != (i == row)) {
			fixture_complain(reader->file, reader->number,
				"distance %zu of %zu has to be %d of the node itself, and %d to %d "
				"of another",
				i + 1, fixture->n_numa_nodes, LOCAL, LOCAL + 1, UNREACHABLE);
			return;
		}
		distances[i] = (uint32_t)number;
	}
	if (!is_end(text))
		complain_of_format(reader);
}

static void take_line(struct reader *reader, const char *line)
{
	if (is_end(line) || import_skip(&line, "available:"))
		return;
	if (import_skip(&line, "node distances:"))
		reader->has_distances = true;
	else if (!reader->has_distances && import_skip(&line, "node "))
		take_node(reader, line);
	else if (reader->has_distances && import_skip(&line, "node "))
		return; /* the head of the table */
	else if (reader->has_distances)
		take_distances(reader, line);
	else
		complain_of_format(reader);
}

static void check_whole(struct reader *reader)
{
	const struct fixture *fixture = reader->import->fixture;

	if (reader->import->load.n_complaints > 0)
		return;
	if (fixture->n_numa_nodes == 0)
		fixture_complain(reader->file, 0, "has no 'node 0 cpus:': is it of `numactl -H`?");
	for (size_t i = 0; i < fixture->n_cpus && fixture->n_numa_nodes > 0; i++)
		if (fixture->cpus[i].numa_node == NOWHERE) {
			fixture_complain(reader->file, 0, "CPU %" PRIu32 " is in no node",
				fixture->cpus[i].number);
			break; /* the others are likely to be its neighbours */
		}
	if (reader->has_distances && reader->n_rows != fixture->n_numa_nodes)
		fixture_complain(reader->file, 0, "has %zu rows of distances, and %zu nodes",
			reader->n_rows, fixture->n_numa_nodes);
}

static void take_lines(struct fixture_file *file, struct reader *reader,
	void (*take)(struct reader *reader, const char *line))
{
	char *rest = file->text;

	for (char *line; (line = strsep(&rest, "\n"));) {
		reader->number++;
		line[strcspn(line, "\r")] = '\0';
		take(reader, line);
	}
}

void import_numactl(struct import *import, struct fixture_file *file)
{
	struct reader reader = {.import = import, .file = file};
	struct fixture *fixture = import->fixture;

	if (fixture->n_numa_nodes > 0) {
		fixture_complain(file, 0, "is a second list of NUMA nodes: a node has one");
		return;
	}
	for (size_t i = 0; i < fixture->n_cpus; i++)
		fixture->cpus[i].numa_node = NOWHERE;
	take_lines(file, &reader, take_line);
	check_whole(&reader);
	import_note(import, "numa", "recorded: %s%s; not known: nodes of buses", import_base(file),
		reader.has_distances ? "" : "; assumed: distances");
}

/* "MemTotal:       32780000 kB" */
static void take_total(struct reader *reader, const char *line)
{
	uint64_t kib;

	if (!import_skip(&line, "MemTotal:"))
		return;
	if (!take_number(&line, &kib) || !import_skip(&line, " kB") || !is_end(line) ||
		kib > MAX_KIB)
		fixture_complain(reader->file, reader->number,
			"MemTotal is not as in /proc/meminfo ('MemTotal: 32780000 kB')");
	else if (reader->import->memory_kib > 0)
		fixture_complain(reader->file, reader->number,
			"MemTotal a second time: a node has one /proc/meminfo");
	else
		reader->import->memory_kib = kib;
}

void import_meminfo(struct import *import, struct fixture_file *file)
{
	struct reader reader = {.import = import, .file = file};

	take_lines(file, &reader, take_total);
	if (import->load.n_complaints == 0 && import->memory_kib == 0)
		fixture_complain(file, 0, "says no MemTotal: is it /proc/meminfo?");
	import->meminfo = import_text(import, "%s", import_base(file));
}
