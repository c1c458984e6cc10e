/* SPDX-License-Identifier: MIT */
/* The table that read and write print: one access a row. */
#include "cli/cli.h"

#include <err.h>
#include <inttypes.h>

#include "cli/registers.h"
#include "util/array.h"

static const struct table_column msr_columns[] = {
	{"CPU", "cpu", true},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"VALUE", "value", false},
	{"ERROR", "error", false},
};

static const struct table_column pci_columns[] = {
	{"SOCKET", "socket", true},
	{"UNIT", "unit", false},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"VALUE", "value", false},
	{"ERROR", "error", false},
};

static const struct {
	const struct table_column *columns;
	size_t n;
} spaces[OP_N_SPACES] = {
	[OP_MSR] = {msr_columns, N_ELEMENTS(msr_columns)},
	[OP_PCI] = {pci_columns, N_ELEMENTS(pci_columns)},
};

struct table *cli_access_table(const struct cli *cli, const char *key, enum op_space space)
{
	/* people read the errors on standard error */
	size_t without_error = cli->json ? 0 : 1;

	return table_new(key, spaces[space].columns, spaces[space].n - without_error, cli->json);
}

void cli_access_row(const struct cli *cli, struct table *table, const struct place *place)
{
	char text[ARCH_NAME_SIZE];
	const char *name = registers_name(cli->node.arch, place, text);

	table_row(table);
	switch (place->space) {
	case OP_MSR:
		table_cell(table, "%u", place->cpu);
		break;
	case OP_PCI:
		table_cell(table, "%u", place->package);
		table_cell(table, "%s%u", op_unit_name(place->unit), place->index);
		break;
	}
	table_cell(table, "0x%x", place->reg);
	if (name)
		table_cell(table, "%s", name);
	else
		table_no_cell(table);
}

/* All digits that a register there has. */
void cli_access_value(
	const struct cli *cli, struct table *table, const struct place *place, uint64_t value)
{
	int digits = 0;

	for (uint64_t mask = op_space_mask(place->space); mask; mask >>= 4)
		digits++;
	table_cell(table, "0x%0*" PRIx64, digits, value);
	if (cli->json)
		table_no_cell(table);
}

void cli_access_error(const struct cli *cli, struct table *table, struct msrd *msrd)
{
	char text[MSRD_ERROR_SIZE];

	warnx("%s", msrd_error(msrd, text, sizeof text));
	table_no_cell(table);
	if (cli->json)
		table_cell(table, "%s", text);
}
