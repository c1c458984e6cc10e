/* SPDX-License-Identifier: MIT */
/* What is changed, and what it was. Does not know what the registers mean. */
#include "cli/measure/journal.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/reach.h"
#include "util/cleanup.h"

int journal_original(
	struct journal *journal, struct cache *cache, const struct place *place, uint64_t *original)
{
	int r = cache_read(cache, place, original);

	if (r == 0 && journal->peers)
		*original = peers_original(journal->peers, place, *original);
	return r;
}

/* First here, then for others to find, then the register: what is written must not be
 * forgotten however we end. */
static int add(struct journal *journal, const struct claim *claim)
{
	int r = claims_add(&journal->claims, claim);

	if (r == 0 && journal->peers)
		r = peers_claim(journal->peers, claim);
	return r;
}

int journal_keep(
	struct journal *journal, struct cache *cache, const struct place *place, uint64_t mask)
{
	struct claim claim = {.place = *place, .mask = mask};
	int r = journal_original(journal, cache, place, &claim.old);

	return r ? r : add(journal, &claim);
}

int journal_change(struct journal *journal, struct cache *cache, const struct place *place,
	uint64_t mask, uint64_t value, struct cause *cause)
{
	const struct claim claim = {.place = *place, .mask = mask, .set = value, .set_mask = mask};

	return journal_claim(journal, cache, &claim, cause);
}

int journal_claim(struct journal *journal, struct cache *cache, const struct claim *wanted,
	struct cause *cause)
{
	struct claim claim = *wanted;
	uint64_t now;
	int r = cache_read(cache, &claim.place, &now);

	if (r != 0)
		return r;
	claim.old = journal->peers ? peers_original(journal->peers, &claim.place, now) : now;
	r = add(journal, &claim);
	if (r == 0 && journal->peers && peers_is_disturbed(journal->peers, &claim.place, now))
		r = peers_tell(journal->peers, &claim.place);
	return r ? r : cache_set(cache, &claim.place, claim.mask, claim.set, cause);
}

int journal_write(struct journal *journal, struct cache *cache)
{
	int r = cache_write_back(cache);

	for (size_t i = 0; r == 0 && i < journal->claims.n; i++) {
		struct claim *claim = &journal->claims.list[i];
		uint64_t now;

		r = claim->set_mask != 0 ? cache_read(cache, &claim->place, &now) : 0;
		if (r == 0 && claim->set_mask != 0)
			claim->set_mask &= ~(now ^ claim->set);
	}
	return r;
}

/* All that are to stay are read at once. */
static int look_at_claims(
	const struct claims *claims, struct msrd *msrd, journal_changed *changed, void *closure)
{
	cleanup_free struct msrd_op *ops = calloc(claims->n + 1, sizeof *ops);
	size_t n = 0;
	int r;

	if (!ops)
		return -ENOMEM;
	for (size_t i = 0; i < claims->n; i++)
		if (claims->list[i].set_mask != 0)
			ops[n++] = reach_op(OP_READ, &claims->list[i].place, 0);
	r = msrd_batch(msrd, ops, n, MSRD_EACH, NULL);
	n = 0;
	for (size_t i = 0; r >= 0 && i < claims->n; i++) {
		const struct claim *claim = &claims->list[i];
		const struct msrd_op *op = &ops[n];

		if (claim->set_mask == 0)
			continue;
		n++;
		/* one that is gone with its CPU is missed by its counters, too */
		if (op->status == MSRD_OK && ((op->value ^ claim->set) & claim->set_mask) != 0)
			changed(closure, &claim->place);
	}
	return r < 0 ? r : 0;
}

int journal_look(
	const struct journal *journal, struct msrd *msrd, journal_changed *changed, void *closure)
{
	struct place place;

	for (size_t i = 0; journal->peers && peers_told(journal->peers, i, &place); i++)
		changed(closure, &place);
	return look_at_claims(&journal->claims, msrd, changed, closure);
}

void journal_deinit(struct journal *journal)
{
	claims_deinit(&journal->claims);
}
