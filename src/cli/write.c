/* SPDX-License-Identifier: MIT */
/* msrctl write: one value into one register of CPUs or uncore units. */
#include "cli/cli.h"

#include "cli/reach.h"
#include "util/number.h"

struct write_request {
	struct cli *cli;
	struct cli_where where;
	const char *reg;
	uint64_t value;
};

static error_t parse_argument(
	struct write_request *request, char *argument, struct argp_state *state)
{
	switch (state->arg_num) {
	case 0:
		request->reg = argument;
		return 0;
	case 1:
		if (!number_parse(argument, UINT64_MAX, &request->value))
			argp_error(state, "%s is no number such as 0x1f", argument);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct write_request *request = state->input;

	if (cli_where_parse(&request->where, key, argument))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARG:
		return parse_argument(request, argument, state);
	case ARGP_KEY_END:
		if (state->arg_num != 2)
			argp_error(state, "which register, and which value?");
		/* a write to everywhere has to be asked for */
		else if (!request->where.cpus && !request->where.units)
			argp_error(state, "where? Say -c CPUS, or -u UNITS");
		else if (request->where.units && request->value > UINT32_MAX)
			argp_error(state, "a PCI register has only 32 bits");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {CLI_WHERE_OPTIONS, {0}};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "REGISTER VALUE",
	.doc = "Write a value to a register, by name (see msrctl list) or number."
	       "\vExamples:\n"
	       "  msrctl write -c 0-7 IA32_PERF_GLOBAL_CTRL 0x700000000\n"
	       "  msrctl write -c 3 0x38d 0x333\n"
	       "  msrctl write -s 0 -u imc0-3 0xd8 0x400304\n"
	       "\nThe daemon refuses a write that would change a bit outside the mask of the "
	       "allowlist. The registers stay as they are written. Writes that fail are explained "
	       "on standard error; the others are done all the same, and the exit status is 1.",
	.children = cli_options,
};

static enum cli_status write_all(const struct write_request *request, struct msrd *msrd,
	const struct places *places, struct table *table)
{
	enum cli_status status = CLI_DONE;

	for (size_t i = 0; i < places->n; i++) {
		const struct place *place = &places->list[i];
		int r = reach_write(msrd, place, request->value);

		cli_access_row(request->cli, table, place);
		if (r == 0) {
			cli_access_value(request->cli, table, place, request->value);
			continue;
		}
		cli_access_error(request->cli, table, msrd);
		status = CLI_FAILED;
		if (r < 0)
			break;
	}
	return status;
}

static enum cli_status find_and_write(const struct write_request *request, struct places *places)
{
	cleanup_msrd struct msrd *msrd = NULL;
	cleanup_table struct table *table = NULL;
	enum cli_status status;

	if (!cli_find_register(request->cli, places, request->reg))
		return CLI_USAGE;
	msrd = cli_open(request->cli);
	if (!msrd)
		return CLI_FAILED;
	table = cli_access_table(request->cli, "written", places->list[0].space);
	status = write_all(request, msrd, places, table);
	return cli_print(&table, 1, status);
}

int write_run(struct cli *cli, int argc, char **argv)
{
	struct write_request request = {.cli = cli};
	struct places places = {0};
	enum cli_status status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	status = cli_where_get(&request.where, cli, &places);
	if (status == CLI_DONE)
		status = find_and_write(&request, &places);
	places_deinit(&places);
	return status;
}
