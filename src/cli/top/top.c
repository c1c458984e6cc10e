/* SPDX-License-Identifier: MIT */
/* msrctl top: what to show, and whether there is a terminal for it. */
#include <err.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/top/session.h"
#include "util/number.h"

/* Without a letter. */
enum { OPTION_ASCII = 1 << 9 };

/* Shorter ones would show how long reading takes. */
#define MIN_INTERVAL_S 0.05
#define MAX_INTERVAL_S 86400
/* As with msrctl stat. */
#define WAIT_MS 20000

struct top_request {
	struct cli *cli;
	struct cli_where where;
	struct session_wish wish;
};

static double parse_interval(const char *text, struct argp_state *state)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= MIN_INTERVAL_S && value <= MAX_INTERVAL_S))
		argp_error(state, "-i %s: %g to %d seconds, please", text, MIN_INTERVAL_S,
			MAX_INTERVAL_S);
	return value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct top_request *request = state->input;
	struct session_wish *wish = &request->wish;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'c':
		request->where.cpus = argument;
		return 0;
	case 'i':
		wish->stint.length_s = parse_interval(argument, state);
		return 0;
	case 'n':
		if (!number_parse(argument, UINT32_MAX, &wish->stint.count))
			argp_error(state, "-n %s is no number of intervals", argument);
		return 0;
	case 'g':
		wish->group = argument;
		return 0;
	case 'b':
		wish->is_batch = true;
		return 0;
	case OPTION_ASCII:
		wish->is_ascii = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: msrctl top runs no command; msrctl stat -- %s does",
			argument, argument);
		return EINVAL;
	case ARGP_KEY_END:
		if (request->cli->json)
			argp_error(state, "--json: screens are for people; msrctl stat --json "
					  "prints the figures");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"cpus", 'c', "CPUS", 0,
		"Only these CPUs and their sockets, such as 0-3,8, S0:0-3 (the first four of "
		"socket 0) or N1 (those of NUMA node 1); default is all that are online",
		0},
	{"interval", 'i', "SECONDS", 0, "Length of an interval (default: 1)", 0},
	{"count", 'n', "COUNT", 0, "End after so many intervals", 0},
	{"group", 'g', "GROUP", 0, "Measure this group of events as well: msrctl groups lists them",
		0},
	{"batch", 'b', NULL, 0,
		"Print screens as text, each as high as it takes; no terminal is needed", 0},
	{"ascii", OPTION_ASCII, NULL, 0, "Draw with ASCII (default: where the locale is not UTF-8)",
		0},
	{0},
};

const struct argp top_argp = {
	.options = options,
	.parser = parse,
	.doc = "Watch CPUs and sockets: the time that they are busy, clock, instructions, memory "
	       "bandwidth, watts, temperatures and C-states."
	       "\vExamples:\n"
	       "  msrctl top\n"
	       "  msrctl top -c S0 -i 0.5 -g l3\n"
	       "  msrctl top --batch -n 1                a screen to keep\n"
	       "\nKeys: q quits, h explains the others.\n"
	       "\nThe registers it needs are put back afterwards, whatever ends it. NO_COLOR in "
	       "the environment is for no colours.\n"
	       "\nThe exit status is 0, also after a signal; 1 when the daemon or the terminal is "
	       "gone or "
	       "something could not be put back.",
	.children = cli_options,
};

/* Characters that the terminal would not show as they are meant are not drawn. */
static bool needs_ascii(void)
{
	return !setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static bool has_terminal(const struct top_request *request)
{
	bool is_there = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (!is_there && !request->wish.is_batch)
		warnx("standard %s is no terminal: msrctl stat prints figures, msrctl top --batch "
		      "screens",
			isatty(STDOUT_FILENO) ? "input" : "output");
	return is_there || request->wish.is_batch;
}

int top_run(struct cli *cli, int argc, char **argv)
{
	struct top_request request = {
		.cli = cli, .wish.stint = {.length_s = 1, .wait_ms = WAIT_MS, .clock = -1}};
	struct stint *stint = &request.wish.stint;
	struct places cpus = {0};
	int status;

	argp_parse(&top_argp, argc, argv, 0, NULL, &request);
	if (!has_terminal(&request))
		return CLI_USAGE;
	if (needs_ascii())
		request.wish.is_ascii = true;
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	stint->all_sockets = !request.where.cpus || strcmp(request.where.cpus, "all") == 0;
	status = cli_where_get(&request.where, cli, &cpus);
	stint->clock = stint_open_clock(STINT_NODE_CLOCK);
	if (status == CLI_DONE)
		status = session_run(&request.wish, cli, &cpus);
	if (stint->clock >= 0)
		close(stint->clock);
	places_deinit(&cpus);
	return status;
}
