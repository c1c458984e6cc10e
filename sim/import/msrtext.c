/* SPDX-License-Identifier: MIT */
/*
 * Registers in the text of other tools: a line is one of the formats below or none, and
 * what is none is prose. One format a function; a file may mix them.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "util/array.h"
#include "util/cleanup.h"

enum verdict {
	NOT_MINE, /* some other format, or prose */
	VALUE,
	NO_VALUE, /* of the format, and says none: a heading, a register that could not be read */
	BROKEN,	  /* begins as the format does, and is not it */
};

/* What a line says. */
struct reading {
	uint32_t address;
	uint64_t value;
	bool has_cpu;
	uint32_t cpu;
	struct fixture_list cpus; /* of a line that lists them */
	const char *source;	  /* its own, or NULL */
};

/* What earlier lines said of those that follow. */
struct dump {
	struct import *import;
	bool is_of_all, is_of_one; /* inteltool's sections */
	uint32_t cpu;
	uint64_t *seen; /* SerialICE: of each register the first read is its value */
	size_t n_seen;
	size_t n_unknown; /* names that the model does not have */
};

static bool get_address(const char **text, uint32_t *address)
{
	uint64_t value;

	if (!import_hex(text, 8, &value))
		return false;
	*address = (uint32_t)value;
	return true;
}

static bool get_halves(const char **text, char between, uint64_t *value)
{
	uint64_t high, low;

	if (!import_hex(text, 8, &high) || *(*text)++ != between || !import_hex(text, 8, &low))
		return false;
	*value = high << 32 | low;
	return true;
}

/* "====================== UNIQUE MSRs  (core 3) ======================" */
static enum verdict inteltool_section(struct dump *dump, const char *text)
{
	const char *unique = strstr(text, "UNIQUE MSRs");

	if (*text != '=')
		return NOT_MINE;
	dump->is_of_all = strstr(text, "SHARED MSRs") != NULL;
	dump->is_of_one =
		unique && sscanf(unique, "UNIQUE MSRs (core %" SCNu32 ")", &dump->cpu) == 1;
	return dump->is_of_all || dump->is_of_one ? NO_VALUE : unique ? BROKEN : NOT_MINE;
}

/* " MSR 0x000000CE = 0x00080838:0xF3012800 (NAME)"; "(*)" before it: could not be read */
static enum verdict inteltool(struct dump *dump, const char *text, struct reading *reading)
{
	bool is_unread = import_skip(&text, "(*)");

	if (!import_skip(&text, "MSR ") || strncmp(text, "0x", 2) != 0 ||
		!get_address(&text, &reading->address) || !import_skip(&text, " = "))
		return NOT_MINE;
	if (is_unread)
		return NO_VALUE;
	reading->has_cpu = dump->is_of_one;
	reading->cpu = dump->cpu;
	return get_halves(&text, ':', &reading->value) ? VALUE : BROKEN;
}

/* "MSR 0x000000CE   0x00080838  0xF3012800", as CPU-Z's reports have it */
static enum verdict cpuz(struct dump *dump, const char *text, struct reading *reading)
{
	uint64_t high, low;

	(void)dump;
	if (!import_skip(&text, "MSR ") || strncmp(text, "0x", 2) != 0 ||
		!get_address(&text, &reading->address) || (*text != ' ' && *text != '\t'))
		return NOT_MINE;
	text += strspn(text, " \t");
	if (*text == '=')
		return NOT_MINE; /* inteltool's */
	if (!import_hex(&text, 8, &high) || (*text != ' ' && *text != '\t'))
		return BROKEN;
	text += strspn(text, " \t");
	if (!import_hex(&text, 8, &low))
		return BROKEN;
	reading->value = high << 32 | low;
	return VALUE;
}

/* "msr[0x0000ce]=00 00 10 00 70 01 21 00", the most significant byte first */
static enum verdict libcpuid(struct dump *dump, const char *text, struct reading *reading)
{
	uint64_t byte;

	(void)dump;
	if (!import_skip(&text, "msr["))
		return NOT_MINE;
	if (!get_address(&text, &reading->address) || !import_skip(&text, "]="))
		return BROKEN;
	for (int i = 0; i < 8; i++) {
		text += strspn(text, " ");
		if (!import_hex(&text, 2, &byte))
			return BROKEN;
		reading->value = reading->value << 8 | byte;
	}
	return VALUE;
}

/* "cpu0: MSR_RAPL_POWER_UNIT: 0x000a1003 (0.125000 Watts, …)" */
static enum verdict turbostat(struct dump *dump, const char *text, struct reading *reading)
{
	char name[ARCH_NAME_SIZE];
	struct arch_hit hit;
	int end = 0;

	if (sscanf(text, "cpu%" SCNu32 ": %63[A-Z0-9_]%n", &reading->cpu, name, &end) != 2 ||
		end == 0 || (text[end] != ':' && text[end] != ','))
		return NOT_MINE;
	text += end + 1;
	text += strspn(text, " \t");
	if (strncmp(text, "0x", 2) != 0)
		return NOT_MINE; /* "cpu0: EPB: 6 (balanced)" */
	if (!import_hex(&text, 16, &reading->value))
		return BROKEN;
	const struct place device = place_of_cpu(reading->cpu);
	if (!arch_register_find(dump->import->arch, &device, name, &hit)) {
		dump->n_unknown++;
		return NO_VALUE;
	}
	reading->has_cpu = true;
	reading->address = arch_register_address(hit.entry, hit.index);
	return VALUE;
}

/* "0019.001a RH.. [f000:e869] CPU MSR: [00000017] => 00120000.00000000": what firmware met
 * first; what it wrote ("<=") is not what the register was. */
static enum verdict serialice(struct dump *dump, const char *text, struct reading *reading)
{
	const char *msr = strstr(text, "CPU MSR: [");

	if (!msr)
		return NOT_MINE;
	text = msr + strlen("CPU MSR: [");
	if (!get_address(&text, &reading->address) || *text++ != ']')
		return BROKEN;
	text += strspn(text, " ");
	bool is_write = strncmp(text, "<=", 2) == 0;
	if (!is_write && strncmp(text, "=>", 2) != 0)
		return BROKEN;
	for (size_t i = 0; i < dump->n_seen; i++)
		if (dump->seen[i] == reading->address)
			return NO_VALUE;
	uint64_t *seen = array_grow(dump->seen, dump->n_seen, sizeof *seen);
	if (!seen)
		return BROKEN;
	dump->seen = seen;
	seen[dump->n_seen++] = reading->address;
	text += 2;
	text += strspn(text, " ");
	if (!get_halves(&text, '.', &reading->value))
		return BROKEN;
	return is_write ? NO_VALUE : VALUE;
}

/* emon: "BR_MISP_RETIRED.ALL_BRANCHES (PerfEvtSel0 (0x186) = 0x00000000004300c5)" */
static enum verdict emon(struct dump *dump, const char *text, struct reading *reading)
{
	const char *equals = strstr(text, ") = 0x");

	(void)dump;
	if (!equals)
		return NOT_MINE;
	while (equals > text && *equals != '(')
		equals--;
	text = equals + 1;
	if (*equals != '(' || !get_address(&text, &reading->address) || !import_skip(&text, ") = "))
		return NOT_MINE;
	return import_hex(&text, 16, &reading->value) ? VALUE : BROKEN;
}

/* msrsave -r: "0x0000000000000198, 0x…, 0x…": offset, read, restored */
static enum verdict restored(struct dump *dump, const char *text, struct reading *reading)
{
	uint64_t after;

	(void)dump;
	if (strncmp(text, "0x", 2) != 0 || !strchr(text, ','))
		return NOT_MINE;
	uint64_t offset;
	if (!import_hex(&text, 16, &offset) || offset > UINT32_MAX || !import_skip(&text, ",") ||
		!import_hex(&text, 16, &reading->value) || !import_skip(&text, ",") ||
		!import_hex(&text, 16, &after))
		return BROKEN;
	reading->address = (uint32_t)offset;
	reading->value = after;
	return VALUE;
}

/* msr.txt: "0-15 0x606 0xa1003  # NAME, source" */
static enum verdict ours(struct dump *dump, const char *text, struct reading *reading)
{
	char cpus[256];
	int end = 0;

	if (sscanf(text, "%255[0-9,-] %n", cpus, &end) != 1 || strncmp(text + end, "0x", 2) != 0)
		return NOT_MINE;
	text += end;
	if (!get_address(&text, &reading->address) || (*text != ' ' && *text != '\t'))
		return BROKEN;
	text += strspn(text, " \t");
	if (strncmp(text, "0x", 2) != 0 || !import_hex(&text, 16, &reading->value) ||
		fixture_list_parse(&reading->cpus, cpus, FIXTURE_MAX_CPUS - 1) < 0)
		return BROKEN;
	const char *comment = strchr(text, '#'), *comma = comment ? strchr(comment, ',') : NULL;
	if (comma)
		reading->source =
			import_text(dump->import, "%s", comma + 1 + strspn(comma + 1, " "));
	return VALUE;
}

static enum verdict section(struct dump *dump, const char *text, struct reading *reading)
{
	(void)reading;
	return inteltool_section(dump, text);
}

static const struct format {
	const char *name;
	enum verdict (*read)(struct dump *dump, const char *text, struct reading *reading);
	const char *sample;
} formats[] = {
	{"inteltool", section, "==== UNIQUE MSRs  (core 0) ===="},
	{"inteltool", inteltool, "MSR 0x000000CE = 0x00080838:0xF3012800 (NAME)"},
	{"CPU-Z", cpuz, "MSR 0x000000CE 0x00080838 0xF3012800"},
	{"libcpuid", libcpuid, "msr[0x0000ce]=00 00 10 00 70 01 21 00"},
	{"turbostat", turbostat, "cpu0: MSR_RAPL_POWER_UNIT: 0x000a1003"},
	{"SerialICE", serialice, "CPU MSR: [00000017] => 00120000.00000000"},
	{"emon", emon, "(0x186) = 0x00000000004300c5"},
	{"msrsave", restored, "0x0000000000000198, 0x…, 0x…"},
	{"msr.txt", ours, "0-15 0x606 0xa1003  # NAME, source"},
};

static void add_value(struct dump *dump, struct fixture_file *file, size_t line,
	const struct format *format, const struct reading *reading, const struct fixture_list *cpus,
	bool is_assumed)
{
	struct fixture_list one = {.numbers = (uint32_t *)&reading->cpu, .n = 1}, all = {0};
	const struct fixture_list *list = cpus;

	if (reading->cpus.n > 0)
		list = &reading->cpus;
	else if (reading->has_cpu)
		list = &one;
	if (reading->cpus.n == 0 && !reading->has_cpu && dump->is_of_all) {
		all = import_cpus(dump->import, file, NULL);
		list = &all;
	}
	bool is_guess = is_assumed && list == cpus;
	const char *source = reading->source;
	/* the same text for the lines of a file: they share lines of msr.txt then */
	for (size_t i = 0; i < list->n; i++) {
		const struct fixture_msr msr = {
			list->numbers[i], reading->address, reading->value, 0};
		if (!source)
			source = import_text(dump->import, "recorded: %s, %s%s", format->name,
				import_base(file),
				is_guess ? " (which CPU is assumed: it does not say)" : "");
		import_add_msr(dump->import, file, line, &msr, source);
	}
	free(all.numbers);
}

static bool take_line(struct dump *dump, struct fixture_file *file, size_t line, const char *text,
	const struct fixture_list *cpus, bool is_assumed)
{
	text += strspn(text, " \t");
	for (size_t i = 0; i < N_ELEMENTS(formats); i++) {
		struct reading reading = {0};
		enum verdict verdict = formats[i].read(dump, text, &reading);
		if (verdict == VALUE)
			add_value(dump, file, line, &formats[i], &reading, cpus, is_assumed);
		free(reading.cpus.numbers);
		if (verdict == BROKEN)
			fixture_complain(file, line, "is not as %s prints it: '%s'",
				formats[i].name, formats[i].sample);
		if (verdict != NOT_MINE)
			return verdict == VALUE;
	}
	return false;
}

void import_msr(struct import *import, struct fixture_file *file, const char *cpus)
{
	struct dump dump = {.import = import};
	size_t before = import->load.n_complaints, n_values = 0, number = 0;
	char first[16];
	char *rest = file->text;

	snprintf(first, sizeof first, "%" PRIu32, import->fixture->cpus[0].number);
	struct fixture_list list = import_cpus(import, file, cpus ? cpus : first);
	for (char *line; list.n > 0 && (line = strsep(&rest, "\n"));) {
		number++;
		line[strcspn(line, "\r")] = '\0';
		if (*line != '#')
			n_values += take_line(&dump, file, number, line, &list, !cpus);
	}
	if (n_values == 0 && import->load.n_complaints == before && dump.n_unknown == 0)
		fixture_complain(file, 0,
			"no line shows a register as a known tool does; fuse-msr(1) lists them");
	if (dump.n_unknown > 0)
		import_remark(import, "%s: %zu names are no registers of this CPU model: left out",
			file->name, dump.n_unknown);
	free(dump.seen);
	free(list.numbers);
}

void import_rdmsr(
	struct import *import, struct fixture_file *file, uint32_t address, const char *cpus)
{
	struct fixture_list list = import_cpus(import, file, cpus);
	const char *source = import_text(import, "recorded: rdmsr, %s%s", import_base(file),
		cpus ? ""
		     : " (it names no CPU: in ascending order, as rdmsr -a goes through them)");
	size_t n = 0, number = 0;
	char *rest = file->text;

	for (char *line; list.numbers && (line = strsep(&rest, "\n"));) {
		const char *text = line + strspn(line, " \t");
		uint64_t value;
		number++;
		line[strcspn(line, "\r")] = '\0';
		if (*text == '\0')
			continue;
		if (!import_hex(&text, 16, &value) || text[strspn(text, " \t")] != '\0') {
			fixture_complain(file, number,
				"is no hexadecimal value of 64 bits, one a line, as rdmsr prints "
				"it");
			break;
		}
		if (n < list.n) {
			const struct fixture_msr msr = {list.numbers[n], address, value, 0};
			import_add_msr(import, file, number, &msr, source);
		}
		n++;
	}
	if (list.n > 0 && n != list.n && import->load.n_complaints == 0)
		fixture_complain(file, 0,
			"has %zu values for %zu CPUs: say which ones, --rdmsr 0x%" PRIx32
			"@0-3=FILE",
			n, list.n, address);
	free(list.numbers);
}
