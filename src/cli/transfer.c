/* SPDX-License-Identifier: MIT */
/* What read and write have in common: registers of places, one a row of a table. */
#include "cli/transfer.h"

#include <err.h>
#include <inttypes.h>

#include "cli/reach.h"
#include "cli/refused.h"
#include "cli/registers.h"
#include "util/array.h"

/* Columns at the end that scripts get: people read the errors on standard error. */
#define N_ERROR_COLUMNS 2

static const struct table_column msr_columns[] = {
	{"CPU", "cpu", true},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"VALUE", "value", false},
	{"ERROR", "error", false},
	{"REASON", "reason", false},
};

static const struct table_column pci_columns[] = {
	{"SOCKET", "socket", true},
	{"UNIT", "unit", false},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"VALUE", "value", false},
	{"ERROR", "error", false},
	{"REASON", "reason", false},
};

static const struct {
	const struct table_column *columns;
	size_t n;
} spaces[OP_N_SPACES] = {
	[OP_MSR] = {msr_columns, N_ELEMENTS(msr_columns)},
	[OP_PCI] = {pci_columns, N_ELEMENTS(pci_columns)},
};

static struct table *make_table(const struct transfer *transfer, enum op_space space)
{
	size_t left_out = transfer->cli->json ? 0 : N_ERROR_COLUMNS;

	return table_new(transfer->key, spaces[space].columns, spaces[space].n - left_out,
		transfer->cli->json);
}

static void begin_row(const struct cli *cli, struct table *table, const struct place *place)
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
static void end_with_value(
	const struct cli *cli, struct table *table, const struct place *place, uint64_t value)
{
	int digits = 0;

	for (uint64_t mask = op_space_mask(place->space); mask; mask >>= 4)
		digits++;
	table_cell(table, "0x%0*" PRIx64, digits, value);
	for (int i = 0; cli->json && i < N_ERROR_COLUMNS; i++)
		table_no_cell(table);
}

/* A number that this library has no name for is one of a later daemon. */
static void end_with_reason(struct table *table, unsigned reason)
{
	const char *name = msrd_reason_name(reason);

	if (reason == MSRD_REASON_NONE)
		table_no_cell(table);
	else if (name)
		table_cell(table, "%s", name);
	else
		table_cell(table, "%u", reason);
}

/* The daemon's own word; where there is none, doctor may know. */
static const char *find_hint(struct msrd *msrd, int r)
{
	return msrd_reason(msrd) == MSRD_REASON_NONE ? cli_hint(r) : "";
}

static void end_with_error(const struct cli *cli, struct table *table, struct msrd *msrd, int r)
{
	char text[MSRD_ERROR_SIZE];

	warnx("%s%s", msrd_error(msrd, text, sizeof text), find_hint(msrd, r));
	table_no_cell(table);
	if (cli->json) {
		table_cell(table, "%s", text);
		end_with_reason(table, msrd_reason(msrd));
	}
}

/* 0, or the failure, which stands in the row. */
static int transfer_one(const struct transfer *transfer, struct msrd *msrd,
	const struct place *place, struct table *table)
{
	uint64_t value = transfer->value;
	int r = transfer->writes ? reach_write(msrd, place, value)
				 : reach_read(msrd, place, &value);

	begin_row(transfer->cli, table, place);
	if (r == 0)
		end_with_value(transfer->cli, table, place, value);
	else
		end_with_error(transfer->cli, table, msrd, r);
	if (r == MSRD_REFUSED && transfer->writes)
		refused_explain(transfer->cli->node.arch, msrd, place, transfer->value);
	return r;
}

static enum cli_status transfer_all(const struct transfer *transfer, struct msrd *msrd,
	struct places *places, struct table *table, int *unexplained)
{
	enum cli_status status = CLI_DONE;

	for (int i = 0; i < transfer->n_registers; i++) {
		cli_find_register(transfer->cli, places, transfer->registers[i]);
		for (size_t j = 0; j < places->n; j++) {
			int r = transfer_one(transfer, msrd, &places->list[j], table);

			if (r != 0)
				status = CLI_FAILED;
			if (r != 0 && *find_hint(msrd, r))
				*unexplained = r;
			/* there will be no better answer from a lost daemon */
			if (r < 0)
				return status;
		}
	}
	return status;
}

static enum cli_status find_and_transfer(const struct transfer *transfer, struct places *places)
{
	cleanup_msrd struct msrd *msrd = NULL;
	cleanup_table struct table *table = NULL;
	enum cli_status status;
	int unexplained = 0;

	/* a wrong name is told before anything is done */
	for (int i = 0; i < transfer->n_registers; i++)
		if (!cli_find_register(transfer->cli, places, transfer->registers[i]))
			return CLI_USAGE;
	msrd = cli_open(transfer->cli);
	if (!msrd)
		return CLI_FAILED;
	table = make_table(transfer, places->list[0].space);
	status = transfer_all(transfer, msrd, places, table, &unexplained);
	if (unexplained != 0)
		doctor_explain(transfer->cli, unexplained);
	return cli_print(&table, 1, status);
}

enum cli_status transfer_run(const struct transfer *transfer)
{
	struct places places = {0};
	enum cli_status status;

	if (!cli_read_node(transfer->cli))
		return CLI_FAILED;
	status = cli_where_get(&transfer->where, transfer->cli, &places);
	if (status == CLI_DONE)
		status = find_and_transfer(transfer, &places);
	places_deinit(&places);
	return status;
}
