/* SPDX-License-Identifier: MIT */
/*
 * What an access costs: by the daemon, by the reference daemon where it is
 * installed, and at least (the floor), on one CPU, on two, and left to the
 * scheduler. Only the ratios mean something elsewhere. It must not know how it is measured.
 */
#include <argp.h>
#include <stdlib.h>

#include "complain.h"
#include "contest.h"
#include "util/cpulist.h"
#include "util/number.h"

/* Chosen, not tuned: some seconds in all. */
#define DEFAULT_ROUNDS 100

static bool add_cpu(void *context, uint32_t cpu)
{
	CPU_SET(cpu, (cpu_set_t *)context);
	return true;
}

static void use_cpus(struct contest *contest, const char *list, const struct argp_state *state)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	if (!cpulist_parse(list, CPU_SETSIZE - 1, add_cpu, &cpus))
		argp_error(state, "%s: not a list of CPUs", list);
	if (pinnings_init(contest->pinnings, &cpus) < 0)
		argp_error(state, "%s: this process may not run on all of these CPUs", list);
}

static uint64_t number(const char *text, uint64_t min, uint64_t max, const struct argp_state *state)
{
	uint64_t value;

	if (!number_parse(text, max, &value) || value < min)
		argp_error(state, "%s: not a number from %ju to %ju", text, (uintmax_t)min,
			(uintmax_t)max);
	return value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct contest *contest = state->input;

	switch (key) {
	case 'd':
		contest->programs[BY_MSRD].path = argument;
		return 0;
	case 'r':
		contest->programs[BY_REFERENCE].path = argument;
		return 0;
	case 'e':
		contest->programs[BY_REFERENCE].setting = argument;
		return 0;
	case 'n':
		contest->rounds = number(argument, 1, 1000000, state);
		return 0;
	case 'c':
		use_cpus(contest, argument, state);
		return 0;
	case 'f':
		contest->device_cpu = number(argument, 0, CPU_SETSIZE - 1, state);
		return 0;
	case 'm':
		contest->most = number(argument, 1, 100000, state);
		return 0;
	case 's':
		contest->only_starts = true;
		return 0;
	case 'o':
		contest->folder = argument;
		return 0;
	case 'j':
		contest->json = true;
		return 0;
	case ARGP_KEY_END:
		if (!contest->programs[BY_MSRD].path)
			argp_error(state, "--daemon is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"daemon", 'd', "PATH", 0, "msrd", 0},
	{"reference", 'r', "PATH", 0, "the reference daemon, to compare with", 0},
	{"reference-setting", 'e', "NAME=VALUE", 0, "in its environment, which is empty else", 0},
	{"rounds", 'n', "N", 0, "how often each has its turn (100)", 0},
	{"cpus", 'c', "LIST", 0, "of the host, to run on (all that it may)", 0},
	{"device-cpu", 'f', "CPU", 0, "where fuse-msr was started, to say so", 0},
	{"most", 'm', "N", 0, "operations of the largest batch (100000)", 0},
	{"starts", 's', NULL, 0, "only starts, and what daemons take of the machine", 0},
	{"out", 'o', "FOLDER", 0, "write it there too, as JSON and for pictures", 0},
	{"json", 'j', NULL, 0, "for scripts", 0},
	{0},
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Measures what an access to a register costs, and looks whether it was one; as root "
	       "of the node. On a real machine nobody else may be measuring: a fixed counter and "
	       "one "
	       "of the memory controller get new values.\v"
	       "Exits with 1 when somebody answers without doing it, or msrd does not serve.",
};

int main(int argc, char **argv)
{
	static struct contest contest = {
		.rounds = DEFAULT_ROUNDS, .most = 100000, .device_cpu = NO_CPU};

	int r = pinnings_init(contest.pinnings, NULL);

	if (r < 0) {
		complain(r, "the CPUs to run on");
		return EXIT_FAILURE;
	}
	argp_parse(&argp, argc, argv, 0, NULL, &contest);
	r = contest_init(&contest);
	if (r == 0)
		r = contest_run(&contest);
	if (r == 0)
		r = contest_print(&contest);
	contest_deinit(&contest);
	return r == 0 && contest_is_right(&contest) ? EXIT_SUCCESS : EXIT_FAILURE;
}
