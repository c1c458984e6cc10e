/* SPDX-License-Identifier: MIT */
/*
 * Two traces, access by access. Times do not count. Where they part, the next few accesses that
 * are alike in both are looked for, some hundred ahead.
 */
#ifndef MSRD_SIM_TAP_COMPARE_H
#define MSRD_SIM_TAP_COMPARE_H

#include "sim/tap/replay_report.h"
#include "sim/tap/trace_reader.h"

/* X(kind, text) */
#define COMPARE_DIFFERENCES(X)                                                                     \
	X(COMPARE_VALUE, "other value")                                                            \
	X(COMPARE_ONLY_FIRST, "only in the first")                                                 \
	X(COMPARE_ONLY_SECOND, "only in the second")

enum compare_difference {
#define X(kind, text) kind,
	COMPARE_DIFFERENCES(X)
#undef X
};
#define COMPARE_N_DIFFERENCES (0 COMPARE_DIFFERENCES(OP_ONE))

const char *compare_text(enum compare_difference kind);

struct compare_options {
	bool ignores_reads; /* values that were read do not count */
	/* One difference. first, second: NULL where the trace has none. */
	void (*differ)(void *context, enum compare_difference kind,
		const struct replay_entry *first, const struct replay_entry *second);
	/* Now and then: how much has been read, 0 to 1. May be NULL. */
	void (*progress)(void *context, double share);
	void *context;
};

/* Takes the readers over. 0; -EBADMSG where one can't be read, which has been complained of;
 * -ENOMEM. n_alike: how many accesses are the same. */
int compare_traces(struct trace_reader *first, struct trace_reader *second,
	const struct compare_options *options, uint64_t *n_alike);

#endif
