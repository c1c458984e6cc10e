/* SPDX-License-Identifier: MIT */
/*
 * A replay in the order of the trace. One change has to be one difference: so what an access that
 * was not expected means is decided when it is clear from those that follow.
 *
 * - It is found further on: its entry is taken early, and the one behind it is looked at too with
 *   the next access. If that is it, those before were left out: they are overdue.
 * - If instead the expected ones come, it was too early, which is told when the cursor gets to its
 *   entry; or it is made once more then, and was one too many.
 */
#include <string.h>

#include "sim/tap/replay_match.h"

static const struct replay_entry *entry_at(struct replay *replay, uint64_t at)
{
	const struct window_entry *entry = window_at(&replay->window, at);

	return entry ? &entry->recorded : NULL;
}

static void advance(struct replay *replay, uint64_t cursor)
{
	replay->cursor = cursor;
	window_drop(&replay->window, cursor);
}

static struct trace_access early_access(const struct window_entry *entry)
{
	struct trace_access access = entry->recorded.access;

	access.time_ns = entry->now_ns;
	return access;
}

/* Entries that were taken early, from the cursor on. True: access is one of them, once more. */
static bool pass_early(
	struct replay *replay, const struct trace_access *access, struct replay_entry *recorded)
{
	struct window_entry *entry;

	while ((entry = window_at(&replay->window, replay->cursor)) && entry->is_taken) {
		struct trace_access early = early_access(entry);
		bool is_again = replay_is_same(&entry->recorded.access, access);

		if (is_again) {
			*recorded = entry->recorded;
			replay_report_add(&replay->report, REPLAY_UNRECORDED,
				&(struct replay_entry){
					.access = {.time_ns = entry->instead_ns},
					.line = entry->instead_line,
				},
				&early, 0);
		} else {
			replay_report_add(&replay->report, REPLAY_ORDER, &entry->recorded, &early,
				entry->instead_line);
		}
		advance(replay, replay->cursor + 1);
		if (is_again)
			return true;
	}
	return false;
}

static void drop_overdue(struct replay *replay, size_t i)
{
	replay->n_overdue--;
	memmove(&replay->overdue[i], &replay->overdue[i + 1],
		(replay->n_overdue - i) * sizeof *replay->overdue);
}

static void add_overdue(struct replay *replay, const struct replay_entry *entry)
{
	if (replay->n_overdue == REPLAY_MAX_OVERDUE) {
		replay_report_add(&replay->report, REPLAY_MISSING, &replay->overdue[0], NULL, 0);
		drop_overdue(replay, 0);
	}
	replay->overdue[replay->n_overdue++] = *entry;
}

/* Those between the cursor and at were left out. */
static void skip_to(struct replay *replay, uint64_t at)
{
	for (; replay->cursor < at; advance(replay, replay->cursor + 1)) {
		const struct window_entry *entry = window_at(&replay->window, replay->cursor);
		if (!entry->is_taken)
			add_overdue(replay, &entry->recorded);
	}
}

static bool take_overdue(
	struct replay *replay, const struct trace_access *access, struct replay_entry *recorded)
{
	for (size_t i = 0; i < replay->n_overdue; i++) {
		const struct replay_entry *entry = &replay->overdue[i];
		if (!replay_is_same(&entry->access, access))
			continue;
		const struct replay_entry *before = entry_at(replay, replay->cursor);
		*recorded = *entry;
		replay_report_add(
			&replay->report, REPLAY_ORDER, entry, access, before ? before->line : 0);
		drop_overdue(replay, i);
		return true;
	}
	return false;
}

static bool take_early(struct replay *replay, const struct trace_access *access,
	const struct replay_entry *expected, struct replay_entry *recorded)
{
	struct window_entry *entry;

	if (!expected)
		return false;
	for (uint64_t at = replay->cursor + 1; (entry = window_at(&replay->window, at)); at++) {
		if (entry->is_taken || !replay_is_same(&entry->recorded.access, access))
			continue;
		entry->is_taken = true;
		entry->now_ns = access->time_ns;
		entry->instead_line = expected->line;
		entry->instead_ns = expected->access.time_ns;
		*recorded = entry->recorded;
		replay->jump = at + 1;
		return true;
	}
	return false;
}

/* Is it the one behind that which was taken early? */
static bool jump_to(struct replay *replay, uint64_t jump, const struct trace_access *access,
	struct replay_entry *recorded)
{
	const struct window_entry *entry;

	while ((entry = window_at(&replay->window, jump)) && entry->is_taken)
		jump++;
	if (!entry || !replay_is_same(&entry->recorded.access, access))
		return false;
	*recorded = entry->recorded;
	skip_to(replay, jump);
	advance(replay, jump + 1);
	return true;
}

bool replay_strict(struct replay *replay, const struct trace_access *access,
	struct replay_entry *recorded, const struct replay_entry **expected)
{
	uint64_t jump = replay->jump;
	const struct replay_entry *entry;

	replay->jump = WINDOW_NONE;
	if (pass_early(replay, access, recorded))
		return true;
	*expected = entry = entry_at(replay, replay->cursor);
	if (entry && replay_is_same(&entry->access, access)) {
		*recorded = *entry;
		advance(replay, replay->cursor + 1);
		return true;
	}
	if (jump != WINDOW_NONE && jump_to(replay, jump, access, recorded))
		return true;
	if (entry && replay_is_same_kind(&entry->access, access)) {
		*recorded = *entry;
		replay_report_add(&replay->report, REPLAY_VALUE, entry, access, 0);
		advance(replay, replay->cursor + 1);
		return true;
	}
	return take_overdue(replay, access, recorded) ||
	       take_early(replay, access, entry, recorded);
}

void replay_strict_end(struct replay *replay)
{
	const struct window_entry *entry;
	bool is_missing = replay->n_overdue > 0;

	for (size_t i = 0; i < replay->n_overdue; i++)
		replay_report_add(&replay->report, REPLAY_MISSING, &replay->overdue[i], NULL, 0);
	replay->n_overdue = 0;
	for (; (entry = window_at(&replay->window, replay->cursor));
		advance(replay, replay->cursor + 1)) {
		struct trace_access early = early_access(entry);

		/* where those before it never came, it was not too early */
		if (entry->is_taken && !is_missing)
			replay_report_add(&replay->report, REPLAY_ORDER, &entry->recorded, &early,
				entry->instead_line);
		if (entry->is_taken)
			continue;
		is_missing = true;
		replay_report_add(&replay->report, REPLAY_MISSING, &entry->recorded, NULL, 0);
	}
}
