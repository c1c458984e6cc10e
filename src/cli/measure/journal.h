/* SPDX-License-Identifier: MIT */
/*
 * Registers that are changed for a while: each old value is read and written
 * down before the first change, and at the end all are put back in reverse
 * order, but for what other measurements of this user still need.
 */
#ifndef MSRD_CLI_MEASURE_JOURNAL_H
#define MSRD_CLI_MEASURE_JOURNAL_H

#include <stddef.h>

#include "cli/measure/cache.h"
#include "cli/measure/peers.h"
#include "client/msrd.h"

struct journal {
	struct peers *peers; /* those others; NULL: nobody else is known of */
	struct claims claims;
};

/* What a register that cannot be put back says. */
struct journal_failures {
	unsigned n;
	char first[MSRD_ERROR_SIZE];
};

/* The register's value as it was before anybody measured. Results as of cache_read. */
int journal_original(struct journal *journal, struct cache *cache, const struct place *place,
	uint64_t *original);

/* Notes the register's value, so that the bits of mask are put back in the end; they
 * count by themselves. Changes nothing. */
int journal_keep(
	struct journal *journal, struct cache *cache, const struct place *place, uint64_t mask);

/* Notes the value, for others to find it too, and then has the bits of mask set as in value: no
 * register is written before journal_write. cause: see cache_set. */
int journal_change(struct journal *journal, struct cache *cache, const struct place *place,
	uint64_t mask, uint64_t value, struct cause *cause);

/* The same where only the bits of wanted->set_mask, some of its mask, stay as they are set: the
 * others will be changed without the journal. wanted->old is not read. */
int journal_claim(struct journal *journal, struct cache *cache, const struct claim *wanted,
	struct cause *cause);

/* Writes what was changed, as cache_write_back. journal_look does not miss what was refused. */
int journal_write(struct journal *journal, struct cache *cache);

typedef void journal_changed(void *closure, const struct place *place);
/* Tells of every register that is not as it was programmed any more, or was not for a while,
 * perhaps more than once. 0 or negative. */
int journal_look(
	const struct journal *journal, struct msrd *msrd, journal_changed *changed, void *closure);

/*
 * Puts back the bits of every claim, in batches: those that were programmed, the newest
 * first, and then what counts by itself; does not write what is already so. A register that cannot
 * be restored is counted; one that is no longer there needs no restoring. 0, or negative when the
 * daemon is gone, -EBUSY when the registers are another user's now: what is left to do is still in
 * the journal, for another handle.
 */
int journal_restore(struct journal *journal, struct msrd *msrd, struct journal_failures *failures);

/*
 * Puts back what killed measurements left, but for devices that somebody has
 * programmed since. 0, or negative when the daemon is gone or out of memory:
 * then it stays for the next, as it does while the registers are another user's.
 */
int journal_adopt(struct peers *peers, struct msrd *msrd, struct journal_failures *failures);

void journal_deinit(struct journal *journal);

#endif
