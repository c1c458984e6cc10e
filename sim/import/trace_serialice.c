/* SPDX-License-Identifier: MIT */
/* SerialICE's log: "... CPU MSR: [00000017] => 00120000.00000000", "... PCI: 0:1e.0 [004] <= 00".
 */
#include <stdio.h>
#include <string.h>

#include "sim/import/trace_import.h"

static bool take_direction(const char *arrow, struct trace_access *access)
{
	access->is_write = strcmp(arrow, "<=") == 0;
	return access->is_write || strcmp(arrow, "=>") == 0;
}

/* sscanf(3) would take a sign. */
static bool has_sign(const char *text)
{
	return strchr(text, '-') || strchr(text, '+');
}

static enum trace_line parse_msr(const char *text, struct trace_access *access, const char **why)
{
	unsigned reg, high, low;
	char arrow[3];
	int length = 0;

	*why = "an MSR's line, but not as SerialICE prints it; expected is";
	if (sscanf(text, " [%8x] %2[<=>] %8x.%8x%n", &reg, arrow, &high, &low, &length) != 4 ||
		text[length] != '\0' || has_sign(text) || !take_direction(arrow, access))
		return TRACE_LINE_WRONG;
	access->place = (struct trace_place){.space = OP_MSR, .reg = reg};
	access->width = sizeof(uint64_t);
	access->value = (uint64_t)high << 32 | low;
	return TRACE_LINE_ACCESS;
}

static enum trace_line parse_pci(const char *text, struct trace_access *access, const char **why)
{
	unsigned bus, device, function, reg, value;
	char arrow[3];
	int before = 0, length = 0;

	*why = "a PCI line, but not as SerialICE prints it; expected is";
	if (sscanf(text, " %2x:%2x.%1x [%3x] %2[<=>] %n%8x%n", &bus, &device, &function, &reg,
		    arrow, &before, &value, &length) != 6 ||
		text[length] != '\0' || !take_direction(arrow, access) || has_sign(text) ||
		device >= 32 || function >= 8)
		return TRACE_LINE_WRONG;
	access->place = (struct trace_place){
		.space = OP_PCI,
		.device = bus << 8 | device << 3 | function,
		.reg = reg,
	};
	access->width = (uint32_t)(length - before) / 2;
	access->value = value;
	if ((length - before) % 2 != 0 || access->width == 3 || reg % access->width != 0) {
		*why = "values have 2, 4 or 8 digits, at an aligned offset; expected is";
		return TRACE_LINE_WRONG;
	}
	return TRACE_LINE_ACCESS;
}

static enum trace_line parse(const char *line, struct trace_access *access, const char **why)
{
	const char *msr = strstr(line, "CPU MSR:"), *pci = strstr(line, " PCI:");

	if (msr)
		return parse_msr(msr + strlen("CPU MSR:"), access, why);
	if (pci || strncmp(line, "PCI:", 4) == 0)
		return parse_pci((pci ? pci + 1 : line) + strlen("PCI:"), access, why);
	return TRACE_LINE_OTHER;
}

const struct trace_format trace_serialice = {
	.option = "serialice",
	.help = "SerialICE's log; it has no times, and CPU 0 alone",
	.example = "\"CPU MSR: [00000017] => 00120000.00000000\" or \"PCI: 0:1e.0 [004] => 00\"",
	.parse = parse,
};
