/* SPDX-License-Identifier: MIT */
/* msrctl read: registers of CPUs or uncore units, whole, in part, or explained. */
#include <err.h>
#include <errno.h>

#include "cli/decode.h"
#include "cli/ended.h"
#include "cli/selection.h"
#include "util/array.h"

struct read_request {
	struct selection selection;
	bool decodes, is_raw;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct read_request *request = state->input;
	const struct selection *selection = &request->selection;

	switch (key) {
	case 'x':
		request->decodes = true;
		return 0;
	case 'r':
		request->is_raw = true;
		return 0;
	case ARGP_KEY_END:
		if (request->is_raw &&
			(request->decodes || selection->cli->json || selection->base != BASE_HEX))
			argp_error(
				state, "--raw is bytes: it goes with none of -x, -d, -o, --json");
		return 0;
	default:
		return selection_parse(&request->selection, key, argument, state);
	}
}

static const struct argp_option options[] = {
	SELECTION_OPTIONS,
	{"decode", 'x', NULL, 0, "Show each field of the registers, and what it means", 1},
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

static const struct table_column columns[] = {{"VALUE", "value", false}, ENDED_COLUMNS};

/* False: there will be no better answer from a lost daemon. */
static bool add_row(const struct read_request *request, struct placed *placed,
	const struct accesses *accesses, size_t i, struct ended *ended)
{
	const struct op *op = &accesses->list[i];
	const struct arch_bits bits = selection_bits(&request->selection, &op->place);
	int r = accesses_result(accesses, i);

	selection_row(&request->selection, placed, &op->place);
	if (r == 0) {
		placed_value(placed, request->selection.base, bits.high - bits.low + 1u,
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
	size_t left_out = ended->cli->json ? 0 : ENDED_N;
	struct placed placed = selection_table(&request->selection, accesses, n, "registers",
		columns, N_ELEMENTS(columns) - left_out);

	for (size_t i = 0; i < n; i++)
		if (!add_row(request, &placed, accesses, i, ended))
			break;
	return placed.table;
}

static enum cli_status print_raw(
	const struct read_request *request, const struct accesses *accesses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct op *op = &accesses->list[i];
		const struct arch_bits bits = selection_bits(&request->selection, &op->place);
		uint64_t value = arch_bits_get(&bits, op->value);

		for (unsigned shift = 0; shift < placed_bits(&op->place); shift += 8)
			putchar((int)(value >> shift & 0xff));
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return CLI_DONE;
	warn("cannot print");
	return CLI_FAILED;
}

static enum cli_status show(
	const struct read_request *request, const struct accesses *accesses, size_t n)
{
	const struct selection *selection = &request->selection;
	struct ended ended = {.cli = selection->cli};
	struct table *tables[] = {make_table(request, accesses, n, &ended), NULL};
	size_t n_tables = 1;
	enum cli_status status;

	if (request->decodes)
		tables[n_tables++] = decode_table(
			selection->cli, accesses, n, selection->field, selection->base);
	ended_explain(&ended);
	if (!request->is_raw)
		status = cli_print(tables, n_tables, ended.status);
	else
		status = ended.status == CLI_DONE ? print_raw(request, accesses, n) : CLI_FAILED;
	for (size_t i = 0; i < n_tables; i++)
		table_free(tables[i]);
	return status;
}

int read_run(struct cli *cli, int argc, char **argv)
{
	struct read_request request = {.selection.cli = cli};
	cleanup_msrd struct msrd *msrd = NULL;
	cleanup_accesses struct accesses accesses = {0};
	enum cli_status status;
	size_t n;

	argp_parse(&read_argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	/* a wrong name is told before anything is done */
	status = selection_add(&request.selection, &accesses);
	if (status != CLI_DONE)
		return (int)status;
	n = accesses.n;
	if (request.decodes && decode_add_units(&accesses, cli->node.arch) < 0)
		errx(CLI_FAILED, "out of memory");
	msrd = cli_open(cli);
	if (!msrd)
		return CLI_FAILED;
	accesses_run(&accesses, msrd, MSRD_EACH);
	return (int)show(&request, &accesses, n);
}
