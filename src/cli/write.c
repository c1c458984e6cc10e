/* SPDX-License-Identifier: MIT */
/* msrctl write: one value into one register of CPUs or uncore units. */
#include "cli/transfer.h"
#include "util/number.h"

static error_t parse_arguments(struct transfer *transfer, struct argp_state *state)
{
	char **arguments = state->argv + state->next;

	if (state->argc - state->next != 2)
		argp_error(state, "which register, and which value?");
	else if (!number_parse(arguments[1], UINT64_MAX, &transfer->value))
		argp_error(state, "%s is no number such as 0x1f", arguments[1]);
	transfer->registers = arguments;
	transfer->n_registers = 1;
	return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct transfer *transfer = state->input;

	if (cli_where_parse(&transfer->where, key, argument))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = transfer->cli;
		return 0;
	case ARGP_KEY_NO_ARGS:
	case ARGP_KEY_ARGS:
		return parse_arguments(transfer, state);
	case ARGP_KEY_END:
		/* a write to everywhere has to be asked for */
		if (!transfer->where.cpus && !transfer->where.units)
			argp_error(state, "where? Say -c CPUS, or -u UNITS");
		else if (transfer->where.units && transfer->value > UINT32_MAX)
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

int write_run(struct cli *cli, int argc, char **argv)
{
	struct transfer transfer = {.cli = cli, .key = "written", .writes = true};

	argp_parse(&argp, argc, argv, 0, NULL, &transfer);
	return (int)transfer_run(&transfer);
}
