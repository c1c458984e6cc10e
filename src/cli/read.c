/* SPDX-License-Identifier: MIT */
/* msrctl read: registers of CPUs or uncore units. */
#include "cli/transfer.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct transfer *transfer = state->input;

	if (cli_where_parse(&transfer->where, key, argument))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = transfer->cli;
		return 0;
	case ARGP_KEY_ARGS:
		transfer->registers = state->argv + state->next;
		transfer->n_registers = state->argc - state->next;
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

int read_run(struct cli *cli, int argc, char **argv)
{
	struct transfer transfer = {.cli = cli, .key = "registers"};

	argp_parse(&argp, argc, argv, 0, NULL, &transfer);
	return (int)transfer_run(&transfer);
}
