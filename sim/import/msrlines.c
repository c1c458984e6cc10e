/* SPDX-License-Identifier: MIT */
/* Formats of registers whose lines stand for themselves: one function each. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/import/msrtext.h"
#include "util/array.h"

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
		!msrtext_address(&text, &reading->address) || !import_skip(&text, " = "))
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
		!msrtext_address(&text, &reading->address) || (*text != ' ' && *text != '\t'))
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
	if (!msrtext_address(&text, &reading->address) || !import_skip(&text, "]="))
		return BROKEN;
	for (int i = 0; i < 8; i++) {
		text += strspn(text, " ");
		if (!import_hex(&text, 2, &byte))
			return BROKEN;
		reading->value = reading->value << 8 | byte;
	}
	return VALUE;
}

/* "0019.001a RH.. [f000:e869] CPU MSR: [00000017] => 00120000.00000000": what firmware met
 * first; behind what it wrote ("<=") nothing says what the register was. */
static enum verdict serialice(struct dump *dump, const char *text, struct reading *reading)
{
	const char *msr = strstr(text, "CPU MSR: [");

	(void)dump;
	if (!msr)
		return NOT_MINE;
	text = msr + strlen("CPU MSR: [");
	if (!msrtext_address(&text, &reading->address) || *text++ != ']')
		return BROKEN;
	text += strspn(text, " ");
	reading->is_sample = true;
	reading->is_unknown = strncmp(text, "<=", 2) == 0;
	if (!reading->is_unknown && strncmp(text, "=>", 2) != 0)
		return BROKEN;
	text += 2;
	text += strspn(text, " ");
	return get_halves(&text, '.', &reading->value) ? VALUE : BROKEN;
}

/* "cha Uncore Event Set 0": what of them is in MSRs; the others are in config space. */
static bool is_set_of_msrs(const char *unit)
{
	static const char *const units[] = {"cbo", "cha", "pcu", "ubox", "iio"};

	for (size_t i = 0; i < N_ELEMENTS(units); i++)
		if (strcmp(unit, units[i]) == 0)
			return true;
	return false;
}

static enum verdict emon_set(struct dump *dump, const char *text, struct reading *reading)
{
	char unit[16];
	unsigned number;

	(void)reading;
	if (!strstr(text, "Event Set "))
		return NOT_MINE;
	if (sscanf(text, "Event Set %u", &number) == 1)
		dump->is_elsewhere = false;
	else if (sscanf(text, "%15s Uncore Event Set %u", unit, &number) == 2)
		dump->is_elsewhere = !is_set_of_msrs(unit);
	else
		return NOT_MINE;
	return NO_VALUE;
}

/* "BR_MISP_RETIRED.ALL_BRANCHES (PerfEvtSel0 (0x186) = 0x00000000004300c5)"; a register is used
 * again in the next set */
static enum verdict emon(struct dump *dump, const char *text, struct reading *reading)
{
	const char *equals = strstr(text, ") = 0x");

	if (!equals)
		return NOT_MINE;
	while (equals > text && *equals != '(')
		equals--;
	text = equals + 1;
	if (*equals != '(' || !msrtext_address(&text, &reading->address) ||
		!import_skip(&text, ") = "))
		return NOT_MINE;
	if (!import_hex(&text, 16, &reading->value))
		return BROKEN;
	dump->n_elsewhere += dump->is_elsewhere;
	reading->is_sample = true;
	return dump->is_elsewhere ? NO_VALUE : VALUE;
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

/* "0x00000199 0x000000000000ffff # NAME": has a mask and no value; it is told what takes it. */
static enum verdict allowlist(struct dump *dump, const char *text, struct reading *reading)
{
	uint64_t mask;

	if (strncmp(text, "0x", 2) != 0 || !msrtext_address(&text, &reading->address) ||
		(*text != ' ' && *text != '\t'))
		return NOT_MINE;
	text += strspn(text, " \t");
	if (strncmp(text, "0x", 2) != 0 || !import_hex(&text, 16, &mask))
		return NOT_MINE;
	text += strspn(text, " \t");
	if (*text != '\0' && *text != '#')
		return NOT_MINE;
	dump->n_masks++;
	return NO_VALUE;
}

/* msr.txt: "0-15 0x606 0xa1003  # NAME, source" */
static enum verdict ours(struct dump *dump, const char *text, struct reading *reading)
{
	char cpus[256];
	int end = 0;

	if (sscanf(text, "%255[0-9,-] %n", cpus, &end) != 1 || strncmp(text + end, "0x", 2) != 0)
		return NOT_MINE;
	text += end;
	if (!msrtext_address(&text, &reading->address) || (*text != ' ' && *text != '\t'))
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

const struct msr_format msr_lines[] = {
	{"inteltool", section, "==== UNIQUE MSRs  (core 0) ===="},
	{"inteltool", inteltool, "MSR 0x000000CE = 0x00080838:0xF3012800 (NAME)"},
	{"CPU-Z", cpuz, "MSR 0x000000CE 0x00080838 0xF3012800"},
	{"libcpuid", libcpuid, "msr[0x0000ce]=00 00 10 00 70 01 21 00"},
	{"SerialICE", serialice, "CPU MSR: [00000017] => 00120000.00000000"},
	{"emon", emon_set, "cbo Uncore Event Set 0"},
	{"emon", emon, "(0x186) = 0x00000000004300c5"},
	{"msrsave", restored, "0x0000000000000198, 0x…, 0x…"},
	{"msr-safe", allowlist, "0x00000199 0x000000000000ffff"},
	{"msr.txt", ours, "0-15 0x606 0xa1003  # NAME, source"},
};
const size_t n_msr_lines = N_ELEMENTS(msr_lines);
