/* SPDX-License-Identifier: MIT */
/* One run of msrctl stat -e, from programming the events to restoring the registers. */
#ifndef MSRD_CLI_COUNTING_H
#define MSRD_CLI_COUNTING_H

#include "cli/cli.h"
#include "cli/count/show_groups.h"
#include "cli/stint.h"

struct counting {
	const struct stint *stint;
	bool no_rotate;
	bool regions;  /* that the command marks are shown, too */
	double turn_s; /* how long a set of events is on where they take turns */
	struct show show;
	struct want *wants;
	size_t n_wants;
	size_t n_events; /* the first wants: those that were asked for as events */
	struct group *groups;
	size_t n_groups;
};

/* Adds the events of a list, which commas separate but between slashes. False after a message. */
bool counting_add(struct counting *counting, const struct arch *arch, const char *list);
/* Adds the groups of a list, behind all events. */
bool counting_add_groups(struct counting *counting, const struct arch *arch, const char *list);
void counting_deinit(struct counting *counting);

/* Prints a document for each interval to out. Returns the exit status. */
int counting_run(const struct counting *counting, const struct cli *cli, const struct places *cpus,
	FILE *out);

#endif
