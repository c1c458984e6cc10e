/* SPDX-License-Identifier: MIT */
/* Figures of groups as tables. Measures nothing, prints nothing. */
#ifndef MSRD_CLI_COUNT_SHOW_GROUPS_H
#define MSRD_CLI_COUNT_SHOW_GROUPS_H

#include "cli/count/group.h"
#include "cli/count/show.h"

/* Groups whose events are counted: index of an event is its want's. */
struct show_groups {
	const struct group *list;
	size_t n;
	double constants[GROUP_N_CONSTANTS]; /* but for the time; NAN: not known */
};

/* "READ BANDWIDTH B/s" */
#define GROUP_HEADING_SIZE 64
void group_heading(const struct group_metric *metric, char heading[GROUP_HEADING_SIZE]);

/* For people a table for each group and kind of place: at most 2 * n; for scripts one. Each is to
 * be freed by the caller. How many; NULL is one for which there was no memory. */
size_t show_group_tables(const struct show *show, const struct show_groups *groups,
	const struct count *count, const struct topology *topology, struct table **tables);

#endif
