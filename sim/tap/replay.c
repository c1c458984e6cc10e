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

/* It was recorded: so it is answered, and the machine is kept like it. */
static void answer(
	struct tap_replay *replay, struct tap_access *access, const struct trace_access *recorded)
{
	if (access->is_write && recorded->error == 0) {
		struct tap_access copy = *access;
		tap_access(replay->tap.next, &copy);
	}
	access->error = recorded->error;
	if (!access->is_write)
		access->value = recorded->error < 0 ? 0 : recorded->value;
}

/* It was not: the last word of the trace, or else the machine's. */
static void invent(
	struct tap_replay *replay, struct tap_access *access, const struct trace_access *now)
{
	const struct replay_register *its = replay_find(&replay->replay.registers, now);

	if (access->is_write || !its || !its->has_last) {
		tap_access(replay->tap.next, access);
		return;
	}
	access->error = its->last_error;
	access->value = its->last_error < 0 ? 0 : its->last_value;
}

static void replay_access(struct tap *tap, struct tap_access *access)
{
	struct tap_replay *replay = (struct tap_replay *)tap;
	struct trace_access now, recorded = {0};
	const struct replay_entry *expected = NULL;

	pthread_mutex_lock(&replay->lock);
	now = trace_node_access(replay->fixture, access, machine_clock_ns(replay->machine));
	replay->replay.n_made += !replay->has_ended;
	if (replay->has_ended) {
		invent(replay, access, &now);
	} else if ((replay->is_loose ? replay_loose : replay_strict)(
			   &replay->replay, &now, &recorded, &expected)) {
		answer(replay, access, &recorded);
	} else {
		invent(replay, access, &now);
		now.value = access->value;
		now.error = access->error;
		replay_report_add(&replay->replay.report, REPLAY_UNRECORDED, expected, &now, 0);
	}
	now.value = access->value;
	now.error = access->error;
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
