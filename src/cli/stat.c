/* SPDX-License-Identifier: MIT */
/* msrctl stat: what to measure, for how long, and where to put it. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/stat_ranks.h"
#include "util/array.h"
#include "util/number.h"

/* Without a letter, so that it is not mistaken for -n. */
enum {
	OPTION_NO_STATUS = 1 << 9,
	OPTION_WAIT,
	OPTION_EXPECT,
	OPTION_NO_ROTATE,
	OPTION_TURN,
	OPTION_PER,
	OPTION_FORMAT,
	OPTION_COLUMNS,
	OPTION_COLOR,
	OPTION_RAW,
	OPTION_APPEND,
	OPTION_DELAY,
	OPTION_TIMEOUT,
	OPTION_PLOT,
	OPTION_REGIONS,
	OPTION_RANKS
};

/* How long another measurement may take to program its counters; chosen, not tuned. */
#define WAIT_MS 20000

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

/* In a list of words. */
#define LEVEL_NAME(level, name) " " name

/* Options that are about how it is written. */
static error_t parse_output(int key, char *argument, struct argp_state *state)
{
	struct stat_request *request = state->input;

	switch (key) {
	case 'o':
		request->output.path = argument;
		return 0;
	case OPTION_FORMAT:
		if (!output_find_format(argument, &request->output.format))
			argp_error(state, "--format %s: there are" OUTPUT_FORMATS(LEVEL_NAME),
				argument);
		request->has_format = true;
		return 0;
	case OPTION_COLUMNS:
		request->columns = argument;
		return 0;
	case OPTION_COLOR:
		if (!terminal_find_color(argument, &request->color))
			argp_error(state, "--color %s: there are" TERMINAL_COLORS(LEVEL_NAME),
				argument);
		return 0;
	case OPTION_RAW:
		request->is_raw = request->intervals.view.is_raw = true;
		return 0;
	case OPTION_PLOT:
		request->plot_path = argument;
		return 0;
	case OPTION_APPEND:
		request->output.appends = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool find_ranks(const char *name, enum stat_ranks *ranks)
{
	static const char *const names[] = {
#define X(ranks, name) [ranks] = name,
		STAT_RANKS(X)
#undef X
	};

	for (unsigned i = 0; i < N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*ranks = (enum stat_ranks)i;
		return true;
	}
	return false;
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
	case OPTION_REGIONS:
		request->counting.regions = request->counting.no_rotate = true;
		return 0;
	case OPTION_RANKS:
		if (!find_ranks(argument, &request->ranks))
			argp_error(state, "--ranks %s: there are" STAT_RANKS(LEVEL_NAME), argument);
		return 0;
	case 't':
		request->intervals.view.tolerance = parse_positive(argument, "percentage", state);
		return 0;
	case OPTION_WAIT:
		request->stint.wait_ms =
			to_ms(parse_positive(argument, "number of seconds", state));
		return 0;
	case 'r':
		if (!number_parse(argument, UINT32_MAX, &request->stint.n_repeats) ||
			request->stint.n_repeats == 0)
			argp_error(state, "%s is no number of runs", argument);
		return 0;
	case OPTION_DELAY:
		request->stint.delay_s = parse_positive(argument, "number of seconds", state);
		return 0;
	case OPTION_TIMEOUT:
		request->stint.timeout_s = parse_positive(argument, "number of seconds", state);
		return 0;
	case OPTION_NO_STATUS:
		request->stint.no_status = true;
		return 0;
	case ARGP_KEY_ARGS:
		request->stint.command = state->argv + state->next;
		return 0;
	case ARGP_KEY_END:
		stat_check(request, state);
		return 0;
	default:
		return parse_output(key, argument, state);
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
		"Add up figures, events and groups for each" SUM_LEVELS(
			LEVEL_NAME) " (default: those of CPUs by cpu, others by "
				    "socket)",
		0},
	{"regions", OPTION_REGIONS, NULL, 0,
		"Show what each region counted that COMMAND marks, by libmsrd or msrctl region: a "
		"table a region. All events count all the time, as with --no-rotate",
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
		"counters, or putting them back, and how long ranks of a job wait for each other "
		"to begin (default: 20)",
		0},
	{"ranks", OPTION_RANKS, "HOW", 0,
		"Ranks of one job (mpirun, srun) on a node measure it together, once, or each for "
		"itself: one of" STAT_RANKS(LEVEL_NAME) " (default: together)",
		0},
	{"repeat", 'r', "COUNT", 0,
		"Run COMMAND so many times, and show the mean and the standard deviation", 0},
	{"delay", OPTION_DELAY, "SECONDS", 0,
		"Begin to measure only so long after the start of COMMAND", 0},
	{"timeout", OPTION_TIMEOUT, "SECONDS", 0,
		"End after that long, and COMMAND with it, by SIGTERM", 0},
	{"output", 'o', "FILE", 0,
		"Write to FILE, not between COMMAND's output; %h in its name is the node's", 0},
	{"append", OPTION_APPEND, NULL, 0, "... behind what is in it (csv, ndjson)", 0},
	{"plot", OPTION_PLOT, "OUT", 0,
		"At the end, draw bandwidth and power over time, or the events and groups, into "
		"OUT "
		"(.svg, .png or .pdf); see msrctl plot",
		0},
	{"format", OPTION_FORMAT, "FORMAT", 0,
		"One of" OUTPUT_FORMATS(LEVEL_NAME) " (default: table); see msrctl-output(5)", 0},
	{"columns", OPTION_COLUMNS, "NAME[,...]", 0,
		"A row for each value, with these columns; +NAME and -NAME change the default "
		"ones; help lists them",
		0},
	{"raw", OPTION_RAW, NULL, 0,
		"Counts as the counters have them, without scale and share of the time, each with "
		"its encoding",
		0},
	{"color", OPTION_COLOR, "WHEN", 0,
		"Colors: one of" TERMINAL_COLORS(LEVEL_NAME) " (default: auto, on a terminal and "
							     "without NO_COLOR)",
		0},
	{0},
};

const struct argp stat_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[-- COMMAND [ARGUMENT...]]",
	.doc = "Measure instructions, cycles and clock of each CPU, memory bandwidth and power of "
	       "each socket."
	       "\vExamples:\n"
	       "  msrctl stat\n"
	       "  msrctl stat -i 2 -n 5 -c 0-7\n"
	       "  msrctl stat -o figures.txt -- ./solver input.dat\n"
	       "  msrctl stat -r 5 -- ./solver input.dat\n"
	       "  msrctl stat --plot figures.svg -i 0.5 -n 4\n"
	       "  msrctl stat --format csv --columns end,place,metric,value -i 0.5 -n 2\n"
	       "  msrctl stat --json -n 0 | jq '.sockets[].package_watts'\n"
	       "  msrctl stat -e instructions:u,MEM_UOPS_RETIRED:ALL_LOADS -c 0-3\n"
	       "  msrctl stat --per node\n"
	       "  msrctl stat -e UNC_M_CAS_COUNT:RD --per box\n"
	       "  msrctl stat -e imc/event=0x04,umask=0x0c/,RAPL_ENERGY_PKG -- ./solver input.dat\n"
	       "  msrctl stat -g memory,energy -i 0.5\n"
	       "  msrctl stat -g clock --regions -- sh -c 'msrctl region begin solve; ./solver "
	       "input.dat; msrctl region end solve'\n"
	       "  msrctl stat --expect /sys/devices/sim/workload\n"
	       "\nEvents are names of libpfm4's, with its unit masks, filters and modifiers (:u is "
	       "user, :k kernel), or raw: cpu/event=,umask=,cmask=,inv,edge,any/ and "
	       "UNIT/event=,umask=,thresh=,inv,edge,filter=/. Events of a unit count in every box "
	       "of it; UNIT0/.../ in one. Where there are more events than counters they take "
	       "turns: "
	       "TIME % says how long each was counted, and its count is what it would have been "
	       "all "
	       "the time.\n"
	       "\nWith --regions each region that COMMAND marks has a table of its own: CPUs "
	       "by the threads that were in it, their sockets, and all together. Programs mark "
	       "them by "
	       "msrd_region_begin() and msrd_region_end() of libmsrd(3), scripts by msrctl "
	       "region.\n"
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
	request->intervals.level = request->counting.show.level;
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
	argp_parse(&stat_argp, argc, argv, ARGP_IN_ORDER, NULL, &request);
	set_defaults(&request);
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	status = cli_where_get(&request.where, cli, &cpus);
	if (status == CLI_DONE)
		status = stat_ranks(&request, argv, &cpus);
	free(request.events);
	free(request.groups);
	places_deinit(&cpus);
	return status;
}
