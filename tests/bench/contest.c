/* SPDX-License-Identifier: MIT */
/*
 * All candidates take turns in one run, round by round, so that noise of the
 * machine hits all alike. It must not know how a candidate gets to its registers, nor
 * how what it did is judged.
 */
#include "contest.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/clock.h"

/* Chosen, not tuned. */
#define PER_TURN   20
#define MAX_STARTS 20
#define PER_MANY   4
/* A batch that takes longer has its turn once, in every so many rounds as it is times as long. */
#define LONG_SIZE 5000
/* Not measured at the begin of a turn: the others had the caches before. */
#define WARM_UP 3

const struct kind kinds[N_KINDS] = {
	[MSR_READ] = {"MSR read", ACCESS_READ, SPACE_MSR, 0x309, 0xffffffffff},
	[MSR_WRITE] = {"MSR write", ACCESS_WRITE, SPACE_MSR, 0x309, 0xffffffffff},
	[PCI_READ] = {"PCI read", ACCESS_READ, SPACE_PCI, 0xa0, 0xffffffff},
	[PCI_WRITE] = {"PCI write", ACCESS_WRITE, SPACE_PCI, 0xa0, 0xffffffff},
	[CHECK] = {"CHECK", ACCESS_CHECK, SPACE_MSR, 0, 0},
#define BATCH(i, name) [BATCHES + (i)] = {name, ACCESS_READ, SPACE_MSR, 0x309, 0xffffffffff}
	BATCH(0, "batch 1"),
	BATCH(1, "batch 10"),
	BATCH(2, "batch 100"),
	BATCH(3, "batch 1000"),
	BATCH(4, "batch 10000"),
	BATCH(5, "batch 100000"),
#undef BATCH
	[START] = {"start", ACCESS_READ, SPACE_MSR, 0x309, 0xffffffffff},
};

bool contest_has_row(const struct contest *contest, int kind, int by)
{
	bool is_there = by < BY_MSRD || contest->programs[by].path;

	if (kind == START)
		return is_there && by >= BY_MSRD;
	if (contest->only_starts)
		return false;
	if (kind >= BATCHES)
		return (by == BY_FILES || by == BY_MSRD) &&
		       contest_n_accesses(kind) <= contest->most;
	return is_there && (by != BY_FILES || kind != CHECK);
}

/* One access, judged; its time counts when there is a sample. A verdict: no more of these. */
static int try_once(struct contest *contest, int kind, int by, struct candidate *candidate,
	struct sample *sample)
{
	struct verdict *verdict = &contest->verdicts[kind][by];
	struct trial trial;
	int r = trial_begin(&trial, &kinds[kind], contest->witness, verdict);

	if (r < 0 || verdict->word)
		return r;
	uint64_t begin_ns = clock_now_ns();
	r = candidate_access(candidate, &trial.access);
	if (r < 0)
		return r;
	if (sample)
		sample_add_since(sample, begin_ns);
	return trial_end(&trial, contest->witness, candidate, verdict);
}

static int take_turn(struct contest *contest, int pinning, int kind, int by)
{
	struct candidate *candidate = contest->by[pinning][by];
	struct sample *sample = &contest->samples[pinning][kind][by];
	const struct verdict *verdict = &contest->verdicts[kind][by];
	int r = 0;

	for (int i = 0; i < WARM_UP + PER_TURN && r == 0 && !verdict->word; i++)
		r = try_once(contest, kind, by, candidate, i < WARM_UP ? NULL : sample);
	return r;
}

static bool is_running(const struct contest *contest, int kind, int by)
{
	return contest_has_row(contest, kind, by) && !contest->verdicts[kind][by].word;
}

/* All values are looked at when the time is taken. */
static int try_many(struct contest *contest, int kind, struct many *many, struct verdict *verdict,
	struct sample *sample)
{
	size_t size = (size_t)(kind - BATCHES);
	struct trial trial;
	int r = trial_begin(&trial, &kinds[kind], contest->witness, verdict);

	if (r < 0 || verdict->word)
		return r;
	uint64_t begin_ns = clock_now_ns();
	r = many->ops->run(many, size);
	if (r < 0)
		return r;
	if (sample)
		sample_add_since(sample, begin_ns);
	many->ops->look(many, size, trial.planted, &trial.access);
	return trial_end(&trial, contest->witness, NULL, verdict);
}

static int take_turn_of_many(struct contest *contest, int pinning, uint64_t round, int kind, int by)
{
	size_t every = contest_n_accesses(kind) / LONG_SIZE;
	struct verdict *verdict = &contest->verdicts[kind][by];
	struct sample *sample = &contest->samples[pinning][kind][by];
	struct many *many = contest->many[pinning][by];
	int r = 0;

	if (every > 0)
		return round % every == 0 ? try_many(contest, kind, many, verdict, sample) : 0;
	for (int i = 0; i < 1 + PER_MANY && r == 0 && !verdict->word; i++)
		r = try_many(contest, kind, many, verdict, i < 1 ? NULL : sample);
	return r;
}

static int run_batches(struct contest *contest, int pinning, uint64_t round)
{
	int r = 0;

	for (int kind = BATCHES; kind < START; kind++)
		for (uint64_t turn = 0; turn < N_BY && r == 0; turn++) {
			int by = (int)((round + turn) % N_BY);
			if (is_running(contest, kind, by))
				r = take_turn_of_many(contest, pinning, round, kind, by);
		}
	return r;
}

static int run_accesses(struct contest *contest, int pinning, uint64_t round)
{
	int r = 0;

	for (int kind = 0; kind < BATCHES; kind++)
		for (uint64_t turn = 0; turn < N_BY && r == 0; turn++) {
			int by = (int)((round + turn) % N_BY);
			if (is_running(contest, kind, by))
				r = take_turn(contest, pinning, kind, by);
		}
	return r;
}

/* From nothing to the first answer. */
static int start_once(struct contest *contest, int pinning, int by)
{
	struct verdict *verdict = &contest->verdicts[START][by];
	cleanup_candidate struct candidate *daemon = NULL;
	struct trial trial;
	int r = trial_begin(&trial, &kinds[START], contest->witness, verdict);

	if (r < 0 || verdict->word)
		return r;
	uint64_t begin_ns = clock_now_ns();
	r = candidate_new_daemon(
		&daemon, &contest->programs[by], &contest->pinnings[pinning].daemon);
	if (r == 0)
		r = candidate_access(daemon, &trial.access);
	if (r < 0)
		return r;
	sample_add_since(&contest->samples[pinning][START][by], begin_ns);
	return trial_end(&trial, contest->witness, daemon, verdict);
}

static int run_starts(struct contest *contest, int pinning)
{
	int r = 0;

	for (int by = BY_MSRD; by < N_BY && r == 0; by++)
		if (is_running(contest, START, by))
			r = start_once(contest, pinning, by);
	return r;
}

static int run_round(struct contest *contest, int pinning, uint64_t round)
{
	int r = pinning_set(&contest->pinnings[pinning].client);

	if (r == 0)
		r = run_accesses(contest, pinning, round);
	if (r == 0)
		r = run_batches(contest, pinning, round);
	if (r == 0 && round < MAX_STARTS)
		r = run_starts(contest, pinning);
	return r;
}

static int take_footprints(struct contest *contest)
{
	const struct timed_access access = {
		.verb = ACCESS_READ, .space = SPACE_MSR, .reg = kinds[MSR_READ].reg};
	int r = 0;

	for (int by = BY_MSRD; by < N_BY && r == 0; by++) {
		struct candidate *daemon = contest->by[PINNED_SAME][by];
		if (daemon)
			r = footprint_take(&contest->footprints[by], daemon,
				candidate_daemon_pid(daemon), &access);
	}
	return r;
}

int contest_run(struct contest *contest)
{
	int r = take_footprints(contest);

	for (uint64_t round = 0; round < contest->rounds; round++)
		for (int pinning = 0; pinning < N_PINNINGS && r == 0; pinning++)
			if (contest->pinnings[pinning].is_possible)
				r = run_round(contest, pinning, round);
	return r;
}

/*
 * LIKWID's clients ask this first, and for a reason: what its daemon does not have it
 * writes with success.
 */
static int ask_what_it_has(struct contest *contest, int by, struct candidate *daemon)
{
	for (int kind = 0; kind < N_KINDS; kind++) {
		struct verdict *verdict = &contest->verdicts[kind][by];
		struct timed_access check = {.verb = ACCESS_CHECK, .space = kinds[kind].space};
		int r = candidate_access(daemon, &check);
		if (r < 0)
			return r;
		if (check.error == ACCESS_DONE)
			continue;
		verdict->word = "unserved";
		snprintf(verdict->why, sizeof verdict->why,
			"CHECK answers with error %u: no such device", check.error);
	}
	return 0;
}

/* In contest->by, and deinit ends it, also when it answers no question. */
static int add_daemon(struct contest *contest, int pinning, int by)
{
	struct candidate **daemon = &contest->by[pinning][by];
	int r = candidate_new_daemon(
		daemon, &contest->programs[by], &contest->pinnings[pinning].daemon);

	return r < 0 ? r : ask_what_it_has(contest, by, *daemon);
}

static int add_samples(struct contest *contest, int pinning)
{
	int r = 0;

	for (int kind = 0; kind < N_KINDS; kind++)
		for (int by = 0; by < N_BY && r == 0; by++)
			if (contest_has_row(contest, kind, by))
				r = sample_init(&contest->samples[pinning][kind][by],
					kind == START ? MAX_STARTS : contest->rounds * PER_TURN);
	return r;
}

static int add_many(struct contest *contest, int pinning)
{
	struct many **many = contest->many[pinning];
	uint32_t reg = kinds[BATCHES].reg;
	int r = many_new_files(&many[BY_FILES], reg, contest->most);

	if (r == 0)
		r = many_new_batches(&many[BY_MSRD], contest->programs[BY_MSRD].path,
			&contest->pinnings[pinning], reg, contest->most);
	return r;
}

static int add_candidates(struct contest *contest, int pinning)
{
	struct candidate **by = contest->by[pinning];
	int r = candidate_new_files(&by[BY_FILES]);

	if (r == 0)
		r = candidate_new_floor(&by[BY_FLOOR], &contest->pinnings[pinning].daemon);
	for (int daemon = BY_MSRD; daemon < N_BY && r == 0; daemon++)
		if (contest->programs[daemon].path)
			r = add_daemon(contest, pinning, daemon);
	if (r == 0 && !contest->only_starts)
		r = add_many(contest, pinning);
	return r < 0 ? r : add_samples(contest, pinning);
}

int contest_init(struct contest *contest)
{
	int r = host_init(&contest->host);

	srandom((unsigned)clock_now_ns());
	if (r == 0)
		r = host_find_device(&contest->host);
	if (r == 0)
		r = candidate_new_files(&contest->witness);
	for (int pinning = 0; pinning < N_PINNINGS && r == 0; pinning++)
		if (contest->pinnings[pinning].is_possible)
			r = add_candidates(contest, pinning);
	return r;
}

void contest_deinit(struct contest *contest)
{
	for (int pinning = 0; pinning < N_PINNINGS; pinning++)
		for (int by = 0; by < N_BY; by++) {
			candidate_free(contest->by[pinning][by]);
			many_free(contest->many[pinning][by]);
			for (int kind = 0; kind < N_KINDS; kind++)
				sample_deinit(&contest->samples[pinning][kind][by]);
		}
	candidate_free(contest->witness);
}

bool contest_is_right(const struct contest *contest)
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
