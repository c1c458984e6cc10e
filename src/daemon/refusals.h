/* SPDX-License-Identifier: MIT */
/* Keeps a client that asks for what it may not have from filling the log. */
#ifndef MSRD_DAEMON_REFUSALS_H
#define MSRD_DAEMON_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

/* Chosen, not tuned: enough to see what a tool wants, not enough to hurt. */
#define REFUSALS_PER_SECOND 10

struct refusals {
	int64_t second;	     /* in which the last refusal came */
	unsigned logged;     /* in that second */
	unsigned suppressed; /* since the last line that told of them */
};

/* A refusal at now_ms: may it be logged? */
bool refusals_may_log(struct refusals *refusals, int64_t now_ms);

/* How many were not logged since the last call. */
unsigned refusals_take_suppressed(struct refusals *refusals);

#endif
