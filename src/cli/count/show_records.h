/* SPDX-License-Identifier: MIT */
/* Counts and the figures of groups as values for every format. */
#ifndef MSRD_CLI_COUNT_SHOW_RECORDS_H
#define MSRD_CLI_COUNT_SHOW_RECORDS_H

#include "cli/count/figure.h"
#include "cli/output/record.h"

/* One a place of each of the first n_wants events. is_raw: what the counters counted, without scale
 * and turns. 0 or -ENOMEM. */
int show_event_records(const struct show *show, const struct count *count,
	const struct topology *topology, size_t n_wants, bool is_raw, struct records *records);

/* One a place of each metric of the groups. 0 or -ENOMEM. */
int show_group_records(const struct show *show, const struct show_groups *groups,
	const struct count *count, const struct topology *topology, struct records *records);

/* Of one place. 0 or -ENOMEM. */
int show_event_record(const struct count *count, const struct topology *topology,
	const struct want *want, const struct sum_place *place, bool is_raw,
	struct records *records);
int show_metric_record(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place, struct records *records);

#endif
