/* SPDX-License-Identifier: MIT */
/* What to put back, and in which order. Does not know what the registers mean. */
#include "cli/measure/journal.h"

#include <errno.h>

#include "cli/reach.h"

int journal_original(
	struct journal *journal, struct msrd *msrd, const struct place *place, uint64_t *original)
{
	int r = reach_read(msrd, place, original);

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
	struct journal *journal, struct msrd *msrd, const struct place *place, uint64_t mask)
{
	struct claim claim = {.place = *place, .mask = mask};
	int r = journal_original(journal, msrd, place, &claim.old);

	return r ? r : add(journal, &claim);
}

static int set_bits(
	struct msrd *msrd, const struct place *place, uint64_t now, uint64_t mask, uint64_t value)
{
	uint64_t wanted = (now & ~mask) | (value & mask);

	return wanted == now ? 0 : reach_write(msrd, place, wanted);
}

int journal_change(struct journal *journal, struct msrd *msrd, const struct place *place,
	uint64_t mask, uint64_t value)
{
	return journal_claim(journal, msrd, place, mask, mask, value);
}

int journal_claim(struct journal *journal, struct msrd *msrd, const struct place *place,
	uint64_t mask, uint64_t constant, uint64_t value)
{
	struct claim claim = {.place = *place, .mask = mask, .set = value, .set_mask = constant};
	uint64_t now;
	int r = reach_read(msrd, place, &now);

	if (r != 0)
		return r;
	claim.old = journal->peers ? peers_original(journal->peers, place, now) : now;
	r = add(journal, &claim);
	if (r == 0 && journal->peers && peers_is_disturbed(journal->peers, place, now))
		r = peers_tell(journal->peers, place);
	return r ? r : set_bits(msrd, place, now, mask, value);
}

static int restore(struct msrd *msrd, const struct peers *peers, const struct claim *claim)
{
	uint64_t mask = claim->mask & ~(peers ? peers_claimed(peers, &claim->place) : 0);
	uint64_t now;
	int r;

	if (mask == 0)
		return 0;
	/* others may have changed their bits meanwhile */
	r = reach_read(msrd, &claim->place, &now);
	return r ? r : set_bits(msrd, &claim->place, now, mask, claim->old);
}

static int restore_all(struct claims *claims, struct msrd *msrd, const struct peers *peers,
	struct journal_failures *failures)
{
	for (; claims->n > 0; claims->n--) {
		int r = restore(msrd, peers, &claims->list[claims->n - 1]);

		if (r < 0)
			return r;
		if (r != 0 && r != MSRD_ABSENT && failures->n++ == 0)
			msrd_error(msrd, failures->first, sizeof failures->first);
	}
	return 0;
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
static int is_untouched(
	struct msrd *msrd, const struct claims *claims, const struct claim *claim, bool *untouched)
{
	uint64_t now;
	int r;

	*untouched = is_programmed(claims, &claim->place);
	if (claim->set_mask == 0)
		return 0;
	r = reach_read(msrd, &claim->place, &now);
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

int journal_adopt(struct peers *peers, struct msrd *msrd, struct journal_failures *failures)
{
	struct claims *dead = &peers->dead;
	size_t i = 0;
	int r = 0;

	while (r == 0 && i < dead->n) {
		bool untouched;

		r = is_untouched(msrd, dead, &dead->list[i], &untouched);
		if (r < 0)
			return r;
		if (untouched) {
			i++;
			continue;
		}
		/* from the start: those before it may be gone as well */
		drop_device(dead, i);
		i = 0;
	}
	r = restore_all(dead, msrd, peers, failures);
	if (r == 0)
		peers_bury(peers);
	return r;
}

void journal_deinit(struct journal *journal)
{
	claims_deinit(&journal->claims);
}
