/* SPDX-License-Identifier: MIT */
/*
 * The tap that answers from a trace, and says what is different. Each access goes on to the next
 * tap with its answer, where a fault may have another; what was recorded is done with all the same.
 * What was not recorded is answered with what the trace has last said of the register, and else by
 * the machine. That is written as the trace's node was.
 *
 * Strict: the accesses of the trace, in its order. Loose: in the order of each register alone, and
 * reads of one register with no write between them are a polling loop, which may be of another
 * length, but not of none.
 *
 * Memory: 0.3 MiB (strict) or 20 MiB (loose), 64 bytes for each register that is accessed, and the
 * trace's reader.
 */
#ifndef MSRD_SIM_TAP_REPLAY_H
#define MSRD_SIM_TAP_REPLAY_H

#include "sim/fixture/fixture.h"
#include "sim/tap/replay_report.h"
#include "sim/tap/tap.h"
#include "sim/tap/trace_reader.h"

/* Takes next and reader over; name is the trace's, in the report, and has to last. NULL: out of
 * memory, and next and reader are freed. */
struct tap *tap_replay_new(struct tap *next, struct trace_reader *reader, const char *name,
	bool is_loose, const struct fixture *fixture, struct machine *machine);

struct replay_result {
	const struct replay_report *report; /* the tap's */
	uint64_t n_recorded, n_made;	    /* accesses, in the trace and now */
	bool has_failed; /* the trace could not be read to its end: that has been complained of */
};

/* No more accesses: what is left in the trace never came. */
struct replay_result tap_replay_end(struct tap *tap);

#endif
