/* SPDX-License-Identifier: MIT */
/*
 * Registers that are changed for a while: each old value is read and written
 * down before the change, and at the end all are put back in reverse order,
 * but for what other measurements of this user still need.
 */
#ifndef MSRD_CLI_MEASURE_JOURNAL_H
#define MSRD_CLI_MEASURE_JOURNAL_H

#include <stddef.h>

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

/* The register's value as it was before anybody measured. Results as in msrd.h. */
int journal_original(
	struct journal *journal, struct msrd *msrd, const struct place *place, uint64_t *original);

/* Notes the register's value, so that the bits of mask are put back in the end; they
 * count by themselves. Changes nothing. */
int journal_keep(
	struct journal *journal, struct msrd *msrd, const struct place *place, uint64_t mask);

/* Notes the value, then sets the bits of mask as in value; does not write a
 * register that is already so. */
int journal_change(struct journal *journal, struct msrd *msrd, const struct place *place,
	uint64_t mask, uint64_t value);

/* The same where only the bits of constant, some of mask, stay as they are set: the others
 * will be changed without the journal. */
int journal_claim(struct journal *journal, struct msrd *msrd, const struct place *place,
	uint64_t mask, uint64_t constant, uint64_t value);

/*
 * Puts back the bits of every claim, in batches: those that were programmed, the newest
 * first, and then what counts by itself; does not write what is already so. A register that cannot
 * be restored is counted; one that is no longer there needs no restoring. 0, or negative when the
 * daemon is gone: what is left to do is still in the journal, for another handle.
 */
int journal_restore(struct journal *journal, struct msrd *msrd, struct journal_failures *failures);

/*
 * Puts back what killed measurements left, but for devices that somebody has
 * programmed since. 0, or negative when the daemon is gone or out of memory:
 * then it stays for the next.
 */
int journal_adopt(struct peers *peers, struct msrd *msrd, struct journal_failures *failures);

void journal_deinit(struct journal *journal);

#endif
