/* SPDX-License-Identifier: MIT */
/* What was changed is put back: by us, or by whoever finds what a killed one has left. */
#include <errno.h>
#include <stdlib.h>

#include "cli/measure/cache.h"
#include "cli/measure/journal.h"
#include "cli/reach.h"

/* Claims that are put back together: the newest first, each with the read of its register and
 * then the write of it. */
struct round {
	size_t n, n_writes;
	size_t *claims;	       /* which of the journal's */
	struct msrd_op *reads; /* their values are what the registers will be */
	struct msrd_op *writes;
	size_t *written; /* which claim of the round each write is of */
	bool *is_left;	 /* of each claim of the journal: the daemon was gone before its turn */
};

static void round_deinit(struct round *round)
{
	free(round->claims);
	free(round->reads);
	free(round->writes);
	free(round->written);
	free(round->is_left);
}

static uint64_t mask_to_restore(const struct peers *peers, const struct claim *claim)
{
	return claim->mask & ~(peers ? peers_claimed(peers, &claim->place) : 0);
}

static int round_init(struct round *round, const struct claims *claims, bool is_programmed)
{
	*round = (struct round){
		.claims = calloc(claims->n + 1, sizeof *round->claims),
		.reads = calloc(claims->n + 1, sizeof *round->reads),
		.writes = calloc(claims->n + 1, sizeof *round->writes),
		.written = calloc(claims->n + 1, sizeof *round->written),
		.is_left = calloc(claims->n + 1, sizeof *round->is_left),
	};
	if (!round->claims || !round->reads || !round->writes || !round->written || !round->is_left)
		return -ENOMEM;
	for (size_t i = claims->n; i-- > 0;) {
		if ((claims->list[i].set_mask != 0) != is_programmed)
			continue;
		round->is_left[i] = true;
		round->reads[round->n] = reach_op(OP_READ, &claims->list[i].place, 0);
		round->claims[round->n++] = i;
	}
	return 0;
}

/* Not now: the same as if it had never been asked for. */
static bool is_still_to_do(const struct msrd_op *op, int r)
{
	return op->status == MSRD_LOCKED || (r < 0 && op->status == MSRD_SKIPPED);
}

/* Each for itself, in as few messages as there can be. A register that is no longer there
 * needs nothing. 0 or negative: then some are still to do. */
static int carry_out(
	struct msrd *msrd, struct msrd_op *ops, size_t n, struct journal_failures *failures)
{
	struct msrd_batch *batch;
	int r = n > 0 ? msrd_prepare(msrd, &batch, ops, n, MSRD_EACH) : 0;

	if (n == 0 || r < 0)
		return r;
	r = msrd_run(batch);
	for (size_t i = 0; i < n; i++) {
		ops[i] = msrd_batch_ops(batch, NULL)[i];
		if (ops[i].status == MSRD_LOCKED && r >= 0)
			r = -EBUSY;
		if (ops[i].status == MSRD_OK || ops[i].status == MSRD_ABSENT ||
			is_still_to_do(&ops[i], r))
			continue;
		if (failures->n++ == 0)
			msrd_batch_error(batch, i, failures->first, sizeof failures->first);
	}
	msrd_batch_free(batch);
	return r < 0 ? r : 0;
}

/* What the register of claim i of the round reads when its turn comes: an older claim on it
 * finds what a newer one has put back. */
static uint64_t value_at_turn(const struct round *round, const struct claims *claims, size_t i)
{
	const struct place *place = &claims->list[round->claims[i]].place;

	for (size_t j = i; j-- > 0;) {
		const struct place *newer = &claims->list[round->claims[j]].place;

		if (newer->reg == place->reg && place_same_device(newer, place))
			return round->reads[j].value;
	}
	return round->reads[i].value;
}

static void add_writes(struct round *round, const struct claims *claims, const struct peers *peers)
{
	for (size_t i = 0; i < round->n; i++) {
		const struct claim *claim = &claims->list[round->claims[i]];
		uint64_t mask = mask_to_restore(peers, claim), now, wanted;

		round->is_left[round->claims[i]] = false;
		if (round->reads[i].status != MSRD_OK)
			continue;
		/* others may have changed their bits meanwhile */
		now = value_at_turn(round, claims, i);
		wanted = (now & ~mask) | (claim->old & mask);
		round->reads[i].value = wanted;
		if (wanted == now)
			continue;
		round->writes[round->n_writes] = reach_op(OP_WRITE, &claim->place, wanted);
		round->written[round->n_writes++] = i;
	}
}

static int carry_out_round(struct round *round, const struct claims *claims, struct msrd *msrd,
	const struct peers *peers, struct journal_failures *failures)
{
	int r = carry_out(msrd, round->reads, round->n, failures);

	if (r < 0)
		return r;
	add_writes(round, claims, peers);
	for (size_t i = 0; i < round->n_writes; i++)
		round->writes[i].status = MSRD_SKIPPED; /* also where no batch can be made */
	r = carry_out(msrd, round->writes, round->n_writes, failures);
	for (size_t i = 0; r < 0 && i < round->n_writes; i++)
		if (is_still_to_do(&round->writes[i], r))
			round->is_left[round->claims[round->written[i]]] = true;
	return r;
}

/* Others need all of it: that is not read, either. */
static void drop_needed(struct claims *claims, const struct peers *peers)
{
	size_t n = 0;

	for (size_t i = 0; i < claims->n; i++)
		if (mask_to_restore(peers, &claims->list[i]) != 0)
			claims->list[n++] = claims->list[i];
	claims->n = n;
}

static int restore_round(struct claims *claims, struct msrd *msrd, const struct peers *peers,
	struct journal_failures *failures, bool is_programmed)
{
	struct round round;
	size_t n = 0;
	int r = round_init(&round, claims, is_programmed);

	if (r == 0) {
		r = carry_out_round(&round, claims, msrd, peers, failures);
		for (size_t i = 0; i < claims->n; i++)
			if (round.is_left[i] || (claims->list[i].set_mask != 0) != is_programmed)
				claims->list[n++] = claims->list[i];
		claims->n = n;
	}
	round_deinit(&round);
	return r;
}

/* What was programmed first: what counts by itself stands still then, and is read after that. */
static int restore_all(struct claims *claims, struct msrd *msrd, const struct peers *peers,
	struct journal_failures *failures)
{
	int r;

	drop_needed(claims, peers);
	r = restore_round(claims, msrd, peers, failures, true);
	return r < 0 ? r : restore_round(claims, msrd, peers, failures, false);
}

int journal_restore(struct journal *journal, struct msrd *msrd, struct journal_failures *failures)
{
	return restore_all(&journal->claims, msrd, journal->peers, failures);
}

static bool is_programmed(const struct claims *claims, const struct place *device)
{
	for (size_t i = 0; i < claims->n; i++)
		if (claims->list[i].set_mask && place_same_device(&claims->list[i].place, device))
			return true;
	return false;
}

/* Is the device still as the dead one left it, or as its daemon has put it back? What
 * counts by itself has not moved where nothing was programmed; and what cannot be read
 * is nobody's. */
static int is_untouched(struct cache *cache, const struct claims *claims, const struct claim *claim,
	bool *untouched)
{
	uint64_t now;
	int r;

	*untouched = is_programmed(claims, &claim->place);
	if (claim->set_mask == 0)
		return 0;
	r = cache_read(cache, &claim->place, &now);
	if (r == MSRD_LOCKED)
		return -EBUSY;
	*untouched = r == 0 && (((now ^ claim->set) & claim->set_mask) == 0 ||
				       ((now ^ claim->old) & claim->set_mask) == 0);
	return r < 0 ? r : 0;
}

/* All claims on the device of list[i] go. */
static void drop_device(struct claims *claims, size_t i)
{
	const struct place device = claims->list[i].place;
	size_t n = 0;

	for (size_t j = 0; j < claims->n; j++)
		if (!place_same_device(&claims->list[j].place, &device))
			claims->list[n++] = claims->list[j];
	claims->n = n;
}

static int drop_touched(struct claims *claims, struct cache *cache)
{
	size_t i = 0;
	int r = 0;

	for (size_t j = 0; j < claims->n; j++)
		if (claims->list[j].set_mask != 0)
			cache_want(cache, OP_READ, &claims->list[j].place);
	r = cache_fetch(cache);
	while (r == 0 && i < claims->n) {
		bool untouched;

		r = is_untouched(cache, claims, &claims->list[i], &untouched);
		if (r < 0 || untouched) {
			i++;
			continue;
		}
		/* from the start: those before it may be gone as well */
		drop_device(claims, i);
		i = 0;
	}
	return r;
}

int journal_adopt(struct peers *peers, struct msrd *msrd, struct journal_failures *failures)
{
	struct cache cache;
	int r;

	cache_init(&cache, msrd);
	r = drop_touched(&peers->dead, &cache);
	cache_deinit(&cache);
	if (r == 0)
		r = restore_all(&peers->dead, msrd, peers, failures);
	if (r == 0)
		peers_bury(peers);
	return r == -EBUSY ? 0 : r;
}
