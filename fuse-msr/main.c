/* SPDX-License-Identifier: MIT */
/* fuse-msr: the command line. It must not know what the verbs do. */
#include <argp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/verb.h"
#include "util/array.h"
#include "util/number.h"

/* chosen, not tuned */
#define GRACE_MS	2000
#define MAX_DIFFERENCES 20    /* more than anybody reads at once */
#define ASK_MS		10000 /* it takes 50 ms here */

enum key {
	OPTION_CLOCK = 256,
	OPTION_AS_ROOT,
	OPTION_TRACE,
	OPTION_REPLAY,
	OPTION_DAEMON,
	OPTION_SYSLOG,
	OPTION_LIKWID,
	OPTION_CPUID,
	OPTION_GRACE,
	OPTION_FAULT
};

/* clang-format off */
#define TRACE_OPTIONS                                                                              \
	{"trace", OPTION_TRACE, "FILE", 0,                                                         \
		"Write each access to a register into FILE, a line of text each, compressed if "   \
		"it ends in .zst; see msrd-trace(5)",                                              \
		0},                                                                                \
	{"replay", OPTION_REPLAY, "FILE|strict|loose", 0,                                          \
		"Answer accesses as the trace FILE has them, and report each difference from it; " \
		"strict: also another order (the default); loose: in the order of each register "  \
		"alone, and polling may take longer or shorter. Give it twice: "                   \
		"--replay FILE --replay=loose",                                                    \
		0}
/* clang-format on */

static const struct argp_option run_options[] = {
	{"clock", OPTION_CLOCK, "real|manual", 0,
		"How the node's time passes: as ours (the default), or only by writing \"+NS\" or "
		"\"+1.5s\" to /sys/devices/sim/clock",
		0},
	TRACE_OPTIONS,
	{"fault", OPTION_FAULT, "DIRECTIVE", 0,
		"What befalls the node, as in /sys/devices/sim/fault: \"fail 1 0x611 EIO once\", "
		"\"+2s offline 3 for=1s\", \"lockdown integrity\"; may be given several times",
		0},
	{"as-root", OPTION_AS_ROOT, NULL, 0,
		"Run COMMAND as the node's root, with all capabilities; else as yourself, without "
		"any (root stays root)",
		0},
	{"daemon", OPTION_DAEMON, "PATH", 0,
		"The daemon that has privileges on the node, as if installed there; default: the "
		"msrd installed beside fuse-msr",
		0},
	{"syslog", OPTION_SYSLOG, "FILE", 0,
		"Append what is sent to the node's syslog to FILE; else the node has no syslog", 0},
	{"likwid", OPTION_LIKWID, "RELEASE", OPTION_ARG_OPTIONAL,
		"COMMAND is one of LIKWID's tools, or a program that uses LIKWID: the daemon is "
		"the first likwid-accessD in its PATH, and speaks as that of RELEASE does (say "
		"5.2); "
		"default: as that of the likwid-perfctr that is found",
		0},
	{"cpuid", OPTION_CPUID, NULL, 0,
		"The instructions CPUID, RDTSC and RDTSCP answer as the node, and COMMAND may bind "
		"itself to the node's CPUs; --likwid does so too",
		0},
	{"grace", OPTION_GRACE, "MS", 0,
		"What COMMAND leaves behind gets SIGTERM, and so many milliseconds later "
		"SIGKILL; default: 2000",
		0},
	{0},
};

static const struct argp_option mount_options[] = {
	{"clock", OPTION_CLOCK, "real|manual", 0,
		"How the node's time passes: as ours (the default), or only by writing \"+NS\" or "
		"\"+1.5s\" to DIR/sim/clock",
		0},
	TRACE_OPTIONS,
	{"fault", OPTION_FAULT, "DIRECTIVE", 0,
		"What befalls the node, as in DIR/sim/fault: \"fail 1 0x611 EIO once\", "
		"\"+2s offline 3 for=1s\", \"lockdown integrity\"; may be given several times",
		0},
	{"as-root", OPTION_AS_ROOT, NULL, 0,
		"Whoever gets to DIR is the node's root; else only who has the capabilities here",
		0},
	{0},
};

static error_t take_fixture(struct options *options, const char *argument, struct argp_state *state)
{
	if (options->fixture)
		argp_error(state, "too many arguments: %s", argument);
	options->fixture = argument;
	return 0;
}

static void add_fault(struct options *options, const char *directive, struct argp_state *state)
{
	const char **faults = array_grow(options->faults, options->n_faults, sizeof *faults);

	if (!faults) {
		argp_failure(state, EXIT_NO_NODE, 0, "out of memory"); /* and ends */
		return;
	}
	options->faults = faults;
	faults[options->n_faults++] = directive;
}

/* What all verbs do with an option, or with its absence. */
static error_t parse_common(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	uint64_t grace_ms;

	switch (key) {
	case OPTION_CLOCK:
		if (strcmp(argument, "real") == 0)
			options->clock = MACHINE_CLOCK_REAL;
		else if (strcmp(argument, "manual") == 0)
			options->clock = MACHINE_CLOCK_MANUAL;
		else
			argp_error(state, "--clock is real or manual, not %s", argument);
		return 0;
	case OPTION_TRACE:
		options->trace = argument;
		return 0;
	case OPTION_REPLAY:
		/* a file of such a name is ./loose */
		if (strcmp(argument, "loose") == 0 || strcmp(argument, "strict") == 0)
			options->is_loose = strcmp(argument, "loose") == 0;
		else
			options->replay = argument;
		return 0;
	case OPTION_FAULT:
		add_fault(options, argument, state);
		return 0;
	case OPTION_AS_ROOT:
		options->as_root = true;
		return 0;
	case OPTION_DAEMON:
		options->daemon = argument;
		return 0;
	case OPTION_SYSLOG:
		options->syslog = argument;
		return 0;
	case OPTION_LIKWID:
		options->likwid = true;
		options->release = argument;
		return 0;
	case OPTION_CPUID:
		options->cpuid = true;
		return 0;
	case OPTION_GRACE:
		if (!number_parse(argument, INT_MAX, &grace_ms))
			argp_error(state, "--grace is a number of milliseconds, not %s", argument);
		options->grace_ms = (int)grace_ms;
		return 0;
	case ARGP_KEY_END:
		if (!options->fixture)
			argp_error(
				state, "which FIXTURE? A folder, or the name of an installed one");
		if (options->is_loose && !options->replay)
			argp_error(state, "--replay=loose, of which trace? --replay FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_run(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	if (key == ARGP_KEY_ARG && options->fixture) {
		/* from here on everything is COMMAND's, options too */
		options->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	}
	if (key == ARGP_KEY_ARG)
		return take_fixture(options, argument, state);
	if (key == ARGP_KEY_END && options->fixture && !options->command)
		argp_error(state, "which COMMAND shall run on the node?");
	return parse_common(key, argument, state);
}

static error_t parse_mount(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	if (key == ARGP_KEY_ARG && options->fixture && !options->dir) {
		options->dir = argument;
		return 0;
	}
	if (key == ARGP_KEY_ARG)
		return take_fixture(options, argument, state);
	if (key == ARGP_KEY_END && options->fixture && !options->dir)
		argp_error(state, "at which DIR shall the node be mounted?");
	return parse_common(key, argument, state);
}

static error_t parse_check(int key, char *argument, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		return take_fixture(state->input, argument, state);
	return parse_common(key, argument, state);
}

static const struct verb {
	const char *name;
	bool (*is_meant)(char **argv); /* where a name has two; NULL: it is */
	int (*carry_out)(const struct options *options);
	struct argp argp;
} verbs[] = {
	{"run", NULL, verb_run,
		{run_options, parse_run, "FIXTURE [--] COMMAND [ARGUMENT...]",
			"Runs COMMAND on a simulated node, and exits as COMMAND does."
			"\vFIXTURE is a folder, or the name of an installed one. No root is "
			"needed: COMMAND gets user, mount and PID namespaces of its own, in which "
			"/dev/cpu, /proc/cpuinfo, /proc/bus and /sys are the node's, and "
			"everything it leaves behind goes away with it.\n\n"
			"  fuse-msr run xeon-e5-2680-2s -- lscpu\n"
			"  fuse-msr run xeon-e5-2680-2s --as-root -- sh\n"
			"  fuse-msr run xeon-e5-2680-2s --likwid -- likwid-perfctr -c 0-15 -g MEM "
			"sleep 1\n\n"
			"Exit status: COMMAND's own, or 128 plus the signal that killed it; 125 "
			"when the node could not be made; 126 or 127 when COMMAND could not be "
			"run; 2 for a wrong command line or a bad trace; 3 when a replay shows a "
			"difference; 4 "
			"when the trace could not be written whole.",
			NULL, NULL, NULL}},
	{"mount", NULL, verb_mount,
		{mount_options, parse_mount, "FIXTURE DIR",
			"Mounts a simulated node's files at DIR, until interrupted or unmounted."
			"\vFIXTURE is a folder, or the name of an installed one. A mount made by "
			"root is there for everybody, another one for its user only.",
			NULL, NULL, NULL}},
	{"check", NULL, verb_check,
		{NULL, parse_check, "FIXTURE",
			"Loads a fixture, says what it is, and lists what is wrong with it."
			"\vExit status: 0 when it is good, 1 when it is not.",
			NULL, NULL, NULL}},
	/* the first that is meant */
	{"import", import_trace_is_meant, verb_import_trace,
		{import_trace_options, import_trace_parse,
			"--ftrace|--perf-script|--serialice FILE TRACE",
			"Makes the trace TRACE of what others have recorded."
			"\vA trace of the kernel has its own accesses too: `fuse-msr cut --msrs` "
			"leaves those that matter. Exit status: 0, or 2 after a message.",
			NULL, NULL, NULL}},
	{"import", NULL, verb_import,
		{import_options, import_parse, "DIR",
			"Makes the fixture DIR of what is recorded of a machine by other tools."
			"\vWith --ftrace, --perf-script or --serialice FILE it makes a trace "
			"instead, "
			"see msrd-trace(5). Which CPU it is has to be said: --cpuinfo, --cpuid or "
			"--umockdev. fuse-msr(1) lists the formats. "
			"All else may be "
			"missing, and is then assumed; the files in DIR say so beside it. "
			"DIR must not be there yet, and when something is wrong it will not be.\n\n"
			"  fuse-msr import --cpuinfo cpuinfo --lspci lspci.txt copy && fuse-msr "
			"check "
			"copy\n"
			"  fuse-msr import --cpuinfo cpuinfo --msr msr.txt registers\n\n"
			"Exit status: 0; 1 when DIR can't be written, 2 when a file or the "
			"command line is wrong.",
			NULL, NULL, NULL}},
	{"diff", NULL, verb_diff,
		{diff_options, trace_parse, "TRACE TRACE",
			"Compares two traces, access by access; times do not count."
			"\vExit status: 0 when they are the same, 3 when not, 2 when one can't be "
			"read. Where they part, it goes on where the next accesses are alike.",
			NULL, NULL, NULL}},
	{"cut", NULL, verb_cut,
		{cut_options, trace_parse, "TRACE OUT",
			"Writes a part of a trace to another one, to look at or to send."
			"\vThe lines that a report names are those of TRACE: what leads to line "
			"1300 is --lines=-1300. OUT is compressed if its name ends in .zst: "
			"without an option all of TRACE is.",
			NULL, NULL, NULL}},
};

static error_t parse_verb(int key, char *argument, struct argp_state *state)
{
	const struct verb **verb = state->input;

	if (key == ARGP_KEY_NO_ARGS)
		argp_error(state, "run, mount, check, import, diff or cut?");
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	for (size_t i = 0; i < N_ELEMENTS(verbs); i++)
		if (!*verb && strcmp(verbs[i].name, argument) == 0 &&
			(!verbs[i].is_meant || verbs[i].is_meant(state->argv)))
			*verb = &verbs[i];
	if (!*verb)
		argp_error(state, "no such verb: %s", argument);
	/* the rest is the verb's own */
	state->next = state->argc;
	return 0;
}

static const struct argp verb_argp = {
	.parser = parse_verb,
	.args_doc = "run FIXTURE [--] COMMAND...\nmount FIXTURE DIR\ncheck FIXTURE\n"
		    "import OPTION... DIR\nimport --ftrace FILE TRACE\n"
		    "diff TRACE TRACE\ncut TRACE OUT",
	.doc = "A simulated Xeon node with its MSRs and PCI config space, to run programs on."
	       "\v`fuse-msr run --help` and the others tell more.",
};

static void print_version(FILE *out, struct argp_state *state)
{
	(void)state;
	fprintf(out, "fuse-msr %s\n", VERSION);
}

int main(int argc, char **argv)
{
	struct options options = {
		.clock = MACHINE_CLOCK_REAL,
		.grace_ms = GRACE_MS,
		.ask_ms = ASK_MS,
		.max = MAX_DIFFERENCES,
		.last_line = UINT64_MAX,
	};
	const struct verb *verb = NULL;
	char name[64];

	argp_err_exit_status = EXIT_USAGE;
	argp_program_version_hook = print_version;
	argp_parse(&verb_argp, argc, argv, ARGP_IN_ORDER, NULL, &verb);

	int at = 1;
	while (strcmp(argv[at], verb->name) != 0)
		at++;
	snprintf(name, sizeof name, "%s %s", program_invocation_short_name, verb->name);
	argv[at] = name;
	argp_parse(&verb->argp, argc - at, argv + at, ARGP_IN_ORDER, NULL, &options);
	int status = verb->carry_out(&options);
	free(options.faults);
	return status;
}
