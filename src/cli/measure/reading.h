/* SPDX-License-Identifier: MIT */
/* What the counters of a plan read, and when. Does not know what they count. */
#ifndef MSRD_CLI_MEASURE_READING_H
#define MSRD_CLI_MEASURE_READING_H

#include "cli/measure/plan.h"

/* When something was: at ns, give or take what it took. */
struct instant {
	uint64_t ns, slack_ns;
};

/* A counter that wraps, and what it counted since the interval began. */
struct reading {
	uint64_t raw; /* as last read */
	uint64_t total;
	uint64_t past, past_ns; /* what it counted in the intervals before, and in how long */
	struct instant begin, end;
	bool is_begun;
};

/* Time is what the daemon stamps on what it reads, or the clock's that the caller gives: a
 * simulated node's may be another than ours. */
struct reading_clock {
	uint64_t (*now_ns)(void *context); /* NULL: the daemon's stamps */
	void *context;
};

/* Counters that are next to each other in the plan and of one subject: read at once. */
struct reading_group {
	size_t first, n; /* counters */
	struct msrd_batch *batch;
	struct msrd_op *quickest; /* results of the run of it that counts */
};

struct readings {
	struct plan *plan;
	struct reading_clock clock;
	struct reading *list;	      /* of each of the plan's counters */
	struct reading_group *groups; /* made when they are taken first */
	size_t n_groups;
	uint64_t begin_ns, taken_ns; /* of the interval; of the last time */
	bool is_begun;
	size_t *op_of; /* of each counter, which of its group's operations it begins with */
};

/* 0 or -ENOMEM. What they are taken from must outlive them. */
int readings_init(struct readings *readings, struct plan *plan, struct reading_clock clock);
void readings_deinit(struct readings *readings);

/*
 * Reads every counter whose count has no cause; a failure becomes the cause. The
 * first time begins the first interval. To be done again within
 * readings_keep_up_ns(). 0 or negative.
 */
int readings_take(struct readings *readings, struct msrd *msrd);

/* So soon they have to be taken again that no counter wraps unseen: half of the
 * time that the quickest can need. */
uint64_t readings_keep_up_ns(const struct readings *readings);

/* The next interval begins where this one ended. */
void readings_restart(struct readings *readings);
/* The interval begins where they were taken last: what was before is not counted. */
void readings_discard(struct readings *readings);

/* *whole has what all intervals together read; free its list. 0 or -ENOMEM. */
int readings_whole(const struct readings *readings, struct readings *whole);

/* Another reading of a counter of so many bits. */
void reading_advance(struct reading *reading, unsigned width, uint64_t raw, struct instant when);

/* Counts a second; NAN when there is no interval, or when the counter was set
 * back by somebody. */
double reading_rate(const struct reading *reading);

#endif
