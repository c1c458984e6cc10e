/* SPDX-License-Identifier: MIT */
/*
 * A stretch of time in which a flow has one rate: a phase of the workload, or
 * all time. What has flowed is a straight line there, and quickly told.
 */
#ifndef MSRD_SIM_MACHINE_STRETCH_H
#define MSRD_SIM_MACHINE_STRETCH_H

#include "sim/machine/amount.h"

/* Of a second, or of all events: a part in parts of this. */
#define STRETCH_WHOLE UINT64_C(1000000000)

/* Whose events are counted. */
enum stretch_share {
	STRETCH_ALL,
	STRETCH_USER,	 /* rounded down */
	STRETCH_KERNEL,	 /* all others */
	STRETCH_CROOKED, /* no line: the total has to be found otherwise */
};

struct stretch {
	uint64_t begin_ns, end_ns; /* which is the next one's; none: as many */
	struct amount before;	   /* what had flowed when it began */
	struct rate rate;
	struct slope slope; /* of both; none: it is not quickly told */
	enum stretch_share share;
	uint64_t user; /* of all that ever flows, in parts of STRETCH_WHOLE */
};

static inline bool stretch_covers(const struct stretch *stretch, uint64_t ns)
{
	return ns >= stretch->begin_ns && ns < stretch->end_ns;
}

static inline struct stretch stretch_crooked(void)
{
	return (struct stretch){.end_ns = UINT64_MAX, .share = STRETCH_CROOKED};
}

/* The user's of so many events. */
static inline uint64_t stretch_user(uint64_t events, uint64_t user)
{
	return events / STRETCH_WHOLE * user + events % STRETCH_WHOLE * user / STRETCH_WHOLE;
}

/* Whole events in the first ns nanoseconds, which it covers; it is not crooked. */
static inline uint64_t stretch_total(const struct stretch *stretch, uint64_t ns)
{
	uint64_t since = ns - stretch->begin_ns, whole;

	if (!slope_whole(&stretch->slope, since, &whole))
		whole = amount_plus(stretch->before, amount_of(stretch->rate, since)).whole;
	if (stretch->share == STRETCH_ALL)
		return whole;
	uint64_t user = stretch_user(whole, stretch->user);
	return stretch->share == STRETCH_USER ? user : whole - user;
}

#endif
