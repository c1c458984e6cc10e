/* SPDX-License-Identifier: MIT */
/* Values of CPUs and sockets into values of larger places. Knows no counter and no format. */
#include "cli/levels.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/measure/metric.h"
#include "cli/output/rows.h"
#include "util/array.h"

/* All sums of a place and a kind of subject: one behind the other, in the order of its values. */
struct level_place {
	struct sum_place place;
	enum subject_kind kind;
	size_t first, n; /* of the sums */
};

struct levels {
	const struct topology *topology;
	enum sum_level level;
	struct level_place *places;
	size_t n_places;
	struct records *sums;
};

/* The node's are sums already. */
static bool is_single(const struct record *record, enum subject_kind *kind)
{
	for (unsigned i = 0; i < N_SUBJECT_KINDS; i++) {
		*kind = (enum subject_kind)i;
		if (strcmp(record->scope, subject_name(*kind)) == 0)
			return true;
	}
	return false;
}

static struct sum_place find_place(
	const struct levels *levels, const struct record *record, enum subject_kind kind)
{
	uint32_t package = record->has_socket ? record->socket : NODE_NO_PACKAGE;

	if (kind == SUBJECT_SOCKET)
		return sum_place_of_package(levels->topology, package, levels->level);
	return sum_place_of_cpu(levels->topology, package, record->number, levels->level);
}

static struct level_place *place_get(
	struct levels *levels, const struct sum_place *place, enum subject_kind kind)
{
	struct level_place *list;

	for (size_t i = 0; i < levels->n_places; i++)
		if (levels->places[i].kind == kind &&
			sum_place_same(&levels->places[i].place, place))
			return &levels->places[i];
	list = array_grow(levels->places, levels->n_places, sizeof *list);
	if (!list)
		return NULL;
	levels->places = list;
	list[levels->n_places] = (struct level_place){*place, kind, levels->sums->n, 0};
	return &list[levels->n_places++];
}

static void name_place(struct record *sum, const struct sum_place *place)
{
	char text[SUM_PLACE_SIZE];

	snprintf(sum->place, sizeof sum->place, "%s", sum_place_text(place, text));
	sum->scope = sum_level_name(place->level);
	sum->number = place->level == SUM_SOCKET ? place->package : place->number;
	sum->socket = place->package;
	sum->has_socket = place->level != SUM_NODE && place->level != SUM_NUMA &&
			  place->package != NODE_NO_PACKAGE;
	sum->has_number =
		place->level != SUM_NODE && (place->level != SUM_SOCKET || sum->has_socket);
}

static int sum_begin(struct levels *levels, struct level_place *place, const struct record *record)
{
	struct record *sum = records_add(levels->sums);

	if (!sum)
		return -ENOMEM;
	name_place(sum, &place->place);
	sum->source = record->source;
	sum->metric = record->metric;
	sum->unit = record->unit;
	sum->is_count = record->is_count;
	sum->together = record->together;
	sum->dividend = sum->divisor = 0;
	memcpy(sum->encoding, record->encoding, sizeof sum->encoding);
	sum->value = sum->per_second = 0;
	place->n++;
	return 0;
}

static void sum_add(struct record *sum, const struct record *record)
{
	sum->n++;
	sum->value += record->value;
	sum->per_second += record->per_second;
	sum->dividend += record->dividend;
	sum->divisor += record->divisor;
	sum->min = fmin(sum->min, record->value);
	sum->max = fmax(sum->max, record->value);
	sum->grain_percent = fmax(sum->grain_percent, record->grain_percent);
	if (!isnan(record->value) || sum->reason[0])
		return;
	if (strcmp(sum->place, record->place) == 0)
		memcpy(sum->reason, record->reason, sizeof sum->reason);
	else
		snprintf(sum->reason, sizeof sum->reason, "%.64s: %.440s", record->place,
			record->reason);
}

/* The values of one CPU or socket, which come in the same order for all of its kind. Returns how
 * many these are, or -ENOMEM. */
static ssize_t add_subject(
	struct levels *levels, const struct record *records, size_t n, enum subject_kind kind)
{
	const struct sum_place where = find_place(levels, records, kind);
	struct level_place *place = place_get(levels, &where, kind);
	bool is_new = place && place->n == 0;
	size_t i = 0;

	for (; place && i < n && strcmp(records[i].place, records->place) == 0; i++) {
		if (is_new && sum_begin(levels, place, &records[i]) < 0)
			return -ENOMEM;
		sum_add(&levels->sums->list[place->first + i], &records[i]);
	}
	return place ? (ssize_t)i : -ENOMEM;
}

static const struct metric *find_metric(const struct record *record)
{
	for (unsigned i = 0; i < N_METRICS; i++)
		if (strcmp(metric_get((enum metric_id)i)->name, record->metric) == 0)
			return metric_get((enum metric_id)i);
	return NULL;
}

static double amount_of(
	const struct levels *levels, const struct level_place *place, enum event_id event)
{
	for (size_t i = place->first; i < place->first + place->n; i++)
		if (strcmp(levels->sums->list[i].metric, event_name(event)) == 0)
			return levels->sums->list[i].value;
	return NAN;
}

/* What is one by another has no sum. */
static void sum_end(const struct levels *levels, const struct level_place *place, size_t i)
{
	struct record *sum = &levels->sums->list[i];
	const struct metric *metric = find_metric(sum);

	sum->average = sum->value / (double)sum->n;
	if (metric && metric->divisor != metric->event && sum->n > 1) {
		double divisor = amount_of(levels, place, metric->divisor);

		sum->value = divisor > 0 ? amount_of(levels, place, metric->event) / divisor *
						   metric->factor
					 : NAN;
	}
	if (!sum->is_count)
		sum->per_second = NAN;
	if (isnan(sum->value))
		return;
	sum->share = 1;
	sum->reason[0] = '\0';
}

int levels_add_up(const struct topology *topology, enum sum_level level,
	const struct records *records, struct records *sums)
{
	struct levels levels = {.topology = topology, .level = level, .sums = sums};
	enum subject_kind kind;
	ssize_t n = 1;

	for (size_t i = 0; n > 0 && i < records->n; i += (size_t)n)
		n = is_single(&records->list[i], &kind)
			    ? add_subject(&levels, &records->list[i], records->n - i, kind)
			    : 1;
	for (size_t i = 0; n > 0 && i < levels.n_places; i++)
		for (size_t j = 0; j < levels.places[i].n; j++)
			sum_end(&levels, &levels.places[i], levels.places[i].first + j);
	free(levels.places);
	return n > 0 ? 0 : -ENOMEM;
}

/* The place is enough for people; they get a reason where there is one. */
static bool is_for_people(enum column_id id, bool has_reasons)
{
	return id != COLUMN_SCOPE && id != COLUMN_NUMBER && id != COLUMN_SOCKET &&
	       (has_reasons || id != COLUMN_REASON);
}

static struct columns choose_columns(bool has_reasons, bool json)
{
	static const struct columns all = {
		.list = {COLUMN_PLACE, COLUMN_SCOPE, COLUMN_NUMBER, COLUMN_SOCKET, COLUMN_METRIC,
			COLUMN_VALUE, COLUMN_UNIT, COLUMN_N, COLUMN_MIN, COLUMN_MAX, COLUMN_AVERAGE,
			COLUMN_REASON},
		.n = 12,
	};
	struct columns columns = {.n = 0};

	for (size_t i = 0; i < all.n; i++)
		if (json || is_for_people(all.list[i], has_reasons))
			columns.list[columns.n++] = all.list[i];
	return columns;
}

struct table *levels_table(
	const struct records *sums, bool is_amounts, const struct interval *interval, bool json)
{
	struct records chosen = {0};
	struct table *table = NULL;
	struct columns columns;
	bool has_reasons = false;

	chosen.list = calloc(sums->n + 1, sizeof *chosen.list);
	for (size_t i = 0; chosen.list && i < sums->n; i++) {
		if (sums->list[i].is_count != is_amounts)
			continue;
		chosen.list[chosen.n++] = sums->list[i];
		has_reasons = has_reasons || sums->list[i].reason[0];
	}
	columns = choose_columns(has_reasons, json);
	if (chosen.list)
		table = rows_table(
			&columns, interval, &chosen, is_amounts ? "amounts" : "figures", json);
	records_deinit(&chosen);
	return table;
}
