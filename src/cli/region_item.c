/* SPDX-License-Identifier: MIT */
/* Looks up what there is and what it is called. Computes nothing. */
#include "cli/region_item.h"

#include <stdio.h>

bool region_item_next(const struct region_maker *maker, size_t i, struct region_item *item)
{
	*item = (struct region_item){0};
	if (i < maker->n_events) {
		item->want = &maker->regions->count->wants[i];
		return true;
	}
	i -= maker->n_events;
	for (size_t j = 0; j < maker->groups->n; j++) {
		item->group = &maker->groups->list[j];
		item->metric = &item->group->metrics[i];
		if (i < item->group->n_metrics)
			return true;
		i -= item->group->n_metrics;
	}
	return false;
}

bool region_item_is_of(const struct region_item *item, const struct region_place *place)
{
	if (place->level == REGION_NODE)
		return true;
	if (item->metric)
		return group_metric_is_cpus(item->group, item->metric) ==
		       (place->level != REGION_PACKAGE);
	if (item->want->kind == WANT_MSR)
		return place->level == (item->want->scope == ARCH_PACKAGE	? REGION_PACKAGE
					       : item->want->scope == ARCH_CORE ? REGION_CORE
										: REGION_CPU);
	return (item->want->kind == WANT_CORE) == (place->level == REGION_CPU);
}

const char *region_place_text(const struct region_place *place, char text[REGION_PLACE_SIZE])
{
	static const char *const names[] = {
		[REGION_CPU] = "cpu", [REGION_CORE] = "core of cpu", [REGION_PACKAGE] = "socket"};

	if (place->level == REGION_NODE)
		snprintf(text, REGION_PLACE_SIZE, "node");
	else if (place->level == REGION_PACKAGE && place->number == NODE_NO_PACKAGE)
		snprintf(text, REGION_PLACE_SIZE, "socket ?");
	else
		snprintf(text, REGION_PLACE_SIZE, "%s %u", names[place->level], place->number);
	return text;
}

const char *region_place_scope(const struct region_place *place)
{
	static const char *const scopes[] = {[REGION_CPU] = "cpu",
		[REGION_CORE] = "core",
		[REGION_PACKAGE] = "socket",
		[REGION_NODE] = "node"};

	return scopes[place->level];
}

bool region_place_has_number(const struct region_place *place)
{
	return place->level != REGION_NODE && place->number != NODE_NO_PACKAGE;
}

const char *region_by_text(enum region_by by)
{
	return by == REGION_BY_SCRIPT ? "script" : "program";
}
