/* SPDX-License-Identifier: MIT */
/* The table that read and write print: one access a row. */
#include "cli/cli.h"

#include <err.h>
#include <inttypes.h>

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

struct table *cli_access_table(const struct cli *cli, const char *key, enum op_space space)
{
	/* people read the errors on standard error */
	size_t without_error = cli->json ? 0 : 1;

	return space == OP_MSR ? table_new(key, msr_columns, 5 - without_error, cli->json)
			       : table_new(key, pci_columns, 6 - without_error, cli->json);
}

void cli_access_row(
	const struct cli *cli, struct table *table, const struct target *target, uint32_t reg)
{
	const char *name = target_register_name(target, cli->node.arch, reg);

	table_row(table);
	if (target->space == OP_MSR) {
		table_cell(table, "%u", target->cpu);
	} else {
		table_cell(table, "%u", target->socket);
		table_cell(table, "%s%u", op_unit_name(target->unit), target->index);
	}
	table_cell(table, "0x%x", reg);
	if (name)
		table_cell(table, "%s", name);
	else
		table_no_cell(table);
}

void cli_access_value(
	const struct cli *cli, struct table *table, const struct target *target, uint64_t value)
{
	table_cell(table, "0x%0*" PRIx64, target->space == OP_MSR ? 16 : 8, value);
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
