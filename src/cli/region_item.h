/* SPDX-License-Identifier: MIT */
/* What is shown of a region: its events and metrics, and where they are. */
#ifndef MSRD_CLI_REGION_ITEM_H
#define MSRD_CLI_REGION_ITEM_H

#include "cli/region_result.h"

/* What all is made with. */
struct region_maker {
	const struct regions *regions;
	const struct show *show;
	const struct show_groups *groups;
	size_t n_events;
};

/* An event, or a metric of a group. */
struct region_item {
	const struct want *want;
	const struct group *group;
	const struct group_metric *metric;
};

/* Number i, from 0. False: no more. */
bool region_item_next(const struct region_maker *maker, size_t i, struct region_item *item);
/* Does the place have what the item is of? The node has all. */
bool region_item_is_of(const struct region_item *item, const struct region_place *place);

#define REGION_PLACE_SIZE 32
/* "socket 0". Returns text. */
const char *region_place_text(const struct region_place *place, char text[REGION_PLACE_SIZE]);
/* "socket" */
const char *region_place_scope(const struct region_place *place);
/* Has it a number? The node has none, nor what is not known. */
bool region_place_has_number(const struct region_place *place);
/* "program", "script" */
const char *region_by_text(enum region_by by);

#endif
