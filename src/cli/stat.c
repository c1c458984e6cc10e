/* SPDX-License-Identifier: MIT */
/* msrctl stat: what to measure, for how long, and where to put it. */
#include "cli/cli.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/measure.h"
#include "util/cleanup.h"
#include "util/number.h"

struct stat_request {
	struct cli *cli;
	struct cli_where where;
	struct measure measure;
	bool has_count;
	const char *output_path;
};

static double parse_positive(const char *text, const char *what, struct argp_state *state)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value > 0) || !(value < 1e9))
		argp_error(state, "%s is no %s", text, what);
	return value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct stat_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'c':
		request->where.cpus = argument;
		return 0;
	case 'i':
		request->measure.interval_s = parse_positive(argument, "number of seconds", state);
		return 0;
	case 'n':
		if (!number_parse(argument, UINT32_MAX, &request->measure.count))
			argp_error(state, "%s is no number of intervals", argument);
		request->has_count = true;
		return 0;
	case 'e':
		request->measure.expect_path = argument;
		return 0;
	case 't':
		request->measure.tolerance = parse_positive(argument, "percentage", state);
		return 0;
	case 'o':
		request->output_path = argument;
		return 0;
	case ARGP_KEY_ARGS:
		request->measure.command = state->argv + state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"cpus", 'c', "CPUS", 0, "Only these CPUs and their sockets (default: all that are online)",
		0},
	{"interval", 'i', "SECONDS", 0,
		"Length of an interval (default: 1, or as long as COMMAND runs)", 0},
	{"count", 'n', "COUNT", 0,
		"How many intervals (default: 1, or as long as COMMAND runs); 0: until Ctrl-C", 0},
	{"expect", 'e', "FILE", 0, "Put the figures of FILE beside the measured ones", 0},
	{"tolerance", 't', "PERCENT", 0, "With --expect, how far a figure may be off (default: 1)",
		0},
	{"output", 'o', "FILE", 0, "Write the tables to FILE, not between COMMAND's output", 0},
	{0},
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[-- COMMAND [ARGUMENT...]]",
	.doc = "Measure instructions, cycles and clock of each CPU, memory bandwidth and power of "
	       "each socket."
	       "\vExamples:\n"
	       "  msrctl stat\n"
	       "  msrctl stat -i 2 -n 5 -c 0-7\n"
	       "  msrctl stat -o figures.txt -- ./solver input.dat\n"
	       "  msrctl stat --json -n 0 | jq '.sockets[].package_watts'\n"
	       "  msrctl stat --expect /sys/devices/sim/workload\n"
	       "\nThe registers it needs are put back afterwards, also on Ctrl-C. Counters in use "
	       "are left to their users. Figures that a CPU or socket has not got are n/a. Each "
	       "interval is one JSON document.\n"
	       "\nThe exit status is 1 when something could not be measured or restored, when a "
	       "figure is further off than the tolerance, or when a signal came before the COUNT "
	       "was reached. COMMAND's own exit status is in the table and has no influence.",
	.children = cli_options,
};

static void read_expect(const char *path, struct expect *expect)
{
	cleanup_fclose FILE *file = fopen(path, "re");
	unsigned line;
	int r;

	if (!file)
		err(CLI_FAILED, "%s", path);
	r = expect_read(expect, file, &line);
	if (r == -EINVAL)
		errx(CLI_FAILED, "%s:%u: not a line such as \"cpu 0 cpi 0.8\"", path, line);
	if (r < 0)
		errx(CLI_FAILED, "%s: %s", path, strerror(-r));
}

static FILE *open_output(const char *path)
{
	FILE *out = path ? fopen(path, "we") : stdout;

	if (!out)
		err(CLI_FAILED, "%s", path);
	return out;
}

static void set_defaults(struct stat_request *request)
{
	if (!request->has_count)
		request->measure.count = request->measure.command ? 0 : 1;
	if (request->measure.interval_s == 0 && !request->measure.command)
		request->measure.interval_s = 1;
}

enum cli_status stat_run(struct cli *cli, int argc, char **argv)
{
	struct stat_request request = {.cli = cli, .measure.tolerance = 1};
	struct target_list cpus = {0};
	struct expect expect = {0};
	enum cli_status status;
	FILE *out;

	/* what follows COMMAND is COMMAND's */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &request);
	set_defaults(&request);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	cli_where_get(&request.where, cli, &cpus);
	if (request.measure.expect_path)
		read_expect(request.measure.expect_path, &expect);
	out = open_output(request.output_path);
	status = measure_run(&request.measure, cli, &cpus, &expect, out);
	if (out != stdout && fclose(out) != 0) {
		warn("%s", request.output_path);
		status = CLI_FAILED;
	}
	expect_deinit(&expect);
	target_list_deinit(&cpus);
	return status;
}
