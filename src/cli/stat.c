/* SPDX-License-Identifier: MIT */
/* msrctl stat: what to measure, for how long, and where to put it. */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/counting.h"
#include "cli/intervals.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/number.h"

/* Without a letter, so that it is not mistaken for -n. */
enum {
	OPTION_NO_STATUS = 1 << 9,
	OPTION_WAIT,
	OPTION_EXPECT,
	OPTION_NO_ROTATE,
	OPTION_TURN,
	OPTION_PER
};

/* How long another measurement may take to program its counters; chosen, not tuned. */
#define WAIT_MS 20000

struct stat_request {
	struct cli *cli;
	struct cli_where where;
	struct stint stint;
	struct intervals intervals;
	struct counting counting;
	const char **events, **groups; /* lists, as they stand behind each -e and -g */
	size_t n_events, n_groups;
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

static unsigned to_ms(double seconds)
{
	return seconds < UINT_MAX / 1000 ? (unsigned)(1000 * seconds) : UINT_MAX;
}

static void add_list(const char ***lists, size_t *n, const char *list, struct argp_state *state)
{
	const char **grown = array_grow(*lists, *n, sizeof *grown);

	if (!grown) {
		argp_failure(state, CLI_FAILED, ENOMEM, "%s", list);
		return;
	}
	*lists = grown;
	grown[(*n)++] = list;
}

/* Are there events or groups to count, in place of the figures? */
static bool counts(const struct stat_request *request)
{
	return request->n_events + request->n_groups > 0;
}

/* In a list of words. */
#define LEVEL_NAME(level, name) " " name

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
		request->stint.length_s = parse_positive(argument, "number of seconds", state);
		return 0;
	case 'n':
		if (!number_parse(argument, UINT32_MAX, &request->stint.count))
			argp_error(state, "%s is no number of intervals", argument);
		request->has_count = true;
		return 0;
	case 'e':
		add_list(&request->events, &request->n_events, argument, state);
		return 0;
	case 'g':
		add_list(&request->groups, &request->n_groups, argument, state);
		return 0;
	case OPTION_EXPECT:
		request->intervals.expect_path = argument;
		return 0;
	case OPTION_NO_ROTATE:
		request->counting.no_rotate = true;
		return 0;
	case OPTION_TURN:
		request->counting.turn_s = parse_positive(argument, "number of seconds", state);
		return 0;
	case OPTION_PER:
		if (!sum_level_find(argument, &request->counting.show.level))
			argp_error(state, "--per %s: there are" SUM_LEVELS(LEVEL_NAME), argument);
		return 0;
	case 't':
		request->intervals.view.tolerance = parse_positive(argument, "percentage", state);
		return 0;
	case 'o':
		request->output_path = argument;
		return 0;
	case OPTION_WAIT:
		request->stint.wait_ms =
			to_ms(parse_positive(argument, "number of seconds", state));
		return 0;
	case OPTION_NO_STATUS:
		request->stint.no_status = true;
		return 0;
	case ARGP_KEY_ARGS:
		request->stint.command = state->argv + state->next;
		return 0;
	case ARGP_KEY_END:
		if (counts(request) && request->intervals.expect_path)
			argp_error(state,
				"--expect knows the figures that there are without -e and -g");
		if (!counts(request) && request->counting.show.level != SUM_DEFAULT)
			argp_error(state, "--per is for events: which ones, -e or -g?");
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
	{"interval", 'i', "SECONDS", 0,
		"Length of an interval (default: 1, or as long as COMMAND runs)", 0},
	{"count", 'n', "COUNT", 0,
		"How many intervals (default: 1, or as long as COMMAND runs); 0: until Ctrl-C", 0},
	{"event", 'e', "EVENT[,...]", 0,
		"Count these events instead; msrctl events lists them. May be given several times",
		0},
	{"group", 'g', "GROUP[,...]", 0,
		"Measure these groups of events: msrctl groups lists them. May be given several "
		"times, and with -e",
		0},
	{"per", OPTION_PER, "LEVEL", 0,
		"Add up events for each" SUM_LEVELS(
			LEVEL_NAME) " (default: those of CPUs by cpu, others by "
				    "socket)",
		0},
	{"no-rotate", OPTION_NO_ROTATE, NULL, 0,
		"Count all events all the time or none: where there are not enough counters, say "
		"which "
		"events collide",
		0},
	{"turn", OPTION_TURN, "SECONDS", 0,
		"Where events take turns at the counters, how long each turn is (default: 0.1)", 0},
	{"expect", OPTION_EXPECT, "FILE", 0, "Put the figures of FILE beside the measured ones", 0},
	{"tolerance", 't', "PERCENT", 0, "With --expect, how far a figure may be off (default: 1)",
		0},
	{"no-status", OPTION_NO_STATUS, NULL, 0, "Exit as the measurement went, not as COMMAND did",
		0},
	{"wait", OPTION_WAIT, "SECONDS", 0,
		"How long another measurement of yours may keep this one from programming its "
		"counters, or putting them back (default: 20)",
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
	       "  msrctl stat -e instructions:u,MEM_UOPS_RETIRED:ALL_LOADS -c 0-3\n"
	       "  msrctl stat -e UNC_M_CAS_COUNT:RD --per box\n"
	       "  msrctl stat -e imc/event=0x04,umask=0x0c/,RAPL_ENERGY_PKG -- ./solver input.dat\n"
	       "  msrctl stat -g memory,energy -i 0.5\n"
	       "  msrctl stat --expect /sys/devices/sim/workload\n"
	       "\nEvents are names of libpfm4's, with its unit masks, filters and modifiers (:u is "
	       "user, :k kernel), or raw: cpu/event=,umask=,cmask=,inv,edge,any/ and "
	       "UNIT/event=,umask=,thresh=,inv,edge,filter=/. Events of a unit count in every box "
	       "of it; UNIT0/.../ in one. Where there are more events than counters they take "
	       "turns: "
	       "TIME % says how long each was counted, and its count is what it would have been "
	       "all "
	       "the time.\n"
	       "\nThe registers it needs are put back afterwards, also on Ctrl-C; of several "
	       "measurements of yours the last one puts them back. Counters in use are left to "
	       "their users. Figures that a CPU or socket has not got are n/a, and the table says "
	       "why. Each interval is one JSON document.\n"
	       "\nFigures of --expect hold for every interval. Where FILE has phases, which follow "
	       "each other, each figure is compared with the average of the phases over the very "
	       "time between its two readings.\n"
	       "\nThe exit status is COMMAND's own, or 128 plus the signal that killed it, or 127 "
	       "or "
	       "126 when it is not found or cannot be run. Else, or with --no-status, it is 1 when "
	       "something could not be measured or restored, when a figure is further off than the "
	       "tolerance, or when a signal came before the COUNT was reached.",
	.children = cli_options,
};

/* False after a message. */
static bool read_expected(const char *path, struct expected *expected)
{
	cleanup_fclose FILE *file = fopen(path, "re");
	unsigned line;
	int r;

	if (!file) {
		warn("%s", path);
		return false;
	}
	r = expected_read(expected, file, &line);
	if (r == -EINVAL)
		warnx("%s:%u: not a line such as \"cpu 0 cycles_per_second 2.7e9\"", path, line);
	else if (r < 0)
		warnx("%s: %s", path, strerror(-r));
	return r == 0;
}

static void set_defaults(struct stat_request *request)
{
	struct stint *stint = &request->stint;

	if (!request->has_count)
		stint->count = stint->command ? 0 : 1;
	if (stint->length_s == 0 && !stint->command)
		stint->length_s = 1;
	stint->all_sockets = !request->where.cpus || strcmp(request->where.cpus, "all") == 0;
	request->intervals.view.json = request->cli->json;
	request->counting.show.json = request->cli->json;
	request->intervals.stint = request->counting.stint = stint;
}

static int measure(const struct stat_request *request, const struct places *cpus)
{
	FILE *out = request->output_path ? fopen(request->output_path, "we") : stdout;
	int status;

	if (!out) {
		warn("%s", request->output_path);
		return CLI_FAILED;
	}
	status = counts(request) ? counting_run(&request->counting, request->cli, cpus, out)
				 : intervals_run(&request->intervals, request->cli, cpus, out);
	if (out != stdout && fclose(out) != 0) {
		warn("%s", request->output_path);
		status = status ? status : CLI_FAILED;
	}
	return status;
}

static int count(struct stat_request *request, const struct places *cpus)
{
	struct counting *counting = &request->counting;
	int status = CLI_DONE;

	for (size_t i = 0; status == CLI_DONE && i < request->n_events; i++)
		if (!counting_add(counting, request->cli->node.arch, request->events[i]))
			status = CLI_USAGE;
	for (size_t i = 0; status == CLI_DONE && i < request->n_groups; i++)
		if (!counting_add_groups(counting, request->cli->node.arch, request->groups[i]))
			status = CLI_USAGE;
	request->stint.clock = stint_open_clock(STINT_NODE_CLOCK);
	if (status == CLI_DONE)
		status = measure(request, cpus);
	if (request->stint.clock >= 0)
		close(request->stint.clock);
	counting_deinit(counting);
	return status;
}

static int measure_and_compare(struct stat_request *request, const struct places *cpus)
{
	struct expected expected = {0};
	const char *path = request->intervals.expect_path;
	int status = CLI_FAILED;

	request->stint.clock = -1;
	if (path && read_expected(path, &expected)) {
		request->intervals.view.expected = &expected;
		/* a clock that is ours need not be read through a file */
		if (!expected.has_started)
			request->stint.clock = stint_open_clock(path);
	}
	if (!path || request->intervals.view.expected)
		status = measure(request, cpus);
	if (request->stint.clock >= 0)
		close(request->stint.clock);
	request->intervals.view.expected = NULL;
	expected_deinit(&expected);
	return status;
}

int stat_run(struct cli *cli, int argc, char **argv)
{
	struct stat_request request = {.cli = cli,
		.stint = {.wait_ms = WAIT_MS, .clock = -1},
		.intervals = {.view.tolerance = 1},
		.counting = {.turn_s = 0.1, .show.level = SUM_DEFAULT}};
	struct places cpus = {0};
	int status;

	/* what follows COMMAND is COMMAND's */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &request);
	set_defaults(&request);
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	status = cli_where_get(&request.where, cli, &cpus);
	if (status == CLI_DONE)
		status = counts(&request) ? count(&request, &cpus)
					  : measure_and_compare(&request, &cpus);
	free(request.events);
	free(request.groups);
	places_deinit(&cpus);
	return status;
}
