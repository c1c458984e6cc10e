/* SPDX-License-Identifier: MIT */
/*
 * What is different from a trace: the first differences in words, the others counted. Each is one
 * line, "FILE:LINE: at TIME: what was recorded, and what is now".
 */
#ifndef MSRD_SIM_TAP_REPLAY_REPORT_H
#define MSRD_SIM_TAP_REPLAY_REPORT_H

#include <stdio.h>

#include "sim/tap/trace.h"

#define REPLAY_MAX_TEXTS  20 /* more than anybody reads at once */
#define REPLAY_MAX_FAULTS 5  /* texts of those */

/* X(kind, text) */
#define REPLAY_DIFFERENCES(X)                                                                      \
	X(REPLAY_VALUE, "other value")                                                             \
	X(REPLAY_ORDER, "other order")                                                             \
	X(REPLAY_UNRECORDED, "not recorded")                                                       \
	X(REPLAY_MISSING, "never came")

enum replay_difference {
#define X(kind, text) kind,
	REPLAY_DIFFERENCES(X)
#undef X
};
#define REPLAY_N_DIFFERENCES (0 REPLAY_DIFFERENCES(OP_ONE))

/* An access of the trace, and where it stands there. */
struct replay_entry {
	struct trace_access access;
	uint64_t line;
};

struct replay_report {
	const char *name; /* of the trace */
	uint64_t counts[REPLAY_N_DIFFERENCES];
	uint64_t n_faults; /* recorded accesses that a fault has answered in another way */
	char *texts[REPLAY_MAX_TEXTS + REPLAY_MAX_FAULTS];
	size_t n_texts, n_fault_texts; /* of both, and of faults */
};

/* recorded: what the trace has there (of width 0: only its line and time are known); NULL where it
 * has ended. now: what is made instead, NULL where nothing is. expected_line: of another order,
 * which line was expected; 0: none. */
void replay_report_add(struct replay_report *report, enum replay_difference kind,
	const struct replay_entry *recorded, const struct trace_access *now,
	uint64_t expected_line);

/* A fault has answered now, which was recorded, too (on line 0: only another of its polling loop).
 * Told where the answer is another; who asked for a fault has made no difference by that. */
void replay_report_fault(struct replay_report *report, const struct replay_entry *recorded,
	const struct trace_access *now);

/* Of differences. */
uint64_t replay_report_total(const struct replay_report *report);

/* The texts and, where there are more, how many; a line each. */
void replay_report_print(const struct replay_report *report, FILE *out);

/* "1 other value, 2 never came", or "no difference", and ", 1 answered by a fault". */
void replay_report_summary(const struct replay_report *report, FILE *out);

void replay_report_deinit(struct replay_report *report);

#endif
