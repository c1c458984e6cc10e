/* SPDX-License-Identifier: MIT */
/*
 * What an access costs: by the daemon, by the reference daemon where it is
 * installed, and at least (the floor), on one CPU, on two, and left to the
 * scheduler. All of them take turns in one run, round by round, so that noise of
 * the machine hits all alike; only the ratios mean something elsewhere. It must not
 * know how a candidate gets to its registers, nor how what it did is judged.
 */
#include <argp.h>
#include <err.h>
#include <stdlib.h>

#include "contest.h"
#include "util/clock.h"
#include "util/cpulist.h"
#include "util/number.h"

/* Chosen, not tuned: some seconds in all. */
#define DEFAULT_ROUNDS 100
#define PER_TURN       20
#define MAX_STARTS     20
/* Not measured at the begin of a turn: the others had the caches before. */
#define WARM_UP 3

const struct kind kinds[N_KINDS] = {
	[MSR_READ] = {"MSR read", ACCESS_READ, SPACE_MSR, 0x309, 0xffffffffff},
	[MSR_WRITE] = {"MSR write", ACCESS_WRITE, SPACE_MSR, 0x309, 0xffffffffff},
	[PCI_READ] = {"PCI read", ACCESS_READ, SPACE_PCI, 0xa0, 0xffffffff},
	[PCI_WRITE] = {"PCI write", ACCESS_WRITE, SPACE_PCI, 0xa0, 0xffffffff},
	[CHECK] = {"CHECK", ACCESS_CHECK, SPACE_MSR, 0, 0},
	[START] = {"start", ACCESS_READ, SPACE_MSR, 0x309, 0xffffffffff},
};

/* One access, judged; its time counts when there is a sample. False: no more of these. */
static bool try_once(struct contest *contest, int kind, int by, struct candidate *candidate,
	struct sample *sample)
{
	struct verdict *verdict = &contest->verdicts[kind][by];
	struct trial trial;

	if (!trial_begin(&trial, &kinds[kind], contest->witness)) {
		verdict->word = "unserved";
		snprintf(verdict->why, sizeof verdict->why, "this machine has no such register");
		return false;
	}
	uint64_t begin_ns = clock_now_ns();
	candidate->ops->access(candidate, &trial.access);
	if (sample)
		sample_add_since(sample, begin_ns);
	return trial_end(&trial, contest->witness, candidate, verdict);
}

static void take_turn(struct contest *contest, int pinning, int kind, int by)
{
	struct candidate *candidate = contest->by[pinning][by];
	struct sample *sample = &contest->samples[pinning][kind][by];

	for (int i = 0; i < WARM_UP; i++)
		if (!try_once(contest, kind, by, candidate, NULL))
			return;
	for (int i = 0; i < PER_TURN; i++)
		if (!try_once(contest, kind, by, candidate, sample))
			return;
}

static bool is_running(const struct contest *contest, int kind, int by)
{
	return contest_has_row(contest, kind, by) && !contest->verdicts[kind][by].word;
}

static void run_accesses(struct contest *contest, int pinning, uint64_t round)
{
	for (int kind = 0; kind < START; kind++)
		for (uint64_t turn = 0; turn < N_BY; turn++) {
			int by = (int)((round + turn) % N_BY);
			if (is_running(contest, kind, by))
				take_turn(contest, pinning, kind, by);
		}
}

/* From nothing to the first answer. */
static void start_once(struct contest *contest, int pinning, int by)
{
	struct trial trial;

	trial_begin(&trial, &kinds[START], contest->witness);
	uint64_t begin_ns = clock_now_ns();
	struct candidate *daemon =
		candidate_new_daemon(contest->paths[by], &contest->pinnings[pinning].daemon);
	daemon->ops->access(daemon, &trial.access);
	sample_add_since(&contest->samples[pinning][START][by], begin_ns);
	trial_end(&trial, contest->witness, daemon, &contest->verdicts[START][by]);
	daemon->ops->free(daemon);
}

static void contest_run(struct contest *contest)
{
	for (uint64_t round = 0; round < contest->rounds; round++)
		for (int pinning = 0; pinning < N_PINNINGS; pinning++) {
			if (!contest->pinnings[pinning].is_possible)
				continue;
			pinning_set(&contest->pinnings[pinning].client);
			run_accesses(contest, pinning, round);
			for (int by = BY_MSRD; by < N_BY && round < MAX_STARTS; by++)
				if (is_running(contest, START, by))
					start_once(contest, pinning, by);
		}
}

/*
 * LIKWID's clients ask this first, and for a reason: what its daemon does not have it
 * writes with success.
 */
static void ask_what_it_has(struct contest *contest, int by, struct candidate *daemon)
{
	for (int kind = 0; kind < N_KINDS; kind++) {
		struct verdict *verdict = &contest->verdicts[kind][by];
		struct timed_access check = {.verb = ACCESS_CHECK, .space = kinds[kind].space};
		daemon->ops->access(daemon, &check);
		if (check.error == ACCESS_DONE)
			continue;
		verdict->word = "unserved";
		snprintf(verdict->why, sizeof verdict->why,
			"CHECK answers with error %u: no such device", check.error);
	}
}

static struct candidate *new_daemon(struct contest *contest, int by, const cpu_set_t *cpus)
{
	struct candidate *daemon = candidate_new_daemon(contest->paths[by], cpus);

	ask_what_it_has(contest, by, daemon);
	return daemon;
}

static void pinning_init(struct contest *contest, int pinning)
{
	const cpu_set_t *cpus = &contest->pinnings[pinning].daemon;

	contest->by[pinning][BY_FILES] = candidate_new_files();
	contest->by[pinning][BY_FLOOR] = candidate_new_floor(cpus);
	for (int by = BY_MSRD; by < N_BY; by++)
		if (contest->paths[by])
			contest->by[pinning][by] = new_daemon(contest, by, cpus);
	for (int kind = 0; kind < N_KINDS; kind++)
		for (int by = 0; by < N_BY; by++)
			if (contest_has_row(contest, kind, by))
				sample_init(&contest->samples[pinning][kind][by],
					kind == START ? MAX_STARTS : contest->rounds * PER_TURN);
}

static void contest_init(struct contest *contest)
{
	host_init(&contest->host);
	srandom((unsigned)clock_now_ns());
	contest->witness = candidate_new_files();
	for (int pinning = 0; pinning < N_PINNINGS; pinning++)
		if (contest->pinnings[pinning].is_possible)
			pinning_init(contest, pinning);
}

static void contest_deinit(struct contest *contest)
{
	for (int pinning = 0; pinning < N_PINNINGS; pinning++)
		for (int by = 0; by < N_BY; by++) {
			struct candidate *candidate = contest->by[pinning][by];
			if (candidate)
				candidate->ops->free(candidate);
			for (int kind = 0; kind < N_KINDS; kind++)
				sample_deinit(&contest->samples[pinning][kind][by]);
		}
	contest->witness->ops->free(contest->witness);
}

/* msrd has to serve all that the machine has; the reference daemon may be unable to. */
static bool contest_is_right(const struct contest *contest)
{
	bool is_right = true;

	for (int kind = 0; kind < N_KINDS; kind++)
		for (int by = 0; by < N_BY; by++) {
			const struct verdict *verdict = &contest->verdicts[kind][by];
			if (verdict->is_wrong || (verdict->word && by == BY_MSRD))
				is_right = false;
		}
	return is_right;
}

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
	if (!pinnings_init(contest->pinnings, &cpus))
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
		contest->paths[BY_MSRD] = argument;
		return 0;
	case 'r':
		contest->paths[BY_REFERENCE] = argument;
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
	case 'j':
		contest->json = true;
		return 0;
	case ARGP_KEY_END:
		if (!contest->paths[BY_MSRD])
			argp_error(state, "--daemon is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"daemon", 'd', "PATH", 0, "msrd", 0},
	{"reference", 'r', "PATH", 0, "the reference daemon, to compare with", 0},
	{"rounds", 'n', "N", 0, "how often each has its turn (100)", 0},
	{"cpus", 'c', "LIST", 0, "of the host, to run on (all that it may)", 0},
	{"device-cpu", 'f', "CPU", 0, "where fuse-msr was started, to say so", 0},
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
	static struct contest contest = {.rounds = DEFAULT_ROUNDS, .device_cpu = NO_CPU};

	pinnings_init(contest.pinnings, NULL);
	argp_parse(&argp, argc, argv, 0, NULL, &contest);
	contest_init(&contest);
	contest_run(&contest);
	int r = contest_print(&contest);
	bool is_right = contest_is_right(&contest);
	contest_deinit(&contest);
	return r == 0 && is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
