/* SPDX-License-Identifier: MIT */
/* The way of msrctl stat that counts events, and what groups compute of them. */
#ifndef MSRD_CLI_COUNTING_H
#define MSRD_CLI_COUNTING_H

#include "cli/count/show_groups.h"
#include "cli/regions.h"
#include "cli/run.h"

struct counting {
	bool no_rotate;
	bool regions;  /* that the command marks are shown, too */
	double turn_s; /* how long a set of events is on where they take turns */
	struct show show;
	struct want *wants;
	size_t n_wants;
	size_t n_events; /* the first wants: those that were asked for as events */
	struct group *groups;
	size_t n_groups;
	/* its own */
	struct count count;
	struct topology topology;
	struct show_groups shown_groups;
	struct regions marked; /* of --regions */
};

/* Adds the events of a list, which commas separate but between slashes. False after a message. */
bool counting_add(struct counting *counting, const struct arch *arch, const char *list);
/* Adds the groups of a list, behind all events. */
bool counting_add_groups(struct counting *counting, const struct arch *arch, const char *list);
void counting_deinit(struct counting *counting);

/* Its context is a struct counting. */
extern const struct way counting_way;

/* Programs the events among others, and makes count of them; the journal of hold says what to put
 * back. As count_start; where events do not fit and may not take turns, is_usage, after a message.
 */
int counting_program(const struct counting *counting, const struct stint *stint, struct hold *hold,
	const struct topology *topology, const struct places *cpus, struct count *count,
	bool *is_usage);

/* The same for one who has the hold already: between hold_begin and hold_end. */
int counting_add_to(const struct counting *counting, const struct stint *stint, struct hold *hold,
	const struct topology *topology, const struct places *cpus, struct count *count,
	bool *is_usage);

/* What formulas of the groups have besides events, as a CPU says it. */
void counting_constants(const struct counting *counting, struct hold *hold, const struct place *cpu,
	struct show_groups *groups);

#endif
