/* SPDX-License-Identifier: MIT */
#include "cli/count/show.h"

#include <math.h>

#include "cli/output/text.h"
#include "util/array.h"

#define MAX_COLUMNS 16

/* Which columns there are: people get those that say something. */
struct columns {
	bool has_spread, has_share, has_cause;
};

static bool has_causes(const struct count *count)
{
	for (size_t i = 0; i < count->n_devices; i++)
		for (size_t j = 0; j < count->devices[i].n_slots; j++)
			if (isnan(count_value(count, &count->devices[i].slots[j])))
				return true;
	return false;
}

static struct columns choose_columns(const struct show *show, const struct count *count)
{
	return (struct columns){
		.has_spread = show->json || show->level != SUM_DEFAULT,
		.has_share = show->json || count->n_sets > 1,
		.has_cause = show->json || has_causes(count),
	};
}

static size_t list_columns(
	const struct show *show, struct columns has, struct table_column columns[MAX_COLUMNS])
{
	size_t n = 0;

	columns[n++] = (struct table_column){"PLACE", "place", false};
	if (show->json) {
		columns[n++] = (struct table_column){"SCOPE", "scope", false};
		columns[n++] = (struct table_column){"NUMBER", "number", true};
		columns[n++] = (struct table_column){"SOCKET", "socket", true};
	}
	columns[n++] = (struct table_column){"EVENT", "event", false};
	columns[n++] = (struct table_column){"COUNT", "count", true};
	columns[n++] = (struct table_column){"UNIT", "unit", false};
	columns[n++] = (struct table_column){"PER SECOND", "per_second", true};
	if (has.has_spread) {
		columns[n++] = (struct table_column){"OF", "devices", true};
		columns[n++] = (struct table_column){"MIN", "min", true};
		columns[n++] = (struct table_column){"MAX", "max", true};
		columns[n++] = (struct table_column){"AVERAGE", "average", true};
	}
	if (has.has_share)
		columns[n++] = (struct table_column){"TIME %", "counted_percent", true};
	if (has.has_cause)
		columns[n++] = (struct table_column){"WHY N/A", "cause", false};
	return n;
}

/* Whole events, or joules to a thousandth. */
static void add_count(
	const struct show *show, struct table *table, const struct want *want, double value)
{
	if (isfinite(value))
		table_cell(table, want->kind == WANT_RUNNING ? "%.4f" : "%.0f", value);
	else if (show->json)
		table_no_cell(table);
	else
		table_cell(table, "n/a");
}

static void add_rate(const struct show *show, struct table *table, double value)
{
	char text[32];

	if (!show->json)
		table_cell(table, "%s", text_short(value, text, sizeof text));
	else if (isfinite(value))
		table_cell(table, "%.10g", value);
	else
		table_no_cell(table);
}

static void add_place(const struct show *show, struct table *table, const struct sum_place *place)
{
	char text[SUM_PLACE_SIZE];

	table_cell(table, "%s", sum_place_text(place, text));
	if (!show->json)
		return;
	table_cell(table, "%s", sum_level_name(place->level));
	if (place->level == SUM_NODE)
		table_no_cell(table);
	else
		table_cell(
			table, "%u", place->level == SUM_SOCKET ? place->package : place->number);
	if (place->level == SUM_NODE || place->level == SUM_NUMA ||
		place->package == NODE_NO_PACKAGE)
		table_no_cell(table);
	else
		table_cell(table, "%u", place->package);
}

static void add_row(const struct show *show, struct columns has, struct table *table,
	const struct count *count, const struct want *want, const struct sum_place *place,
	const struct sum *sum)
{
	double seconds = count_seconds(count);

	table_row(table);
	add_place(show, table, place);
	table_cell(table, "%s", want->name);
	add_count(show, table, want, sum->value);
	if (want->kind == WANT_RUNNING)
		table_cell(table, "J");
	else
		table_no_cell(table);
	add_rate(show, table, seconds > 0 && !want->is_gauge ? sum->value / seconds : NAN);
	if (has.has_spread) {
		table_cell(table, "%zu", sum->n);
		add_count(show, table, want, sum->min);
		add_count(show, table, want, sum->max);
		add_rate(show, table, want->is_gauge ? sum->value : sum->value / (double)sum->n);
	}
	if (has.has_share)
		table_cell(table, "%.1f", 100 * sum->share);
	if (has.has_cause && isnan(sum->value) && sum->cause)
		table_cell(table, "%s", sum->cause);
	else if (has.has_cause)
		table_no_cell(table);
}

static int add_rows(const struct show *show, struct columns has, struct table *table,
	const struct count *count, const struct topology *topology, const struct want *want)
{
	struct sum_place *places;
	size_t n;
	int r = sum_places(topology, count, want, show->level, &places, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct sum sum = sum_get(topology, count, want, &places[i]);

		add_row(show, has, table, count, want, &places[i], &sum);
	}
	free(places);
	return r;
}

struct table *show_events(const struct show *show, const struct count *count,
	const struct topology *topology, size_t n_wants)
{
	struct table_column columns[MAX_COLUMNS];
	struct columns has = choose_columns(show, count);
	size_t n = list_columns(show, has, columns);
	struct table *table = table_new("events", columns, n, show->json);

	for (size_t i = 0; table && i < n_wants; i++)
		if (add_rows(show, has, table, count, topology, &count->wants[i]) < 0)
			return table_free(table);
	return table;
}
