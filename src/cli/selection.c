/* SPDX-License-Identifier: MIT */
/* Which registers, which bits of them, and how they are written. Reads none. */
#include "cli/selection.h"

#include <err.h>
#include <errno.h>

#include "cli/fields.h"
#include "util/array.h"

error_t selection_parse(
	struct selection *selection, int key, char *argument, struct argp_state *state)
{
	if (cli_where_parse(&selection->where, key, argument))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = selection->cli;
		return 0;
	case 'f':
		selection->field = argument;
		return 0;
	case 'd':
		selection->base = BASE_DECIMAL;
		return 0;
	case 'o':
		selection->base = BASE_OCTAL;
		return 0;
	case ARGP_KEY_ARGS:
		selection->registers = state->argv + state->next;
		selection->n_registers = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which register?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool add(
	const struct selection *selection, const struct place *place, struct accesses *accesses)
{
	char error[FIELDS_ERROR_SIZE];
	struct arch_bits bits;

	if (selection->field &&
		!fields_find(selection->cli->node.arch, place, selection->field, &bits, error)) {
		warnx("-f %s", error);
		return false;
	}
	if (accesses_add(accesses, OP_READ, place, 0) < 0)
		errx(CLI_FAILED, "out of memory");
	return true;
}

static enum cli_status add_all(
	const struct selection *selection, struct places *places, struct accesses *accesses)
{
	for (int i = 0; i < selection->n_registers; i++) {
		if (!cli_find_register(selection->cli, places, selection->registers[i]))
			return CLI_USAGE;
		for (size_t j = 0; j < places->n; j++)
			if (!add(selection, &places->list[j], accesses))
				return CLI_USAGE;
	}
	return CLI_DONE;
}

enum cli_status selection_add(const struct selection *selection, struct accesses *accesses)
{
	struct places places = {0};
	enum cli_status status = cli_where_get(&selection->where, selection->cli, &places);

	if (status == CLI_DONE)
		status = add_all(selection, &places, accesses);
	places_deinit(&places);
	return status;
}

struct arch_bits selection_bits(const struct selection *selection, const struct place *place)
{
	struct arch_bits bits = {.high = (uint8_t)(placed_bits(place) - 1)};
	char error[FIELDS_ERROR_SIZE];

	/* they have been looked at before */
	if (selection->field)
		fields_find(selection->cli->node.arch, place, selection->field, &bits, error);
	return bits;
}

static const struct table_column bits_columns[] = {
	{"BITS", "bits", false},
	{"FIELD", "field", false},
};
#define N_BITS_COLUMNS N_ELEMENTS(bits_columns)
/* Chosen, not tuned. */
#define MAX_MORE 8

struct placed selection_table(const struct selection *selection, const struct accesses *accesses,
	size_t n, const char *key, const struct table_column *more, size_t n_more)
{
	struct table_column columns[N_BITS_COLUMNS + MAX_MORE];
	size_t n_columns = 0;

	for (size_t i = 0; selection->field && i < N_BITS_COLUMNS; i++)
		columns[n_columns++] = bits_columns[i];
	for (size_t i = 0; i < n_more && i < MAX_MORE; i++)
		columns[n_columns++] = more[i];
	return placed_new(key, selection->cli->node.arch, accesses->list, n, columns, n_columns,
		selection->cli->json);
}

void selection_row(
	const struct selection *selection, struct placed *placed, const struct place *place)
{
	const struct arch_bits bits = selection_bits(selection, place);
	char text[FIELDS_BITS_SIZE];

	placed_row(placed, place);
	if (!selection->field)
		return;
	table_cell(placed->table, "%s", fields_bits(&bits, text));
	if (bits.name)
		table_cell(placed->table, "%s", bits.name);
	else
		table_no_cell(placed->table);
}
