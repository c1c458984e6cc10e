/* SPDX-License-Identifier: MIT */
/* Inside the replay: which entry of the trace an access is. Only replay*.c include it. */
#ifndef MSRD_SIM_TAP_REPLAY_MATCH_H
#define MSRD_SIM_TAP_REPLAY_MATCH_H

#include "sim/tap/window.h"

#define REPLAY_STRICT_WINDOW                                                                       \
	(1u << 12) /* a difference is looked for that far; chosen, not tuned                       \
		    */
#define REPLAY_LOOSE_WINDOW (1u << 18)
#define REPLAY_MAX_OVERDUE  1024

/* What is known of a register. */
struct replay_register {
	struct trace_place place;
	uint32_t width;
	bool has_last;	 /* something was read or written */
	bool is_in_loop; /* loose: the last access was a read */
	int last_error;
	uint64_t last_value;
	uint64_t head, tail; /* loose: its entries in the window that are not taken */
};

/* A table that grows. */
struct replay_registers {
	struct replay_register **slots; /* NULL: free */
	size_t n_slots, n_used;
};

struct replay {
	struct window window;
	struct replay_registers registers;
	struct replay_report report;
	uint64_t n_made;
	/* strict */
	uint64_t cursor; /* the entry that is expected */
	uint64_t jump;	 /* the one behind that which the last access was, if it was not expected */
	struct replay_entry *overdue; /* left out so far, oldest first */
	size_t n_overdue;
	/* loose */
	uint64_t n_taken; /* entries in the window */
};

/* The register's, made if need be; it stays where it is. NULL: out of memory. */
struct replay_register *replay_find(
	struct replay_registers *registers, const struct trace_access *access);

void replay_registers_deinit(struct replay_registers *registers);

/*
 * True: access was recorded; *recorded is that, on line 0 where a polling loop is longer than it.
 * False: it was not, and has not been reported yet; *expected is the entry that could have been, or
 * NULL.
 */
bool replay_strict(struct replay *replay, const struct trace_access *access,
	struct replay_entry *recorded, const struct replay_entry **expected);
bool replay_loose(struct replay *replay, const struct trace_access *access,
	struct replay_entry *recorded, const struct replay_entry **expected);

/* What is left. */
void replay_strict_end(struct replay *replay);
void replay_loose_end(struct replay *replay);

static inline bool replay_is_same_kind(const struct trace_access *a, const struct trace_access *b)
{
	return a->is_write == b->is_write && a->width == b->width &&
	       trace_place_equal(&a->place, &b->place);
}

/* Also the value that is written. */
static inline bool replay_is_same(const struct trace_access *a, const struct trace_access *b)
{
	return replay_is_same_kind(a, b) && (!a->is_write || a->value == b->value);
}

#endif
