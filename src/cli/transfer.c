/* SPDX-License-Identifier: MIT */
/* What read and write have in common: registers of places, one a row of a table. */
#include "cli/transfer.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>

#include "cli/reach.h"
#include "cli/refused.h"
#include "cli/registers.h"
#include "util/array.h"
#include "util/cleanup.h"

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

/* How one access ended. */
struct outcome {
	struct place place;
	int result;	 /* as in msrd.h */
	unsigned reason; /* where it is not 0 */
	uint64_t value;
	char text[MSRD_ERROR_SIZE]; /* where it is not 0 */
};

/* The daemon's own word; where there is none, doctor may know. */
static const char *find_hint(const struct outcome *outcome)
{
	return outcome->reason == MSRD_REASON_NONE ? cli_hint(outcome->result) : "";
}

static void end_with_error(
	const struct cli *cli, struct table *table, const struct outcome *outcome)
{
	warnx("%s%s", outcome->text, find_hint(outcome));
	table_no_cell(table);
	if (cli->json) {
		table_cell(table, "%s", outcome->text);
		end_with_reason(table, outcome->reason);
	}
}

static void add_row(const struct transfer *transfer, struct msrd *msrd,
	const struct outcome *outcome, struct table *table)
{
	begin_row(transfer->cli, table, &outcome->place);
	if (outcome->result == 0)
		end_with_value(transfer->cli, table, &outcome->place, outcome->value);
	else
		end_with_error(transfer->cli, table, outcome);
	if (outcome->result == MSRD_REFUSED && transfer->writes)
		refused_explain(transfer->cli->node.arch, msrd, &outcome->place, transfer->value);
}

/* All registers of all places, the places of a register together. NULL: out of memory. */
static struct place *list_all(const struct transfer *transfer, struct places *places)
{
	struct place *all = calloc((size_t)transfer->n_registers, places->n * sizeof *all),
		     *next = all;

	for (int i = 0; all && i < transfer->n_registers; i++) {
		cli_find_register(transfer->cli, places, transfer->registers[i]);
		for (size_t j = 0; j < places->n; j++)
			*next++ = places->list[j];
	}
	return all;
}

/* NULL: all says why. */
static struct msrd_batch *make_batch(const struct transfer *transfer, struct msrd *msrd,
	const struct place *all, size_t n, int *r)
{
	cleanup_free struct msrd_op *ops = calloc(n, sizeof *ops);
	struct msrd_batch *batch = NULL;

	*r = -ENOMEM;
	for (size_t i = 0; ops && i < n; i++)
		ops[i] = reach_op(transfer->writes ? OP_WRITE : OP_READ, &all[i], transfer->value);
	if (ops)
		*r = msrd_prepare(msrd, &batch, ops, n, MSRD_EACH);
	return batch;
}

/* Of operation i; lost is how the batch ended if it did not come to its end. */
static struct outcome get_outcome(struct msrd *msrd, const struct msrd_batch *batch,
	const struct place *place, size_t i, int lost)
{
	const struct msrd_op *op = batch ? &msrd_batch_ops(batch, NULL)[i] : NULL;
	struct outcome outcome = {.place = *place};

	if (!op || (lost < 0 && op->status == MSRD_SKIPPED)) {
		outcome.result = lost;
		outcome.reason = msrd_reason(msrd);
		msrd_error(msrd, outcome.text, sizeof outcome.text);
		return outcome;
	}
	outcome.result = op->status;
	outcome.reason = op->reason;
	outcome.value = op->value;
	msrd_batch_error(batch, i, outcome.text, sizeof outcome.text);
	return outcome;
}

static enum cli_status transfer_all(const struct transfer *transfer, struct msrd *msrd,
	struct places *places, struct table *table, int *unexplained)
{
	cleanup_free struct place *all = list_all(transfer, places);
	size_t n = (size_t)transfer->n_registers * places->n;
	enum cli_status status = CLI_DONE;
	int r = 0;

	if (!all)
		errx(CLI_FAILED, "out of memory");
	struct msrd_batch *batch = make_batch(transfer, msrd, all, n, &r);

	if (batch)
		r = msrd_run(batch);
	for (size_t i = 0; i < n; i++) {
		const struct outcome outcome = get_outcome(msrd, batch, &all[i], i, r);

		add_row(transfer, msrd, &outcome, table);
		if (outcome.result != 0)
			status = CLI_FAILED;
		if (outcome.result != 0 && *find_hint(&outcome))
			*unexplained = outcome.result;
		/* there will be no better answer from a lost daemon */
		if (outcome.result < 0)
			break;
	}
	msrd_batch_free(batch);
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
