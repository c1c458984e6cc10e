/* SPDX-License-Identifier: MIT */
/* msrctl read: registers of CPUs or uncore units, whole, in part, or explained. */
#include <err.h>
#include <errno.h>
#include <string.h>

#include "cli/accesses.h"
#include "cli/cli.h"
#include "cli/decode.h"
#include "cli/ended.h"
#include "cli/fields.h"
#include "cli/placed.h"
#include "util/array.h"

struct read_request {
	struct cli *cli;
	struct cli_where where;
	char **registers; /* names or numbers */
	int n_registers;
	const char *field; /* NULL: whole registers */
	bool decodes, is_raw;
	enum base base;
};

static error_t parse_format(struct read_request *request, int key)
{
	switch (key) {
	case 'x':
		request->decodes = true;
		return 0;
	case 'd':
		request->base = BASE_DECIMAL;
		return 0;
	case 'o':
		request->base = BASE_OCTAL;
		return 0;
	case 'r':
		request->is_raw = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct read_request *request = state->input;

	if (cli_where_parse(&request->where, key, argument))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'f':
		request->field = argument;
		return 0;
	case ARGP_KEY_ARGS:
		request->registers = state->argv + state->next;
		request->n_registers = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which register?");
		return EINVAL;
	case ARGP_KEY_END:
		if (request->is_raw &&
			(request->decodes || request->cli->json || request->base != BASE_HEX))
			argp_error(
				state, "--raw is bytes: it goes with none of -x, -d, -o, --json");
		return 0;
	default:
		return parse_format(request, key);
	}
}

static const struct argp_option options[] = {
	CLI_WHERE_OPTIONS,
	{"field", 'f', "BITS", 0,
		"Only these bits, as HIGH:LOW (15:8), one (22), or the name of a field", 1},
	{"decode", 'x', NULL, 0, "Show each field of the registers, and what it means", 1},
	{"decimal", 'd', NULL, 0, "Print values in decimal", 1},
	{"octal", 'o', NULL, 0, "Print values in octal", 1},
	{"raw", 'r', NULL, 0,
		"Write values as bytes, the lowest first: 8 of an MSR, 4 of a PCI register", 1},
	{0},
};

const struct argp read_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "REGISTER...",
	.doc = "Read registers, by name (see msrctl list) or number."
	       "\vExamples:\n"
	       "  msrctl read 0x198                          on every CPU that is online\n"
	       "  msrctl read -c 0-3,8 IA32_PERF_STATUS\n"
	       "  msrctl read -c 0 -x MSR_PKG_POWER_LIMIT    what does it say, in watts?\n"
	       "  msrctl read -c 0 -d -f 22:16 IA32_THERM_STATUS\n"
	       "  msrctl read -f EVENT IA32_PERFEVTSEL0\n"
	       "  msrctl read -c 0 --raw 0x10 | od -t u8\n"
	       "  msrctl read -c 0 0x606 0x611 --json | jq -r '.registers[].value'\n"
	       "  msrctl read -u imc0-3 0xf4                 box control, on every socket\n"
	       "  msrctl read -s 1 -u ha 0xa0 0xa4\n"
	       "\nA register that cannot be read shows \"-\" and is explained on standard error; "
	       "the others are read all the same, and the exit status is 1. With --raw nothing is "
	       "written then.",
	.children = cli_options,
};

static const struct table_column field_columns[] = {
	{"BITS", "bits", false},
	{"FIELD", "field", false},
	{"VALUE", "value", false},
	ENDED_COLUMNS,
};
/* Before the value. */
#define N_FIELD_COLUMNS 2

/* Each register at each place, the places of a register together. */
static enum cli_status add_all(
	const struct read_request *request, struct places *places, struct accesses *accesses)
{
	char error[FIELDS_ERROR_SIZE];
	struct arch_bits bits;

	for (int i = 0; i < request->n_registers; i++) {
		if (!cli_find_register(request->cli, places, request->registers[i]))
			return CLI_USAGE;
		for (size_t j = 0; j < places->n; j++) {
			const struct place *place = &places->list[j];

			if (request->field && !fields_find(request->cli->node.arch, place,
						      request->field, &bits, error)) {
				warnx("-f %s", error);
				return CLI_USAGE;
			}
			if (accesses_add(accesses, OP_READ, place, 0) < 0)
				errx(CLI_FAILED, "out of memory");
		}
	}
	return CLI_DONE;
}

/* A row up to its value; the bits that it is about. */
static struct arch_bits begin_row(
	const struct read_request *request, struct placed *placed, const struct place *place)
{
	struct arch_bits bits = {.high = (uint8_t)(placed_bits(place) - 1)};
	char text[FIELDS_ERROR_SIZE];

	placed_row(placed, place);
	if (!request->field)
		return bits;
	fields_find(request->cli->node.arch, place, request->field, &bits, text);
	table_cell(placed->table, "%s", fields_bits(&bits, text));
	if (bits.name)
		table_cell(placed->table, "%s", bits.name);
	else
		table_no_cell(placed->table);
	return bits;
}

/* False: there will be no better answer from a lost daemon. */
static bool add_row(const struct read_request *request, struct placed *placed,
	const struct accesses *accesses, size_t i, struct ended *ended)
{
	const struct op *op = &accesses->list[i];
	const struct arch_bits bits = begin_row(request, placed, &op->place);
	int r = accesses_result(accesses, i);

	if (r == 0) {
		placed_value(placed, request->base, bits.high - bits.low + 1u,
			arch_bits_get(&bits, op->value));
		ended_well(ended, placed);
		return true;
	}
	const struct outcome outcome = accesses_outcome(accesses, i);

	ended_badly(ended, placed, &outcome);
	return r >= 0;
}

static struct table *make_table(const struct read_request *request, const struct accesses *accesses,
	size_t n, struct ended *ended)
{
	size_t skipped = request->field ? 0 : N_FIELD_COLUMNS;
	size_t left_out = request->cli->json ? 0 : ENDED_N;
	struct placed placed = placed_new("registers", request->cli->node.arch, accesses->list, n,
		field_columns + skipped, N_ELEMENTS(field_columns) - skipped - left_out,
		request->cli->json);

	for (size_t i = 0; i < n; i++)
		if (!add_row(request, &placed, accesses, i, ended))
			break;
	return placed.table;
}

static enum cli_status print_raw(
	const struct read_request *request, const struct accesses *accesses, size_t n)
{
	char text[FIELDS_ERROR_SIZE];

	for (size_t i = 0; i < n; i++) {
		const struct op *op = &accesses->list[i];
		struct arch_bits bits = {.high = (uint8_t)(placed_bits(&op->place) - 1)};
		uint64_t value;

		if (request->field)
			fields_find(
				request->cli->node.arch, &op->place, request->field, &bits, text);
		value = arch_bits_get(&bits, op->value);
		for (unsigned shift = 0; shift < placed_bits(&op->place); shift += 8)
			putchar((int)(value >> shift & 0xff));
	}
	if (fflush(stdout) == 0)
		return CLI_DONE;
	warn("cannot print");
	return CLI_FAILED;
}

static enum cli_status show(
	const struct read_request *request, const struct accesses *accesses, size_t n)
{
	struct ended ended = {.cli = request->cli};
	struct table *tables[] = {make_table(request, accesses, n, &ended), NULL};
	size_t n_tables = 1;
	enum cli_status status;

	if (request->decodes)
		tables[n_tables++] =
			decode_table(request->cli, accesses, n, request->field, request->base);
	ended_explain(&ended);
	if (request->is_raw && ended.status == CLI_DONE)
		status = print_raw(request, accesses, n);
	else if (request->is_raw)
		status = ended.status;
	else
		status = cli_print(tables, n_tables, ended.status);
	for (size_t i = 0; i < n_tables; i++)
		table_free(tables[i]);
	return status;
}

static enum cli_status read_all(const struct read_request *request, struct places *places)
{
	cleanup_msrd struct msrd *msrd = NULL;
	cleanup_accesses struct accesses accesses = {0};
	/* a wrong name is told before anything is done */
	enum cli_status status = add_all(request, places, &accesses);
	size_t n = accesses.n;

	if (status != CLI_DONE)
		return status;
	if (request->decodes && decode_add_units(&accesses, request->cli->node.arch) < 0)
		errx(CLI_FAILED, "out of memory");
	msrd = cli_open(request->cli);
	if (!msrd)
		return CLI_FAILED;
	accesses_run(&accesses, msrd, MSRD_EACH);
	return show(request, &accesses, n);
}

int read_run(struct cli *cli, int argc, char **argv)
{
	struct read_request request = {.cli = cli};
	struct places places = {0};
	enum cli_status status;

	argp_parse(&read_argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	status = cli_where_get(&request.where, cli, &places);
	if (status == CLI_DONE)
		status = read_all(&request, &places);
	places_deinit(&places);
	return (int)status;
}
