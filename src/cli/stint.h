/* SPDX-License-Identifier: MIT */
/* How long msrctl stat measures, and beside what: whatever it measures. */
#ifndef MSRD_CLI_STINT_H
#define MSRD_CLI_STINT_H

#include "cli/measure/reading.h"

/* What a simulated node has, beside what is expected of it. */
#define STINT_NODE_CLOCK "/sys/devices/sim/clock"

struct stint {
	double length_s;    /* of an interval; 0: as long as the command runs */
	double delay_s;	    /* from the start of the command until it begins */
	double timeout_s;   /* from there until it ends; 0: never */
	uint64_t count;	    /* of intervals; 0: until a signal comes, or the command ends */
	uint64_t n_repeats; /* of the command; 0: it runs once, and its interval is no repeat */
	unsigned wait_ms;   /* for other measurements that program counters */
	bool all_sockets;
	char **command; /* NULL: none */
	bool no_status; /* the command's exit status is not ours */
	/* the node's own clock; -1: the daemon's stamps */
	int clock;
};

/* The clock of what is measured. stint must outlive it. */
struct reading_clock stint_clock(const struct stint *stint);

/* A simulated node has its clock beside what is expected of it, and it may be moved by
 * hand: then our time says nothing. A descriptor, or -1. */
int stint_open_clock(const char *beside);

#endif
