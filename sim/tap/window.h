/* SPDX-License-Identifier: MIT */
/*
 * The part of a trace that is looked at: a ring of bounded size that is filled from the reader.
 * Places in it are called by their number in the whole trace, from 0.
 */
#ifndef MSRD_SIM_TAP_WINDOW_H
#define MSRD_SIM_TAP_WINDOW_H

#include "sim/tap/replay_report.h"
#include "sim/tap/trace_reader.h"

#define WINDOW_NONE UINT64_MAX

struct window_entry {
	struct replay_entry recorded;
	uint64_t next; /* whoever looks may chain entries: a number, or WINDOW_NONE */
	bool is_taken;
	uint64_t now_ns;		   /* when it was taken, out of order */
	uint64_t instead_line, instead_ns; /* ... and what was expected then */
};

struct window {
	struct trace_reader *reader; /* its own */
	struct window_entry *ring;
	uint64_t capacity;	    /* a power of two */
	uint64_t begin, end;	    /* numbers of the first entry here, and behind the last */
	bool has_ended, has_failed; /* the reader */
};

/* Takes the reader over, also when it fails: -ENOMEM. */
int window_init(struct window *window, struct trace_reader *reader, uint64_t capacity);
void window_deinit(struct window *window);

/* Is there room for one more? */
bool window_is_full(const struct window *window);

/* Reads one more entry; there has to be room. NULL at the end. */
struct window_entry *window_pull(struct window *window);

/* Entry number at, not before begin; reads on if need be. NULL: it is too far ahead, or behind the
 * end of the trace. */
struct window_entry *window_at(struct window *window, uint64_t at);

/* Forgets entries before that number. */
void window_drop(struct window *window, uint64_t at);

#endif
