/* SPDX-License-Identifier: MIT */
/* Regions and the threads that were in them as values. Writes no format. */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "cli/count/show_records.h"
#include "cli/region_item.h"
#include "util/clock.h"

/* Which region all values are of that are added. */
struct region {
	const struct region_maker *maker;
	char name[REGION_NAME_SIZE];
	enum region_by by;
	struct records *records;
};

static void set_place(
	const struct regions *regions, struct record *record, const struct region_place *place)
{
	const struct node *node = regions->count->node;
	char text[REGION_PLACE_SIZE];

	snprintf(record->place, sizeof record->place, "%s", region_place_text(place, text));
	record->scope = region_place_scope(place);
	record->has_number = region_place_has_number(place);
	record->number = place->number;
	record->socket = place->level == REGION_PACKAGE ? place->number
			 : place->level == REGION_NODE || place->number >= node->n_cpus
				 ? NODE_NO_PACKAGE
				 : node->cpus[place->number].package;
	record->has_socket = record->socket != NODE_NO_PACKAGE;
}

static void set_region(const struct region *region, struct record *record)
{
	snprintf(record->region, sizeof record->region, "%s", region->name);
	record->by = region_by_text(region->by);
}

static int add_item(const struct region *region, const struct region_result *result,
	const struct region_item *item)
{
	/* the result's devices are all that there is in its count, wherever they are */
	static const struct sum_place everything = {.level = SUM_NODE};
	const struct topology *topology = region->maker->regions->count->topology;
	const struct shown shown = {
		region->maker->show, region->maker->groups, &result->count, topology};
	struct record *record;
	int r;

	if (item->metric)
		r = show_metric_record(
			&shown, item->group, item->metric, &everything, region->records);
	else
		r = show_event_record(
			&result->count, topology, item->want, &everything, false, region->records);
	if (r < 0)
		return r;
	record = &region->records->list[region->records->n - 1];
	set_place(region->maker->regions, record, result->place);
	set_region(region, record);
	if (isnan(record->value) && result->cause.text[0])
		snprintf(record->reason, sizeof record->reason, "%s", result->cause.text);
	return 0;
}

/* How often and how long, which no counter says. */
static struct record *add_own(
	const struct region *region, const char *metric, const char *unit, double value)
{
	struct record *record = records_add(region->records);

	if (!record)
		return NULL;
	set_region(region, record);
	record->source = RECORD_FIGURE;
	record->metric = metric;
	record->unit = unit;
	record->is_count = true;
	record->value = value;
	record->share = 1;
	return record;
}

static int add_result(const struct region *region, const struct region_result *result)
{
	const struct own {
		const char *metric, *unit;
		double value;
	} own[] = {
		{"calls", "", (double)result->calls},
		{"seconds", "s", clock_seconds(result->ns)},
		{"lost", "", (double)result->lost},
	};
	struct region_item item;
	int r = 0;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		struct record *record = add_own(region, own[i].metric, own[i].unit, own[i].value);

		if (!record)
			return -ENOMEM;
		set_place(region->maker->regions, record, result->place);
	}
	for (size_t i = 0; r == 0 && region_item_next(region->maker, i, &item); i++)
		if (region_item_is_of(&item, result->place))
			r = add_item(region, result, &item);
	return r;
}

static void set_thread(
	const struct regions *regions, struct record *record, const struct region_record *thread)
{
	const struct region_place cpu = {.level = REGION_CPU, .number = thread->cpu};

	set_place(regions, record, &cpu);
	snprintf(record->place, sizeof record->place, "thread %d", thread->tid);
	record->scope = "thread";
	record->number = (uint32_t)thread->tid;
	record->is_thread = true;
	record->process = thread->pid;
	record->thread = thread->tid;
	record->cpu = thread->cpu;
	record->note = region_thread_note(regions, thread);
}

static int add_thread(struct region *region, const struct region_record *thread)
{
	const struct own {
		const char *metric, *unit;
		double value;
	} own[] = {
		{"calls", "", (double)thread->calls},
		{"seconds", "s", clock_seconds(thread->ns)},
		{"moved", "", thread->n_moved},
	};

	snprintf(region->name, sizeof region->name, "%.*s", REGION_NAME_SIZE - 1, thread->name);
	region->by = REGION_BY_PROGRAM;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		struct record *record = add_own(region, own[i].metric, own[i].unit, own[i].value);

		if (!record)
			return -ENOMEM;
		set_thread(region->maker->regions, record, thread);
	}
	return 0;
}

static int add_region(const struct region *region)
{
	struct region_result *results;
	size_t n;
	int r = region_results_get(region->maker->regions, region->name, region->by, &results, &n);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_result(region, &results[i]);
	region_results_free(results, n);
	return r;
}

int regions_records(const struct regions *regions, const struct show *show,
	const struct show_groups *groups, size_t n_events, struct records *records)
{
	const struct region_maker maker = {regions, show, groups, n_events};
	struct region region = {.maker = &maker, .records = records};
	const struct region_file *file = &regions->plan.file;
	uint32_t n = file->header ? region_n_records(file) : 0;
	int r = 0;

	for (size_t i = 0; r == 0 && region_result_name(regions, i, region.name, &region.by); i++)
		r = add_region(&region);
	for (uint32_t i = 0; r == 0 && i < n; i++)
		if (atomic_load(&file->records[i].is_made))
			r = add_thread(&region, &file->records[i]);
	return r;
}
