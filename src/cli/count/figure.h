/* SPDX-License-Identifier: MIT */
/* The figures of groups: from counts by formulas. Prints nothing. */
#ifndef MSRD_CLI_COUNT_FIGURE_H
#define MSRD_CLI_COUNT_FIGURE_H

#include "cli/count/formula_parts.h"
#include "cli/count/show_groups.h"

/* All that figures depend on. */
struct shown {
	const struct show *show;
	const struct show_groups *groups;
	const struct count *count;
	const struct topology *topology;
};

/* One figure of a place. cause is NULL where it is known; share becomes that of the event which was
 * counted the least of the time, if it is less. */
double figure_value(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place, const char **cause,
	double *share);

/* What it is made of, as several places have it together. */
struct formula_parts figure_parts(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place);

/* How far it may be off, as an energy in it is; NAN: none is. */
double figure_grain(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place);

/* Places of a kind of metric: those of the events of the first of them, *places (free() it). 0 or
 * -ENOMEM. */
int figure_places(const struct shown *shown, const struct group *group, bool is_cpus,
	struct sum_place **places, size_t *n);

/* The least, the most and the average of what the places of a place show: CPUs or sockets. */
struct spread {
	size_t n;
	double min, max, average;
};

struct spread figure_spread(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place);

#endif
