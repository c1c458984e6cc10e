/* SPDX-License-Identifier: MIT */
/* Computes nothing that sum.c and figure.c do not. */
#include "cli/count/show_records.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/count/raw.h"

static struct record *add(struct records *records, const struct sum_place *place)
{
	struct record *record = records_add(records);
	char text[SUM_PLACE_SIZE];

	if (!record)
		return NULL;
	snprintf(record->place, sizeof record->place, "%s", sum_place_text(place, text));
	record->scope = sum_level_name(place->level);
	record->has_number = place->level != SUM_NODE &&
			     (place->level != SUM_SOCKET || place->package != NODE_NO_PACKAGE);
	record->number = place->level == SUM_SOCKET ? place->package : place->number;
	record->has_socket = place->level != SUM_NODE && place->level != SUM_NUMA &&
			     place->package != NODE_NO_PACKAGE;
	record->socket = place->package;
	return record;
}

static void set_reason(struct record *record, const char *cause)
{
	if (isnan(record->value))
		snprintf(record->reason, sizeof record->reason, "%s",
			cause ? cause : "nothing counts it there");
}

int show_event_record(const struct count *count, const struct topology *topology,
	const struct want *want, const struct sum_place *place, bool is_raw,
	struct records *records)
{
	struct sum sum = sum_get(topology, count, want, place);
	double seconds = count_seconds(count);
	struct record *record = add(records, place);
	char text[WANT_NAME_SIZE];

	if (!record)
		return -ENOMEM;
	record->source = RECORD_EVENT;
	record->metric = want->name;
	record->is_count = !want->is_gauge;
	record->value = is_raw ? sum.raw : sum.value;
	record->unit = want->kind == WANT_RUNNING && !is_raw ? "J" : "";
	record->per_second = record->is_count && seconds > 0 ? record->value / seconds : NAN;
	record->n = sum.n;
	record->min = is_raw ? NAN : sum.min;
	record->max = is_raw ? NAN : sum.max;
	record->average = want->is_gauge ? record->value : record->value / (double)sum.n;
	record->together = !want->is_gauge ? RECORD_SUM : is_raw ? RECORD_APART : RECORD_RATIO;
	record->dividend = record->value * (double)sum.n;
	record->divisor = (double)sum.n;
	record->share = sum.n > 0 && !isnan(sum.value) ? sum.share : NAN;
	record->grain_percent = sum.grain_percent;
	snprintf(record->encoding, sizeof record->encoding, "%s", raw_text(want, text));
	set_reason(record, sum.cause);
	return 0;
}

int show_event_records(const struct show *show, const struct count *count,
	const struct topology *topology, size_t n_wants, bool is_raw, struct records *records)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_wants; i++) {
		const struct want *want = &count->wants[i];
		struct sum_place *places;
		size_t n;

		r = sum_places(topology, count, want, show->level, &places, &n);
		for (size_t j = 0; r == 0 && j < n; j++)
			r = show_event_record(count, topology, want, &places[j], is_raw, records);
		free(places);
	}
	return r;
}

/* Joules and bytes that are no rate: so much there was of them. */
static bool is_amount(const struct group_metric *metric)
{
	return (strcmp(metric->unit, "J") == 0 || strcmp(metric->unit, "B") == 0) &&
	       !formula_uses(&metric->formula, GROUP_TIME);
}

static void set_together(struct record *record, const struct shown *shown,
	const struct group *group, const struct group_metric *metric, const struct sum_place *place)
{
	static const enum record_together names[] = {[FORMULA_APART] = RECORD_APART,
		[FORMULA_SUM] = RECORD_SUM,
		[FORMULA_RATIO] = RECORD_RATIO};
	const struct formula_parts parts = figure_parts(shown, group, metric, place);

	record->together = names[parts.together];
	record->dividend = parts.dividend;
	record->divisor = parts.divisor;
}

int show_metric_record(const struct shown *shown, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place, struct records *records)
{
	struct record *record = add(records, place);
	struct spread spread = figure_spread(shown, group, metric, place);
	const char *cause;
	double share = 1;

	if (!record)
		return -ENOMEM;
	record->source = RECORD_GROUP;
	record->group = group->name;
	record->metric = metric->key;
	record->unit = metric->unit;
	record->value = figure_value(shown, group, metric, place, &cause, &share);
	record->is_count = is_amount(metric);
	set_together(record, shown, group, metric, place);
	if (record->is_count && count_seconds(shown->count) > 0)
		record->per_second = record->value / count_seconds(shown->count);
	record->n = spread.n;
	record->min = spread.min;
	record->max = spread.max;
	record->average = spread.average;
	record->share = isnan(record->value) ? NAN : share;
	record->grain_percent = figure_grain(shown, group, metric, place);
	set_reason(record, cause);
	return 0;
}

static int add_group(
	const struct shown *shown, const struct group *group, bool is_cpus, struct records *records)
{
	struct sum_place *places;
	size_t n;
	int r = figure_places(shown, group, is_cpus, &places, &n);

	for (size_t i = 0; r == 0 && i < n; i++)
		for (size_t j = 0; r == 0 && j < group->n_metrics; j++)
			if (group_metric_is_cpus(group, &group->metrics[j]) == is_cpus)
				r = show_metric_record(
					shown, group, &group->metrics[j], &places[i], records);
	free(places);
	return r;
}

int show_group_records(const struct show *show, const struct show_groups *groups,
	const struct count *count, const struct topology *topology, struct records *records)
{
	const struct shown shown = {show, groups, count, topology};
	int r = 0;

	for (size_t i = 0; r == 0 && i < groups->n; i++) {
		r = add_group(&shown, &groups->list[i], true, records);
		if (r == 0)
			r = add_group(&shown, &groups->list[i], false, records);
	}
	return r;
}
