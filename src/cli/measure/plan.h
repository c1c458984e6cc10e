/* SPDX-License-Identifier: MIT */
/*
 * Which counters count which events of which CPUs and sockets, programmed and
 * put back: three fixed counters of each CPU, two counters of each memory
 * channel, two energy counters of each socket. What cannot be counted has a
 * cause and is left alone.
 */
#ifndef MSRD_CLI_MEASURE_PLAN_H
#define MSRD_CLI_MEASURE_PLAN_H

#include "cli/measure/cause.h"
#include "cli/measure/event.h"
#include "cli/measure/journal.h"
#include "cli/places.h"
#include "node/node.h"

/* One register, or two halves of one, that counts. */
struct plan_counter {
	size_t subject; /* of the plan; its count of event is the sum of such counters */
	enum event_id event;
	struct place place;
	bool has_high;	    /* the high half is the next register */
	bool is_programmed; /* else it counts whatever anybody does */
	unsigned width;
};

/* One event of a CPU or socket: the sum of its counters. */
struct plan_count {
	struct cause cause;
	/* one count is so much: instructions, cycles, seconds, bytes, joules */
	double scale;
	struct cause scale_cause; /* the scale is not known */
	uint32_t period_ns;	  /* it moves that often; 0: always */
};

/* A CPU or a socket. */
struct plan_subject {
	enum subject_kind kind;
	uint32_t number;		    /* of the CPU; package, or NODE_NO_PACKAGE */
	struct plan_count counts[N_EVENTS]; /* those of its kind */
	struct cause refused;		    /* why its counters could not be programmed */
};

struct plan {
	const struct node *node;
	struct journal journal;	       /* what to restore */
	struct plan_subject *subjects; /* CPUs as they were asked for, then sockets */
	size_t n_subjects;
	struct plan_counter *counters;
	size_t n_counters;
};

/*
 * Programs the counters of these CPUs, and of their sockets, or of all sockets.
 * The node's model is known. peers: see journal.h. 0; negative when the daemon
 * is gone or out of memory: then, too, the journal says what to restore.
 */
int plan_start(struct plan *plan, struct msrd *msrd, const struct node *node,
	const struct places *cpus, bool all_sockets, struct peers *peers);

/*
 * Looks whether the counters are still programmed as they were by plan_start: if
 * somebody else has done otherwise, nobody knows how long they counted, and that
 * is the cause of their counts from now on. 0 or negative.
 */
int plan_check(struct plan *plan, struct msrd *msrd);

/* Frees; restores nothing. */
void plan_deinit(struct plan *plan);

#endif
