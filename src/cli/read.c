/* SPDX-License-Identifier: MIT */
/* msrctl read: registers of CPUs or uncore units. */
#include "cli/cli.h"

#include "cli/reach.h"

struct read_request {
	struct cli *cli;
	struct cli_where where;
	char **registers;
	int n_registers;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct read_request *request = state->input;

	if (cli_where_parse(&request->where, key, argument))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARGS:
		request->registers = state->argv + state->next;
		request->n_registers = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which register?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {CLI_WHERE_OPTIONS, {0}};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "REGISTER...",
	.doc = "Read registers, by name (see msrctl list) or number."
	       "\vExamples:\n"
	       "  msrctl read 0x198                          on every CPU that is online\n"
	       "  msrctl read -c 0-3,8 IA32_PERF_STATUS\n"
	       "  msrctl read -c 0 0x606 0x611 --json | jq -r '.registers[].value'\n"
	       "  msrctl read -u imc0-3 0xf4                 box control, on every socket\n"
	       "  msrctl read -s 1 -u ha 0xa0 0xa4\n"
	       "\nA register that cannot be read shows \"-\" and is explained on standard error; "
	       "the others are read all the same, and the exit status is 1.",
	.children = cli_options,
};

/* 0, or the failure, which stands in the row. */
static int read_one(
	const struct cli *cli, struct msrd *msrd, const struct place *place, struct table *table)
{
	uint64_t value;
	int r = reach_read(msrd, place, &value);

	cli_access_row(cli, table, place);
	if (r == 0)
		cli_access_value(cli, table, place, value);
	else
		cli_access_error(cli, table, msrd);
	return r;
}

static enum cli_status read_all(const struct read_request *request, struct msrd *msrd,
	struct places *places, struct table *table)
{
	enum cli_status status = CLI_DONE;

	for (int i = 0; i < request->n_registers; i++) {
		cli_find_register(request->cli, places, request->registers[i]);
		for (size_t j = 0; j < places->n; j++) {
			int r = read_one(request->cli, msrd, &places->list[j], table);

			if (r != 0)
				status = CLI_FAILED;
			/* there will be no better answer from a lost daemon */
			if (r < 0)
				return status;
		}
	}
	return status;
}

static enum cli_status find_and_read(const struct read_request *request, struct places *places)
{
	cleanup_msrd struct msrd *msrd = NULL;
	cleanup_table struct table *table = NULL;
	enum cli_status status;

	/* a wrong name is told before anything is read */
	for (int i = 0; i < request->n_registers; i++)
		if (!cli_find_register(request->cli, places, request->registers[i]))
			return CLI_USAGE;
	msrd = cli_open(request->cli);
	if (!msrd)
		return CLI_FAILED;
	table = cli_access_table(request->cli, "registers", places->list[0].space);
	status = read_all(request, msrd, places, table);
	return cli_print(&table, 1, status);
}

int read_run(struct cli *cli, int argc, char **argv)
{
	struct read_request request = {.cli = cli};
	struct places places = {0};
	enum cli_status status;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	status = cli_where_get(&request.where, cli, &places);
	if (status == CLI_DONE)
		status = find_and_read(&request, &places);
	places_deinit(&places);
	return status;
}
