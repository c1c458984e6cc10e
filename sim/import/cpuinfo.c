/* SPDX-License-Identifier: MIT */
/* /proc/cpuinfo: "key<tabs>: value", a block a CPU. CPUs that are off are not in it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "util/number.h"

/* One block. */
struct block {
	size_t line; /* of "processor"; 0: not in one */
	bool has_package, has_core, has_apic;
	struct fixture_cpu cpu;
};

struct reader {
	struct import *import;
	struct fixture_file *file;
	struct block block;
	const char *value;
	size_t number; /* of the line */
};

static bool get_number(struct reader *reader, const char *key, uint32_t max, uint32_t *number)
{
	uint64_t value;

	if (!number_parse(reader->value, max, &value)) {
		fixture_complain(reader->file, reader->number,
			"%s is '%s', must be a number up to %" PRIu32, key, reader->value, max);
		return false;
	}
	*number = (uint32_t)value;
	return true;
}

static bool is_known(const struct fixture *fixture, uint32_t number)
{
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].number == number)
			return true;
	return false;
}

static void end_block(struct reader *reader)
{
	struct block *block = &reader->block;

	if (block->line == 0)
		return;
	if (is_known(reader->import->fixture, block->cpu.number))
		fixture_complain(reader->file, block->line, "CPU %" PRIu32 " a second time",
			block->cpu.number);
	/* the kernel leaves these out where there is one CPU */
	if (!block->has_core)
		block->cpu.core = block->cpu.number;
	if (!block->has_package || !block->has_core || !block->has_apic)
		import_note(reader->import, "topology",
			"assumed: CPU %" PRIu32 " has no %s in cpuinfo", block->cpu.number,
			!block->has_package ? "physical id"
			: !block->has_core  ? "core id"
					    : "apicid");
	if (!block->has_apic)
		block->cpu.apic_id = block->cpu.number;
	import_add_cpu(reader->import, &block->cpu);
	*block = (struct block){0};
}

static void take_text(struct reader *reader, const char *key, char **slot)
{
	if (!*slot)
		*slot = strdup(reader->value);
	else if (strcmp(*slot, reader->value) != 0)
		fixture_complain(reader->file, reader->number,
			"%s is another than that of the first CPU: a node has one kind of CPU",
			key);
}

/* Of the first CPU; the others have to have the same. */
static void take_number(struct reader *reader, const char *key, uint32_t max, uint32_t *slot)
{
	uint32_t number;

	if (!get_number(reader, key, max, &number))
		return;
	if (reader->import->fixture->n_cpus > 0 && *slot != number)
		fixture_complain(reader->file, reader->number,
			"%s is another than that of the first CPU: a node has one kind of CPU",
			key);
	*slot = number;
}

/* "46 bits physical, 48 bits virtual" */
static void take_sizes(struct reader *reader)
{
	struct fixture *fixture = reader->import->fixture;

	if (sscanf(reader->value, "%" SCNu32 " bits physical, %" SCNu32 " bits virtual",
		    &fixture->physical_bits, &fixture->virtual_bits) != 2)
		fixture_complain(reader->file, reader->number,
			"address sizes are '%s', not '46 bits physical, 48 bits virtual'",
			reader->value);
}

/* "15360 KB" */
static void take_cache(struct reader *reader)
{
	uint32_t kib;

	if (sscanf(reader->value, "%" SCNu32 " KB", &kib) == 1)
		reader->import->last_level_kib = kib;
	else
		fixture_complain(reader->file, reader->number, "cache size is '%s', not '15360 KB'",
			reader->value);
}

static void take_stepping(struct reader *reader)
{
	struct fixture *fixture = reader->import->fixture;

	/* hypervisors say so */
	if (strcmp(reader->value, "unknown") != 0) {
		take_number(reader, "stepping", 0xf, &fixture->stepping);
	} else if (fixture->n_cpus == 0) {
		import_note(reader->import, "cpu.stepping", "assumed: cpuinfo says it is unknown");
	}
}

static void begin_block(struct reader *reader)
{
	struct fixture_cpu cpu = {.online = true};

	end_block(reader);
	if (get_number(reader, "processor", FIXTURE_MAX_CPUS - 1, &cpu.number))
		reader->block = (struct block){.line = reader->number, .cpu = cpu};
}

static void take_place(struct reader *reader, const char *key)
{
	struct block *block = &reader->block;

	if (strcmp(key, "physical id") == 0)
		block->has_package =
			get_number(reader, key, FIXTURE_MAX_PACKAGES - 1, &block->cpu.package);
	else if (strcmp(key, "core id") == 0)
		block->has_core = get_number(reader, key, UINT16_MAX, &block->cpu.core);
	else if (strcmp(key, "apicid") == 0)
		block->has_apic = get_number(reader, key, UINT32_MAX, &block->cpu.apic_id);
}

static void take_identity(struct reader *reader, const char *key)
{
	struct fixture *fixture = reader->import->fixture;

	if (strcmp(key, "vendor_id") == 0)
		take_text(reader, key, &fixture->vendor);
	else if (strcmp(key, "model name") == 0)
		take_text(reader, key, &fixture->model_name);
	else if (strcmp(key, "flags") == 0)
		take_text(reader, key, &fixture->flags);
	else if (strcmp(key, "bugs") == 0)
		take_text(reader, key, &fixture->bugs);
	else if (strcmp(key, "cpu family") == 0)
		take_number(reader, key, 0xff + 0xf, &fixture->family);
	else if (strcmp(key, "model") == 0)
		take_number(reader, key, 0xff, &fixture->model);
	else if (strcmp(key, "stepping") == 0)
		take_stepping(reader);
	else if (strcmp(key, "microcode") == 0)
		take_number(reader, key, UINT32_MAX, &fixture->microcode);
	else if (strcmp(key, "cpuid level") == 0)
		take_number(reader, key, UINT32_MAX, &fixture->cpuid_level);
	else if (strcmp(key, "address sizes") == 0)
		take_sizes(reader);
	else if (strcmp(key, "cache size") == 0)
		take_cache(reader);
}

static void take_line(struct reader *reader, char *line)
{
	char *colon = strchr(line, ':');

	if (!colon) {
		fixture_complain(
			reader->file, reader->number, "is not 'key : value': is it /proc/cpuinfo?");
		return;
	}
	size_t length = (size_t)(colon - line);
	while (length > 0 && (line[length - 1] == '\t' || line[length - 1] == ' '))
		length--;
	line[length] = '\0';
	reader->value = colon + 1 + strspn(colon + 1, " \t");
	if (strcmp(line, "processor") == 0) {
		begin_block(reader);
		return;
	}
	if (reader->block.line == 0) {
		fixture_complain(
			reader->file, reader->number, "'%s' belongs to no processor", line);
		return;
	}
	take_place(reader, line);
	take_identity(reader, line);
}

static void note_sources(struct import *import, const struct fixture_file *file)
{
	static const char *const keys[] = {"cpu.vendor", "cpu.model_name", "cpu.family",
		"cpu.model", "cpu.stepping", "cpu.microcode", "cpu.cpuid_level",
		"cpu.physical_bits", "cpu.virtual_bits", "cpu.flags", "cpu.bugs"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		import_note(import, keys[i], "recorded: %s", import_base(file));
	import_note(import, "topology", "recorded: %s; CPUs that were off are not in it",
		import_base(file));
}

void import_cpuinfo(struct import *import, struct fixture_file *file)
{
	struct reader reader = {.import = import, .file = file};
	char *rest = file->text;

	/* a file a time: two would be two machines */
	if (import->has_cpuinfo) {
		fixture_complain(file, 0, "is a second cpuinfo: a node has one");
		return;
	}
	import->has_cpuinfo = true;
	for (char *line; (line = strsep(&rest, "\n"));) {
		reader.number++;
		line[strcspn(line, "\r")] = '\0';
		if (*line != '\0')
			take_line(&reader, line);
	}
	end_block(&reader);
	const struct fixture *fixture = import->fixture;
	if (fixture->n_cpus == 0)
		fixture_complain(file, 0, "has no 'processor : 0': is it /proc/cpuinfo?");
	else if (!fixture->vendor || !fixture->model_name || fixture->family == 0)
		fixture_complain(file, 0, "says no vendor_id, model name or cpu family");
	note_sources(import, file);
}
