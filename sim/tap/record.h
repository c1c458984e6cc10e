/* SPDX-License-Identifier: MIT */
/* The tap that writes a trace: of every access, after it has been answered. */
#ifndef MSRD_SIM_TAP_RECORD_H
#define MSRD_SIM_TAP_RECORD_H

#include "sim/fixture/fixture.h"
#include "sim/tap/tap.h"
#include "sim/tap/trace_writer.h"

/*
 * Takes next and writer over; one access at a time goes on to next, so the order in the trace is
 * that in which they took place. Fixture and machine (the clock) are others'. NULL: out of memory,
 * and next and writer are freed.
 */
struct tap *tap_record_new(struct tap *next, struct trace_writer *writer,
	const struct fixture *fixture, struct machine *machine);

/* The trace ends here: nothing more is written. False: it is not whole, and that has been
 * complained of. */
bool tap_record_end(struct tap *tap);

#endif
