/* SPDX-License-Identifier: MIT */
/*
 * Registers that are changed for a while: each old value is read before the
 * change, and at the end all are put back in reverse order.
 */
#ifndef MSRD_CLI_JOURNAL_H
#define MSRD_CLI_JOURNAL_H

#include "cli/target.h"

struct journal_entry {
	struct target target;
	uint32_t reg;
	uint64_t mask; /* our bits; all others are somebody else's */
	uint64_t old;
};

struct journal {
	struct journal_entry *entries;
	size_t n_entries;
};

/*
 * Notes the register's value, so that the bits of mask are put back in the end,
 * and gives it to *old (may be NULL). Changes nothing. Results as in msrd.h.
 */
int journal_keep(struct journal *journal, struct msrd *msrd, const struct target *target,
	uint32_t reg, uint64_t mask, uint64_t *old);

/* Notes the value, then sets the bits of mask as in value; does not write a
 * register that is already so. */
int journal_change(struct journal *journal, struct msrd *msrd, const struct target *target,
	uint32_t reg, uint64_t mask, uint64_t value);

/*
 * Puts back the bits of every entry, the newest first; does not write what is
 * already so. A register that cannot be restored is counted in *n_failed, the
 * first one's cause put into text (size bytes); one that is no longer there
 * needs no restoring. 0, or negative when the daemon is gone: what is left to do
 * is still in the journal, for another handle.
 */
int journal_restore(
	struct journal *journal, struct msrd *msrd, unsigned *n_failed, char *text, size_t size);

void journal_deinit(struct journal *journal);

#endif
