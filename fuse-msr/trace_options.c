/* SPDX-License-Identifier: MIT */
/* fuse-msr: the options of the verbs that work on traces. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tracefile.h"
#include "fuse-msr/verb.h"
#include "sim/import/trace_import.h"
#include "util/array.h"
#include "util/cpulist.h"
#include "util/number.h"

enum key {
	OPTION_NO_VALUES = 768,
	OPTION_MAX,
	OPTION_LINES,
	OPTION_CPUS,
	OPTION_MSRS,
	OPTION_FTRACE,
	OPTION_PERF_SCRIPT,
	OPTION_SERIALICE,
};

const struct argp_option diff_options[] = {
	{"no-values", OPTION_NO_VALUES, NULL, 0,
		"Values that were read do not count: what the programs did, not what they saw", 0},
	{"max", OPTION_MAX, "N", 0, "Show N differences and count the others; default: 20", 0},
	{0},
};

const struct argp_option cut_options[] = {
	{"lines", OPTION_LINES, "FIRST-LAST", 0,
		"Accesses in these lines alone: 100-200, 100- or -200", 0},
	{"cpus", OPTION_CPUS, "LIST", 0,
		"MSRs of these CPUs alone, as in 0-3,8; config space stays", 0},
	{"msrs", OPTION_MSRS, "LIST", 0,
		"These MSRs alone, as in 0x186-0x189,0x38f; config space stays", 0},
	{0},
};

static bool parse_lines(const char *text, struct options *options)
{
	const char *dash = strchr(text, '-');
	char first[32];

	if (!dash || dash - text >= (ptrdiff_t)sizeof first || strlen(text) < 2)
		return false;
	snprintf(first, sizeof first, "%.*s", (int)(dash - text), text);
	return (first[0] == '\0' || number_parse(first, UINT64_MAX, &options->first_line)) &&
	       (dash[1] == '\0' || number_parse(dash + 1, UINT64_MAX, &options->last_line)) &&
	       options->first_line <= options->last_line;
}

static bool is_number(void *context, uint32_t number)
{
	(void)context;
	(void)number;
	return true;
}

/* diff and cut: two traces. */
error_t trace_parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case OPTION_NO_VALUES:
		options->ignores_reads = true;
		return 0;
	case OPTION_MAX:
		if (!number_parse(argument, UINT64_MAX, &options->max))
			argp_error(state, "--max is a number, not %s", argument);
		return 0;
	case OPTION_LINES:
		if (!parse_lines(argument, options))
			argp_error(
				state, "--lines is FIRST-LAST, FIRST- or -LAST, not %s", argument);
		return 0;
	case OPTION_CPUS:
		if (!cpulist_parse(argument, UINT32_MAX - 1, is_number, NULL))
			argp_error(state, "--cpus is a list as 0-3,8, not %s", argument);
		options->cpus = argument;
		return 0;
	case OPTION_MSRS:
		if (!tracefile_has_number(argument, 0, NULL))
			argp_error(
				state, "--msrs is a list as 0x186-0x189,0x38f, not %s", argument);
		options->msrs = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num >= N_ELEMENTS(options->traces))
			argp_error(state, "too many arguments: %s", argument);
		options->traces[state->arg_num] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->traces[1])
			argp_error(state, "two files are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp_option import_trace_options[] = {
	{"ftrace", OPTION_FTRACE, "FILE", 0,
		"The events msr:read_msr and msr:write_msr as in the kernel's tracing/trace, or as "
		"`trace-cmd report` prints them",
		0},
	{"perf-script", OPTION_PERF_SCRIPT, "FILE", 0,
		"The same events as `perf script` prints them", 0},
	{"serialice", OPTION_SERIALICE, "FILE", 0,
		"SerialICE's log; it has no times, and CPU 0 alone", 0},
	{0},
};

static void take_log(struct options *options, const struct trace_format *format, const char *path,
	struct argp_state *state)
{
	if (options->format)
		argp_error(state, "one log at a time: its order is the trace's");
	options->format = format;
	options->traces[0] = path;
}

error_t import_trace_parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case OPTION_FTRACE:
		take_log(options, &trace_ftrace, argument, state);
		return 0;
	case OPTION_PERF_SCRIPT:
		take_log(options, &trace_perf, argument, state);
		return 0;
	case OPTION_SERIALICE:
		take_log(options, &trace_serialice, argument, state);
		return 0;
	case ARGP_KEY_ARG:
		if (options->traces[1])
			argp_error(state, "too many arguments: %s", argument);
		options->traces[1] = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->traces[0] || !options->traces[1])
			argp_error(state, "a log and the trace that it shall become are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Is it a log of accesses that is imported, and not what makes a fixture? */
bool import_trace_is_meant(char **argv)
{
	static const char *const options[] = {"--ftrace", "--perf-script", "--serialice"};

	for (; *argv; argv++)
		for (size_t i = 0; i < N_ELEMENTS(options); i++)
			if (strncmp(*argv, options[i], strlen(options[i])) == 0)
				return true;
	return false;
}
