/* SPDX-License-Identifier: MIT */
/*
 * What turbostat shows of registers: lines with a name, behind --debug, and columns, for --add.
 * A column is called by the register (M0X198 of 64 bits, M0x198 of 32) or as the command line
 * says, which has to stand above it then. A cell has 0x if it is the register itself, and not
 * a difference or a share; that of a core or package is in the line of its first CPU alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/msrtext.h"
#include "util/array.h"

/* How its names begin, and how the manuals' do. */
static const struct {
	const char *theirs, *manual;
} beginnings[] = {
	{"", ""},
	{"MSR_IA32_", "IA32_"},
	{"MSR_IA32_", "MSR_"},
	{"MSR_NHM_SNB_PKG_CST_CFG_CTL", "MSR_PKG_CST_CONFIG_CONTROL"},
	{"MSR_NHM_", "MSR_"},
};

static bool find_register(
	const struct arch *arch, uint32_t cpu, const char *name, uint32_t *address)
{
	const struct place device = place_of_cpu(cpu);
	char manual[2 * ARCH_NAME_SIZE];
	struct arch_hit hit;

	for (size_t i = 0; i < N_ELEMENTS(beginnings); i++) {
		size_t length = strlen(beginnings[i].theirs);
		if (strncmp(name, beginnings[i].theirs, length) != 0)
			continue;
		snprintf(manual, sizeof manual, "%s%s", beginnings[i].manual, name + length);
		if (!arch_register_find(arch, &device, manual, &hit))
			continue;
		*address = arch_register_address(hit.entry, hit.index);
		return true;
	}
	return false;
}

/* "cpu0: MSR_RAPL_POWER_UNIT: 0x000a1003 (0.125000 Watts, …)" */
static enum verdict named(struct dump *dump, const char *text, struct reading *reading)
{
	char name[ARCH_NAME_SIZE];
	int end = 0;

	if (sscanf(text, "cpu%" SCNu32 ": %63[A-Z0-9_]%n", &reading->cpu, name, &end) != 2 ||
		end == 0 || (text[end] != ':' && text[end] != ','))
		return NOT_MINE;
	text += end + strspn(text + end, ",:");
	text += strspn(text, " \t");
	if (strncmp(text, "0x", 2) != 0)
		return NOT_MINE; /* "cpu0: EPB: 6 (balanced)" */
	if (!import_hex(&text, 16, &reading->value))
		return BROKEN;
	reading->has_cpu = true;
	if (find_register(dump->import->arch, reading->cpu, name, &reading->address))
		return VALUE;
	dump->n_unknown++;
	return NO_VALUE;
}

/* "msr0x198,u64,raw,package,NAME", or "msr408,…": the last word that is none of turbostat's */
static void take_request(struct turbostat_table *table, const char *text, size_t length)
{
	static const char *const own[] = {"u32", "u64", "cpu", "core", "package", "cycles",
		"seconds", "usec", "raw", "delta", "percent", "average"};
	char words[128], *rest = words, *end;
	struct turbostat_column column = {.is_register = true};

	snprintf(words, sizeof words, "%.*s", (int)length, text);
	const char *number = strsep(&rest, ",") + strlen("msr");
	unsigned long long address = strtoull(number, &end, 0);
	if (end == number || *end != '\0' || address > UINT32_MAX)
		return;
	column.address = (uint32_t)address;
	for (const char *word; (word = strsep(&rest, ","));) {
		bool is_own = false;
		for (size_t i = 0; i < N_ELEMENTS(own); i++)
			is_own = is_own || strcmp(word, own[i]) == 0;
		column.is_half = column.is_half || strcmp(word, "u32") == 0;
		if (!is_own)
			snprintf(column.name, sizeof column.name, "%.18s", word);
	}
	if (column.name[0] && table->n_asked < TURBOSTAT_COLUMNS)
		table->asked[table->n_asked++] = column;
}

static void take_requests(struct turbostat_table *table, const char *text)
{
	for (const char *at = text; (at = strstr(at, "msr"));) {
		size_t length = strcspn(at, " \t'\"");
		take_request(table, at, length);
		at += length;
	}
}

/* The next cell, without blanks around it; false behind the last. */
static bool next_cell(const char **text, char *cell, size_t size)
{
	if (!*text)
		return false;
	size_t length = strcspn(*text, "\t");
	const char *begin = *text + strspn(*text, " ");
	const char *end = *text + length;
	if (begin > end)
		begin = end;
	while (end > begin && end[-1] == ' ')
		end--;
	snprintf(cell, size, "%.*s", (int)(end - begin), begin);
	*text = (*text)[length] == '\t' ? *text + length + 1 : NULL;
	return true;
}

static bool is_asked(const struct turbostat_table *table, struct turbostat_column *column)
{
	for (size_t i = 0; i < table->n_asked; i++) {
		/* of 32 bits it is cut once more */
		size_t length = strlen(column->name);
		const char *name = table->asked[i].name;
		if (length > 0 && strncmp(name, column->name, length) == 0 &&
			(name[length] == '\0' || length == 10)) {
			column->address = table->asked[i].address;
			column->is_half = table->asked[i].is_half;
			return true;
		}
	}
	return false;
}

static void take_column(const struct turbostat_table *table, struct turbostat_column *column)
{
	const char *text = column->name + strlen("M0x");
	uint64_t address;

	column->is_register = is_asked(table, column);
	if (column->is_register ||
		(strncmp(column->name, "M0x", 3) != 0 && strncmp(column->name, "M0X", 3) != 0))
		return;
	column->is_register = import_hex(&text, 8, &address) && *text == '\0';
	column->is_half = column->name[2] == 'x';
	if (column->is_register)
		column->address = (uint32_t)address;
}

/* "Core  CPU  Avg_MHz  …  M0X198": a table begins. */
static bool take_header(struct turbostat_table *table, const char *text)
{
	struct turbostat_column columns[TURBOSTAT_COLUMNS] = {0};
	size_t n = 0, cpu = SIZE_MAX;
	bool has_register = false;

	/* mostly it is none */
	if (!strchr(text, '\t') || (!strstr(text, "CPU") && !strstr(text, "M0")))
		return false;
	while (n < TURBOSTAT_COLUMNS && next_cell(&text, columns[n].name, sizeof columns[n].name)) {
		if (strcmp(columns[n].name, "CPU") == 0)
			cpu = n;
		take_column(table, &columns[n]);
		has_register = has_register || columns[n].is_register;
		n++;
	}
	if (n < 2 || (cpu == SIZE_MAX && !has_register))
		return false;
	memcpy(table->columns, columns, sizeof columns);
	table->n_columns = n;
	table->cpu = cpu; /* SIZE_MAX: there is none */
	return true;
}

static void say_unasked(struct dump *dump, const char *name)
{
	struct turbostat_table *table = &dump->table;

	if (!table->is_told)
		import_remark(dump->import,
			"%s:%zu: column %s shows a register, and not which: put the line of the "
			"command (turbostat --add msr0x1a2,u64,raw,%s) above the table",
			dump->file->name, dump->line, name, name);
	table->is_told = true;
}

/* All digits are there, or it is cut off. */
static bool take_cell(struct dump *dump, const struct turbostat_column *column, const char *cell,
	struct reading *reading)
{
	const char *text = cell;
	size_t digits = column->is_half ? 8 : 16;

	if (strncmp(cell, "0x", 2) != 0)
		return true;
	if (!column->is_register) {
		say_unasked(dump, column->name);
		return true;
	}
	if (!import_hex(&text, 16, &reading->value) || *text != '\0' ||
		text != cell + strlen("0x") + digits)
		return false;
	reading->address = column->address;
	reading->source = column->is_half
				  ? import_text(dump->import,
					    "recorded: turbostat, %s (bits 0xffffffff; the others "
					    "are assumed)",
					    import_base(dump->file))
				  : NULL;
	msrtext_add(dump, reading);
	return true;
}

/* The CPU of a row; false: it is the sum of all, or none. */
static bool get_cpu(const struct turbostat_table *table, const char *text, uint32_t *cpu)
{
	char cell[TURBOSTAT_NAME] = "", *end;

	for (size_t i = 0; table->cpu != SIZE_MAX && i <= table->cpu; i++)
		if (!next_cell(&text, cell, sizeof cell))
			return false;
	if (table->cpu == SIZE_MAX || strspn(cell, "0123456789") == 0)
		return false;
	unsigned long number = strtoul(cell, &end, 10);
	*cpu = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
	return *end == '\0';
}

static enum verdict table(struct dump *dump, const char *text, struct reading *reading)
{
	struct turbostat_table *table = &dump->table;
	char cell[32]; /* longer than any that is one */
	uint32_t cpu;

	if (strstr(text, "msr") && strstr(text, "-add"))
		take_requests(table, text);
	if (take_header(table, text)) {
		if (table->cpu == SIZE_MAX)
			fixture_complain(dump->file, dump->line,
				"the table has no column CPU, so whose registers are they? Take it "
				"with --show CPU,…");
		return NO_VALUE;
	}
	if (table->n_columns == 0 || !strchr(text, '\t'))
		return NOT_MINE;
	if (!get_cpu(table, text, &cpu))
		return NO_VALUE;
	reading->has_cpu = reading->is_sample = true;
	reading->cpu = cpu;
	for (size_t i = 0; i < table->n_columns && next_cell(&text, cell, sizeof cell); i++)
		if (!take_cell(dump, &table->columns[i], cell, reading))
			return BROKEN;
	return NO_VALUE;
}

const struct msr_format msr_turbostat = {
	"turbostat", named, "cpu0: MSR_RAPL_POWER_UNIT: 0x000a1003"};
const struct msr_format msr_turbostat_table = {"turbostat", table, "0\t0x0000000000001b00"};
