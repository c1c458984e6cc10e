/* SPDX-License-Identifier: MIT */
/*
 * Registers in the text of other tools: a line is of one of the formats or of none, and what is
 * none is prose. A file may mix them.
 */
#include "sim/import/msrtext.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool msrtext_address(const char **text, uint32_t *address)
{
	uint64_t value;

	if (!import_hex(text, 8, &value))
		return false;
	*address = (uint32_t)value;
	return true;
}

/* Whose value it is: the line's own CPUs, the section's, or those of lines that do not say it. */
static struct fixture_list cpus_of(const struct dump *dump, const struct reading *reading,
	struct fixture_list *one, struct fixture_list *all)
{
	if (reading->cpus.n > 0)
		return reading->cpus;
	if (reading->has_cpu)
		return *one;
	if (!dump->is_of_all)
		return *dump->cpus;
	*all = import_cpus(dump->import, dump->file, NULL);
	return *all;
}

void msrtext_add(struct dump *dump, const struct reading *reading)
{
	struct fixture_list one = {.numbers = (uint32_t *)&reading->cpu, .n = 1}, all = {0};
	struct fixture_list list = cpus_of(dump, reading, &one, &all);
	bool is_guess = dump->is_assumed && list.numbers == dump->cpus->numbers;
	const char *source = reading->source;

	/* the same text for the CPUs of a line: they share a line of msr.txt then */
	if (!source)
		source = import_text(dump->import, "recorded: %s, %s%s", dump->format->name,
			import_base(dump->file),
			is_guess ? " (which CPU is assumed: it does not say)" : "");
	for (size_t i = 0; i < list.n; i++) {
		const struct import_msr msr = {
			.msr = {list.numbers[i], reading->address, reading->value,
				(uint32_t)dump->line},
			.source = source,
			.is_sample = reading->is_sample,
			.is_unknown = reading->is_unknown,
		};
		import_add_msr(dump->import, dump->file, &msr);
	}
	dump->n_values += !reading->is_unknown;
	free(all.numbers);
}

/* False: it is of another format. */
static bool take_format(struct dump *dump, const struct msr_format *format, const char *text)
{
	struct reading reading = {0};

	dump->format = format;
	enum verdict verdict = format->read(dump, text, &reading);
	if (verdict == VALUE)
		msrtext_add(dump, &reading);
	if (verdict == BROKEN)
		fixture_complain(dump->file, dump->line, "is not as %s prints it: '%s'",
			format->name, format->sample);
	free(reading.cpus.numbers);
	return verdict != NOT_MINE;
}

static void take_line(struct dump *dump, const char *text)
{
	if (take_format(dump, &msr_turbostat_table, text))
		return;
	text += strspn(text, " \t");
	if (*text == '\0' || *text == '#' || take_format(dump, &msr_turbostat, text))
		return;
	for (size_t i = 0; i < n_msr_lines; i++)
		if (take_format(dump, &msr_lines[i], text))
			return;
}

static void say_left_out(const struct dump *dump)
{
	if (dump->n_unknown > 0)
		import_remark(dump->import,
			"%s: %zu names are no registers of this CPU model: left out",
			dump->file->name, dump->n_unknown);
	if (dump->n_elsewhere > 0)
		import_remark(dump->import,
			"%s: %zu registers of emon are in config space, of functions that it does "
			"not name: left out",
			dump->file->name, dump->n_elsewhere);
}

void import_msr(struct import *import, struct fixture_file *file, const char *cpus)
{
	char first[16];
	struct dump dump = {.import = import, .file = file, .is_assumed = !cpus};
	size_t before = import->load.n_complaints;
	char *rest = file->text;

	snprintf(first, sizeof first, "%" PRIu32, import->fixture->cpus[0].number);
	struct fixture_list list = import_cpus(import, file, cpus ? cpus : first);
	dump.cpus = &list;
	for (char *line; list.n > 0 && (line = strsep(&rest, "\n"));) {
		dump.line++;
		line[strcspn(line, "\r")] = '\0';
		take_line(&dump, line);
	}
	if (dump.n_values == 0 && import->load.n_complaints == before && dump.n_unknown == 0)
		fixture_complain(file, 0, "%s",
			dump.n_masks > 0 ? "is an allowlist: it has masks and no values. msrctl "
					   "policy takes "
					   "it, and --allowlist, beside --msrsave"
					 : "no line shows a register as a known tool does; "
					   "fuse-msr(1) lists "
					   "them");
	say_left_out(&dump);
	free(list.numbers);
}
