/* SPDX-License-Identifier: MIT */
/* The CPUs that umockdev-record has seen: their model is in MODALIAS, their places in topology/. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/import/umockdev.h"
#include "util/number.h"

#define INTEL 0 /* X86_VENDOR_INTEL, as MODALIAS has it */

struct reader {
	struct import *import;
	struct fixture_file *file;
	bool has_others; /* a cpuinfo or cpuid, which know more */
	bool has_model;
	size_t n_cpus;

	/* the device */
	bool is_cpu, has_core, has_package;
	size_t line;
	struct fixture_cpu cpu;
};

static void begin(void *context, size_t line, const char *path)
{
	struct reader *reader = context;
	size_t length = strlen(UMOCKDEV_CPU);
	uint64_t number;

	reader->has_core = reader->has_package = false;
	reader->is_cpu = strncmp(path, UMOCKDEV_CPU, length) == 0 &&
			 number_parse(path + length, UINT32_MAX, &number);
	if (!reader->is_cpu)
		return;
	reader->line = line;
	if (number >= FIXTURE_MAX_CPUS)
		fixture_complain(reader->file, line, "CPU %" PRIu64 " is too many", number);
	reader->cpu = (struct fixture_cpu){
		.number = (uint32_t)number,
		.apic_id = (uint32_t)number,
		.online = true,
	};
}

static bool get_model(const char *text, uint32_t *vendor, uint32_t *family, uint32_t *model)
{
	/* the second is that of Linux before 3.15 */
	return sscanf(text, "cpu:type:x86,ven%4" SCNx32 "fam%4" SCNx32 "mod%4" SCNx32, vendor,
		       family, model) == 3 ||
	       sscanf(text, "x86cpu:vendor:%4" SCNx32 ":family:%4" SCNx32 ":model:%4" SCNx32,
		       vendor, family, model) == 3;
}

static void take_model(struct reader *reader, size_t line, const char *text)
{
	struct fixture *fixture = reader->import->fixture;
	uint32_t vendor, family, model;

	if (reader->has_others)
		return;
	if (!get_model(text, &vendor, &family, &model)) {
		fixture_complain(reader->file, line,
			"is not 'MODALIAS=cpu:type:x86,ven0000fam0006mod002D:…', as of a CPU");
		return;
	}
	if (vendor != INTEL) {
		fixture_complain(reader->file, line,
			"vendor %04" PRIx32 " is not Intel: no register table has this CPU",
			vendor);
		return;
	}
	if (reader->has_model && (fixture->family != family || fixture->model != model))
		fixture_complain(reader->file, line,
			"is another model than the first CPU: a node has one kind of CPU");
	fixture->family = family;
	fixture->model = model;
	reader->has_model = true;
}

/* "0x710\n" as a number */
static bool get_number(struct reader *reader, size_t line, const char *name, const char *value,
	uint32_t max, uint32_t *number)
{
	char text[32];
	uint64_t wide;

	snprintf(text, sizeof text, "%.*s", (int)strcspn(value, "\\"), value);
	if (!number_parse(text, max, &wide)) {
		fixture_complain(reader->file, line, "%s is '%s', must be a number up to %" PRIu32,
			name, text, max);
		return false;
	}
	*number = (uint32_t)wide;
	return true;
}

static void say(void *context, size_t line, char kind, const char *name, const char *value)
{
	struct reader *reader = context;
	uint32_t *microcode = &reader->import->fixture->microcode;

	if (!reader->is_cpu)
		return;
	if (kind == 'E' && strcmp(name, "MODALIAS") == 0)
		take_model(reader, line, value);
	if (kind != 'A')
		return;
	if (strcmp(name, "topology/core_id") == 0)
		reader->has_core =
			get_number(reader, line, name, value, UINT16_MAX, &reader->cpu.core);
	else if (strcmp(name, "topology/physical_package_id") == 0)
		reader->has_package = get_number(
			reader, line, name, value, FIXTURE_MAX_PACKAGES - 1, &reader->cpu.package);
	else if (strcmp(name, "microcode/version") == 0 && *microcode == 0)
		get_number(reader, line, name, value, UINT32_MAX, microcode);
}

/* Not by fixture_find_cpu: they are not sorted yet. */
static const struct fixture_cpu *find_cpu(const struct fixture *fixture, uint32_t number)
{
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].number == number)
			return &fixture->cpus[i];
	return NULL;
}

static void compare(struct reader *reader, const struct fixture_cpu *cpu)
{
	const struct fixture_cpu *here = &reader->cpu;

	if (!cpu)
		fixture_complain(reader->file, reader->line,
			"CPU %" PRIu32 " is not among those of cpuinfo or cpuid: is this of the "
			"same machine?",
			here->number);
	else if (cpu->package != here->package || cpu->core != here->core)
		fixture_complain(reader->file, reader->line,
			"CPU %" PRIu32 " is core %" PRIu32 " of package %" PRIu32
			" here, and core %" PRIu32 " of package %" PRIu32 " by cpuinfo or cpuid",
			here->number, here->core, here->package, cpu->core, cpu->package);
}

static void end(void *context)
{
	struct reader *reader = context;
	const struct fixture_cpu *cpu = find_cpu(reader->import->fixture, reader->cpu.number);

	/* one that is off has no place */
	if (!reader->is_cpu || (!reader->has_core && !reader->has_package))
		return;
	if (!reader->has_core || !reader->has_package)
		fixture_complain(reader->file, reader->line, "CPU %" PRIu32 " has no topology/%s",
			reader->cpu.number, reader->has_core ? "physical_package_id" : "core_id");
	else if (reader->has_others)
		compare(reader, cpu);
	else if (cpu)
		fixture_complain(reader->file, reader->line, "CPU %" PRIu32 " a second time",
			reader->cpu.number);
	else
		reader->n_cpus += import_add_cpu(reader->import, &reader->cpu);
}

static void note_sources(struct import *import, const struct fixture_file *file)
{
	static const char *const known[] = {"cpu.vendor", "cpu.family", "cpu.model"};
	static const char *const unknown[] = {"cpu.model_name", "cpu.stepping", "cpu.cpuid_level"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		import_note(import, known[i], "recorded: %s", import_base(file));
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		import_note(import, unknown[i], "not known: give --cpuinfo");
	if (import->fixture->microcode != 0)
		import_note(import, "cpu.microcode", "recorded: %s", import_base(file));
	import_note(import, "topology",
		"recorded: %s; CPUs that were off are not in it;\nassumed: APIC ids are the "
		"numbers of the CPUs",
		import_base(file));
}

void import_umockdev_cpus(struct import *import, struct fixture_file *file)
{
	struct fixture *fixture = import->fixture;
	struct reader reader = {.import = import,
		.file = file,
		.has_others = import->has_cpuinfo || import->has_cpuid};
	const struct umockdev_visitor visitor = {begin, say, end, &reader};

	if (!umockdev_walk(file, &visitor) || reader.n_cpus == 0)
		return;
	if (!reader.has_model) {
		fixture_complain(file, 0,
			"no CPU has a MODALIAS, and so it does not say which model it is: give "
			"--cpuinfo");
		return;
	}
	if (!fixture->vendor)
		fixture->vendor = strdup("GenuineIntel");
	if (!fixture->model_name)
		fixture->model_name = strdup("unknown");
	if (!fixture->vendor || !fixture->model_name)
		import_no_memory(import);
	note_sources(import, file);
}
