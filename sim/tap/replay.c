/* SPDX-License-Identifier: MIT */
/* The replay as a tap: answers what the match has found. */
#include "sim/tap/replay.h"

#include <pthread.h>
#include <stdlib.h>

#include "sim/tap/replay_match.h"
#include "sim/tap/trace_node.h"

struct tap_replay {
	struct tap tap;
	pthread_mutex_t lock; /* of the replay, and of the order */
	bool is_loose, has_ended;
	const struct fixture *fixture;
	struct machine *machine;
	struct replay replay;
};

/* What the trace says the register has, whatever a fault made of that just now. */
static void remember(struct tap_replay *replay, const struct trace_access *access)
{
	struct replay_register *its = replay_find(&replay->replay.registers, access);

	/* a write that failed changes nothing */
	if (!its || (access->is_write && access->error < 0))
		return;
	its->has_last = true;
	its->last_value = access->value;
	its->last_error = access->error;
}

/* What was not recorded: a read gets the last word of the trace, or else the machine's. */
static bool invent(
	struct tap_replay *replay, const struct trace_access *now, struct tap_answer *answer)
{
	const struct replay_register *its = replay_find(&replay->replay.registers, now);

	if (now->is_write || !its || !its->has_last)
		return false;
	*answer = (struct tap_answer){its->last_value, its->last_error};
	return true;
}

/* Passes on what is to be answered. False: a fault has answered. */
static bool answer(
	struct tap_replay *replay, struct tap_access *access, const struct tap_answer *answer)
{
	access->answer = answer;
	tap_access(replay->tap.next, access);
	bool is_taken = !access->answer;
	access->answer = NULL;
	return is_taken;
}

static void answer_recorded(struct tap_replay *replay, struct tap_access *access,
	struct trace_access *now, const struct replay_entry *recorded)
{
	const struct tap_answer found = {recorded->access.value, recorded->access.error};
	bool is_taken = answer(replay, access, &found);

	now->error = access->error;
	now->value = access->value;
	if (!is_taken)
		replay_report_fault(&replay->replay.report, recorded, now);
	/* of a write that failed now nothing is left, of a read what was recorded */
	if (!access->is_write) {
		now->error = recorded->access.error;
		now->value = recorded->access.value;
	}
}

static void answer_unrecorded(struct tap_replay *replay, struct tap_access *access,
	struct trace_access *now, const struct replay_entry *expected)
{
	struct tap_answer found;
	bool is_known = invent(replay, now, &found);
	bool is_taken = answer(replay, access, is_known ? &found : NULL);

	now->error = access->error;
	now->value = access->value;
	if (!replay->has_ended)
		replay_report_add(&replay->replay.report, REPLAY_UNRECORDED, expected, now, 0);
	if (is_known && !is_taken) {
		now->error = found.error;
		now->value = found.value;
	}
}

static void replay_access(struct tap *tap, struct tap_access *access)
{
	struct tap_replay *replay = (struct tap_replay *)tap;
	const struct replay_entry *expected = NULL;
	struct replay_entry recorded = {0};

	pthread_mutex_lock(&replay->lock);
	struct trace_access now =
		trace_node_access(replay->fixture, access, machine_clock_ns(replay->machine));
	replay->replay.n_made += !replay->has_ended;
	if (!replay->has_ended && (replay->is_loose ? replay_loose : replay_strict)(
					  &replay->replay, &now, &recorded, &expected))
		answer_recorded(replay, access, &now, &recorded);
	else
		answer_unrecorded(replay, access, &now, expected);
	remember(replay, &now);
	pthread_mutex_unlock(&replay->lock);
}

struct replay_result tap_replay_end(struct tap *tap)
{
	struct tap_replay *replay = (struct tap_replay *)tap;

	pthread_mutex_lock(&replay->lock);
	replay->has_ended = true;
	if (replay->is_loose)
		replay_loose_end(&replay->replay);
	else
		replay_strict_end(&replay->replay);
	struct replay_result result = {
		.report = &replay->replay.report,
		.n_recorded = replay->replay.window.end,
		.n_made = replay->replay.n_made,
		.has_failed = replay->replay.window.has_failed,
	};
	pthread_mutex_unlock(&replay->lock);
	return result;
}

static void replay_free(struct tap *tap)
{
	struct tap_replay *replay = (struct tap_replay *)tap;

	window_deinit(&replay->replay.window);
	replay_report_deinit(&replay->replay.report);
	replay_registers_deinit(&replay->replay.registers);
	free(replay->replay.overdue);
	pthread_mutex_destroy(&replay->lock);
	free(replay);
}

struct tap *tap_replay_new(struct tap *next, struct trace_reader *reader, const char *name,
	bool is_loose, const struct fixture *fixture, struct machine *machine)
{
	static const struct tap_ops ops = {.access = replay_access, .free = replay_free};
	struct tap_replay *replay = calloc(1, sizeof *replay);

	if (!replay) {
		trace_reader_free(reader);
		return tap_free(next);
	}
	replay->tap = (struct tap){.ops = &ops, .next = next};
	replay->is_loose = is_loose;
	replay->fixture = fixture;
	replay->machine = machine;
	replay->replay.report.name = name;
	replay->replay.jump = WINDOW_NONE;
	pthread_mutex_init(&replay->lock, NULL);
	replay->replay.overdue = calloc(REPLAY_MAX_OVERDUE, sizeof *replay->replay.overdue);
	if (window_init(&replay->replay.window, reader,
		    is_loose ? REPLAY_LOOSE_WINDOW : REPLAY_STRICT_WINDOW) == 0 &&
		replay->replay.overdue)
		return &replay->tap;
	return tap_free(&replay->tap);
}
