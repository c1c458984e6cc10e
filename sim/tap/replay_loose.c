/* SPDX-License-Identifier: MIT */
/*
 * A replay in the order of each register alone: its entries in the window are a queue. Reads of a
 * register without a write between them are a polling loop: more or fewer of them may come, but
 * not none.
 */
#include "sim/tap/replay_match.h"

/* One more entry into the window and its register's queue. */
static bool pull(struct replay *replay)
{
	uint64_t at = replay->window.end;
	const struct window_entry *entry = window_pull(&replay->window);

	if (!entry)
		return false;
	struct replay_register *its = replay_find(&replay->registers, &entry->recorded.access);
	if (!its)
		return false;
	if (its->head == WINDOW_NONE)
		its->head = at;
	else
		window_at(&replay->window, its->tail)->next = at;
	its->tail = at;
	return true;
}

/* The first entry of a register's queue is done with. */
static void take(struct replay *replay, struct replay_register *its)
{
	struct window_entry *entry = window_at(&replay->window, its->head);

	entry->is_taken = true;
	replay->n_taken++;
	its->is_in_loop = !entry->recorded.access.is_write;
	its->head = entry->next;
}

/* The first entry of a register's queue never came, if that is to be told. */
static void pass(struct replay *replay, struct replay_register *its)
{
	const struct window_entry *entry = window_at(&replay->window, its->head);

	if (entry->recorded.access.is_write || !its->is_in_loop)
		replay_report_add(&replay->report, REPLAY_MISSING, &entry->recorded, NULL, 0);
	take(replay, its);
}

/*
 * Room in the window: what has been taken goes, and what need not come any more. What still has to
 * come is given up only when the accesses are far ahead of it. False: it is full of what is to
 * come.
 */
static bool make_room(struct replay *replay)
{
	struct window *window = &replay->window;

	while (window->begin < window->end) {
		const struct window_entry *entry = window_at(window, window->begin);

		if (!entry->is_taken) {
			struct replay_register *its =
				replay_find(&replay->registers, &entry->recorded.access);
			bool is_optional = its->is_in_loop && !entry->recorded.access.is_write;

			if (!window_is_full(window) ||
				(!is_optional && replay->n_taken < window->capacity / 2))
				break;
			pass(replay, its); /* the oldest is the first of its register */
		}
		window_drop(window, window->begin + 1);
		replay->n_taken--;
	}
	return !window_is_full(window);
}

/* The next entry of a register, or NULL: there is none, or it is too far ahead. */
static const struct window_entry *next_of(struct replay *replay, struct replay_register *its)
{
	while (its->head == WINDOW_NONE)
		if (!make_room(replay) || !pull(replay))
			return NULL;
	return window_at(&replay->window, its->head);
}

static bool take_read(struct replay *replay, struct replay_register *its,
	const struct window_entry *entry, struct replay_entry *recorded)
{
	if (entry && !entry->recorded.access.is_write) {
		*recorded = entry->recorded;
		take(replay, its);
		return true;
	}
	/* it is polled for longer */
	recorded->access.value = its->last_value;
	recorded->access.error = its->last_error;
	return its->is_in_loop;
}

bool replay_loose(struct replay *replay, const struct trace_access *access,
	struct replay_entry *recorded, const struct replay_entry **expected)
{
	struct replay_register *its = replay_find(&replay->registers, access);
	const struct window_entry *entry = its ? next_of(replay, its) : NULL;

	if (!its)
		return false;
	*expected = entry ? &entry->recorded : NULL;
	*recorded = (struct replay_entry){.access = *access};
	if (!access->is_write)
		return take_read(replay, its, entry, recorded);

	/* reads that were too few, or none */
	for (; entry && !entry->recorded.access.is_write; entry = next_of(replay, its))
		pass(replay, its);
	*expected = entry ? &entry->recorded : NULL;
	if (!entry)
		return false;
	*recorded = entry->recorded;
	if (!replay_is_same(&recorded->access, access))
		replay_report_add(&replay->report, REPLAY_VALUE, &entry->recorded, access, 0);
	take(replay, its);
	return true;
}

void replay_loose_end(struct replay *replay)
{
	struct window *window = &replay->window;

	do {
		while (window->begin < window->end) {
			const struct window_entry *entry = window_at(window, window->begin);

			if (!entry->is_taken)
				pass(replay,
					replay_find(&replay->registers, &entry->recorded.access));
			window_drop(window, window->begin + 1);
		}
		replay->n_taken = 0;
	} while (pull(replay));
}
