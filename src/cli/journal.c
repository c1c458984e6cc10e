/* SPDX-License-Identifier: MIT */
/* What to put back, and in which order. Does not know what the registers mean. */
#include "cli/journal.h"

#include <errno.h>
#include <stdlib.h>

#include "util/array.h"

/* Room first: once a register is written it must not be forgotten. */
static int make_room(struct journal *journal)
{
	struct journal_entry *entries =
		array_grow(journal->entries, journal->n_entries, sizeof *entries);

	if (!entries)
		return -ENOMEM;
	journal->entries = entries;
	return 0;
}

int journal_keep(struct journal *journal, struct msrd *msrd, const struct target *target,
	uint32_t reg, uint64_t mask, uint64_t *old)
{
	uint64_t value;
	int r = make_room(journal);

	if (r == 0)
		r = target_read(msrd, target, reg, &value);
	if (r != 0)
		return r;
	journal->entries[journal->n_entries++] =
		(struct journal_entry){.target = *target, .reg = reg, .mask = mask, .old = value};
	if (old)
		*old = value;
	return 0;
}

static int set_bits(struct msrd *msrd, const struct target *target, uint32_t reg, uint64_t now,
	uint64_t mask, uint64_t value)
{
	uint64_t wanted = (now & ~mask) | (value & mask);

	return wanted == now ? 0 : target_write(msrd, target, reg, wanted);
}

int journal_change(struct journal *journal, struct msrd *msrd, const struct target *target,
	uint32_t reg, uint64_t mask, uint64_t value)
{
	uint64_t old;
	int r = journal_keep(journal, msrd, target, reg, mask, &old);

	return r ? r : set_bits(msrd, target, reg, old, mask, value);
}

int journal_restore(
	struct journal *journal, struct msrd *msrd, unsigned *n_failed, char *text, size_t size)
{
	while (journal->n_entries > 0) {
		const struct journal_entry *entry = &journal->entries[journal->n_entries - 1];
		uint64_t now;
		/* others may have changed their bits meanwhile */
		int r = target_read(msrd, &entry->target, entry->reg, &now);

		if (r == 0)
			r = set_bits(
				msrd, &entry->target, entry->reg, now, entry->mask, entry->old);
		if (r < 0)
			return r;
		if (r != 0 && r != MSRD_ABSENT && (*n_failed)++ == 0)
			msrd_error(msrd, text, size);
		journal->n_entries--;
	}
	return 0;
}

void journal_deinit(struct journal *journal)
{
	free(journal->entries);
	*journal = (struct journal){0};
}
