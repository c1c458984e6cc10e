/* SPDX-License-Identifier: MIT */
/* What to put back, and in which order. Does not know what the registers mean. */
#include "cli/journal.h"

#include <errno.h>
#include <stdlib.h>

/* Room first: once a register is written it must not be forgotten. */
static int make_room(struct journal *journal)
{
	struct journal_entry *entries =
		reallocarray(journal->entries, journal->n_entries + 1, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	journal->entries = entries;
	return 0;
}

int journal_keep(struct journal *journal, struct msrd *msrd, const struct target *target,
	uint32_t reg, uint64_t mask, uint64_t *old)
{
	uint64_t value;
	int result = make_room(journal);

	if (result == 0)
		result = target_read(msrd, target, reg, &value);
	if (result != 0)
		return result;
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
	int result = journal_keep(journal, msrd, target, reg, mask, &old);

	return result ? result : set_bits(msrd, target, reg, old, mask, value);
}

int journal_restore(
	struct journal *journal, struct msrd *msrd, unsigned *n_failed, char *text, size_t size)
{
	while (journal->n_entries > 0) {
		const struct journal_entry *entry = &journal->entries[journal->n_entries - 1];
		uint64_t now;
		/* others may have changed their bits meanwhile */
		int result = target_read(msrd, &entry->target, entry->reg, &now);

		if (result == 0)
			result = set_bits(
				msrd, &entry->target, entry->reg, now, entry->mask, entry->old);
		if (result < 0)
			return result;
		if (result != 0 && result != MSRD_ABSENT && (*n_failed)++ == 0)
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
