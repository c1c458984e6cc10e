/* SPDX-License-Identifier: MIT */
/* What msrctl top measures, from programming to putting back. */
#ifndef MSRD_CLI_TOP_METER_H
#define MSRD_CLI_TOP_METER_H

#include "cli/hold.h"
#include "cli/measure/metric.h"
#include "cli/top/tally.h"

struct meter {
	const struct cli *cli;
	const struct places *cpus;
	struct stint stint;
	struct topology topology;
	struct hold hold;
	struct readings readings;
	struct tally extras; /* temperatures and C-states; nothing is programmed for them */
	/* a group that was chosen has a daemon of its own: what it programs is put back when
	 * another one is chosen */
	struct hold group_hold;
	struct tally group;
	struct board board;
	uint64_t begin_ns, now_ns; /* the clock's that is measured by */
	double last_s;
	const struct hold *failed; /* whose daemon is gone */
};

/* Begins. 0, or negative: meter_stop all the same. */
int meter_start(struct meter *meter, const struct cli *cli, const struct places *cpus,
	const struct stint *stint);

/* Reads, so that nothing wraps unseen. */
int meter_read(struct meter *meter);
/* How long it can be put off. */
uint64_t meter_keep_up_ns(const struct meter *meter);

/* Events that take turns have their next one. */
bool meter_takes_turns(const struct meter *meter);
int meter_turn(struct meter *meter);

/* Ends an interval, begins the next one. Where no time has passed, as on a node whose clock is
 * moved by hand, it goes on: *is_over is false then. */
int meter_end_interval(struct meter *meter, bool *is_over);
/* The interval is forgotten: nobody was there to read. */
int meter_skip_interval(struct meter *meter);

/* Counts this group from now on in place of the one before; NULL: none. One that cannot be counted
 * is none after a message: group.is_on tells. 0; negative when a daemon is gone. */
int meter_choose(struct meter *meter, const char *name);

/* Puts everything back. False after a message when something is left. */
bool meter_stop(struct meter *meter);

#endif
