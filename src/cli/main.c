/* SPDX-License-Identifier: MIT */
/* msrctl: the command line over libmsrd. Finds the command; each has a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "util/array.h"
#include "util/cleanup.h"

const struct command cli_commands[] = {
	{"info", "the machine, and what of it is accessible", info_run, &info_argp},
	{"list", "registers by name, and what the policy allows", list_run, &list_argp},
	{"read", "read registers", read_run, &read_argp},
	{"watch", "read registers again and again, with what has changed", watch_run, &watch_argp},
	{"write", "write registers", write_run, &write_argp},
	{"reset", "switch off all that a killed tool has left counting", reset_run, &reset_argp},
	{"dump", "registers that can be written, as a text", dump_run, &dump_argp},
	{"restore", "put registers back as a dump has them", restore_run, &restore_argp},
	{"lock", "whose turn it is: give the counters to one user", lock_run, &lock_argp},
	{"policy", "who may do what, and by which line of which file", policy_run, &policy_argp},
	{"stat", "measure cycles, memory bandwidth and power, or any event", stat_run, &stat_argp},
	{"plot", "pictures of what stat has measured", plot_run, &plot_argp},
	{"merge", "what stat has measured on many nodes, together", merge_run, &merge_argp},
	{"top", "watch CPUs and sockets on a terminal", top_run, &top_argp},
	{"export", "serve what registers count to Prometheus", export_run, &export_argp},
	{"events", "what msrctl stat -e can count, and by which counters", events_run,
		&events_argp},
	{"groups", "groups of events, and what is computed of them", groups_run, &groups_argp},
	{"region", "marks of a script, for msrctl stat --regions", region_run, &region_argp},
	{"record", "this machine as a fixture for fuse-msr", record_run, &record_argp},
	{"completions", "what a shell needs to complete command lines", completions_run,
		&completions_argp},
	{"doctor", "why registers can't be reached, and what cures it", doctor_run, &doctor_argp},
};
const size_t cli_n_commands = N_ELEMENTS(cli_commands);

struct main_request {
	struct cli *cli;
	const struct command *command;
	char **argv; /* of the command, argv[0] is its name */
	int argc;
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < cli_n_commands; i++)
		if (strcmp(cli_commands[i].name, name) == 0)
			return &cli_commands[i];
	return NULL;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct main_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARG:
		request->command = find_command(argument);
		if (!request->command)
			argp_error(state, "there is no command %s", argument);
		/* the rest is the command's */
		request->argv = state->argv + state->next - 1;
		request->argc = state->argc - state->next + 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which command?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The list of commands stands in the help, from the table. */
static char *add_commands(int key, const char *text, void *input)
{
	char *help = NULL;
	size_t size;
	FILE *stream;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	stream = open_memstream(&help, &size);
	if (!stream)
		return (char *)text;
	fputs("Commands (each has its own --help):\n", stream);
	for (size_t i = 0; i < cli_n_commands; i++)
		fprintf(stream, "  %-11s %s\n", cli_commands[i].name, cli_commands[i].summary);
	fprintf(stream, "\n%s", text);
	return fclose(stream) == 0 ? help : (char *)text;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "COMMAND [ARGUMENT...]",
	.doc = "Read and write model-specific registers and uncore PCI registers without "
	       "privileges, as far as the allowlists of the access daemon go."
	       "\vExamples:\n"
	       "  msrctl info                             what machine is this, what can I reach?\n"
	       "  msrctl list 'IA32_*'                    which registers may I use?\n"
	       "  msrctl read -c 0-3 IA32_PERF_STATUS\n"
	       "  msrctl stat -i 2 -- ./solver input.dat  what does my program do?\n"
	       "  msrctl doctor                           why can't I reach them?\n"
	       "\nThe exit status is 0; 1 when something was refused or failed, 2 for wrong usage.",
	.children = cli_options,
	.help_filter = add_commands,
};

int main(int argc, char **argv)
{
	struct cli cli = {0};
	struct main_request request = {.cli = &cli};
	cleanup_free char *name = NULL;
	int status;

	argp_program_version = "msrctl " MSRD_VERSION;
	argp_err_exit_status = CLI_USAGE;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &request);
	/* what --help and error messages call it */
	if (asprintf(&name, "msrctl %s", request.command->name) < 0) {
		name = NULL;
		return CLI_FAILED;
	}
	request.argv[0] = name;
	status = request.command->run(&cli, request.argc, request.argv);
	node_deinit(&cli.node);
	return status;
}
