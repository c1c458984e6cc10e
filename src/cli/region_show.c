/* SPDX-License-Identifier: MIT */
/* Regions as tables: one for each, and one of their threads; for scripts one of all figures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/count/figure.h"
#include "cli/output/text.h"
#include "cli/region_item.h"
#include "util/array.h"
#include "util/clock.h"

#define CELL_SIZE 32

/* Their devices are all there is in a result's count: added up, wherever they are. */
static const struct sum_place everything = {.level = SUM_NODE};

static double value_of(const struct region_maker *maker, const struct region_item *item,
	const struct region_result *result, const char **cause)
{
	const struct shown shown = {
		maker->show, maker->groups, &result->count, maker->regions->count->topology};
	double share = 1, value;

	*cause = NULL;
	if (item->metric) {
		value = figure_value(&shown, item->group, item->metric, &everything, cause, &share);
	} else {
		struct sum sum = sum_get(shown.topology, &result->count, item->want, &everything);

		value = sum.value;
		*cause = sum.cause;
	}
	if (result->cause.text[0])
		*cause = result->cause.text;
	return value;
}

static const char *item_format(const struct region_item *item, double value, char text[CELL_SIZE])
{
	if (!isfinite(value))
		snprintf(text, CELL_SIZE, "n/a");
	else if (item->want)
		snprintf(
			text, CELL_SIZE, item->want->kind == WANT_RUNNING ? "%.4f" : "%.0f", value);
	else if (value != 0 && fabs(value) < 1)
		snprintf(text, CELL_SIZE, "%.4g", value);
	else
		text_short(value, text, CELL_SIZE);
	return text;
}

struct columns {
	bool has_lost, has_why;
};

static struct columns look_at(
	const struct region_maker *maker, const struct region_result *results, size_t n)
{
	struct columns has = {0};

	for (size_t i = 0; i < n; i++) {
		struct region_item item;
		const char *cause;

		has.has_lost = has.has_lost || results[i].lost > 0;
		for (size_t j = 0; region_item_next(maker, j, &item); j++)
			if (region_item_is_of(&item, results[i].place) &&
				isnan(value_of(maker, &item, &results[i], &cause)))
				has.has_why = true;
	}
	return has;
}

static void get_heading(const struct region_item *item, char heading[GROUP_HEADING_SIZE])
{
	if (item->want)
		snprintf(heading, GROUP_HEADING_SIZE, "%.63s", item->want->name);
	else
		group_heading(item->metric, heading);
}

static struct table *make_columns(
	const struct region_maker *maker, const char *name, struct columns has)
{
	const size_t max = 5 + maker->n_events + maker->groups->n * GROUP_MAX_METRICS;
	struct table_column *columns = calloc(max, sizeof *columns);
	char(*headings)[GROUP_HEADING_SIZE] = calloc(max, sizeof *headings);
	struct table *table = NULL;
	struct region_item item;
	size_t n = 0;

	if (columns && headings) {
		columns[n++] = (struct table_column){name, "place", false};
		columns[n++] = (struct table_column){"CALLS", "calls", true};
		columns[n++] = (struct table_column){"SECONDS", "seconds", true};
		if (has.has_lost)
			columns[n++] = (struct table_column){"LOST", "lost", true};
		for (size_t i = 0; region_item_next(maker, i, &item); i++) {
			get_heading(&item, headings[i]);
			columns[n++] = (struct table_column){headings[i], "value", true};
		}
		if (has.has_why)
			columns[n++] = (struct table_column){"WHY N/A", "cause", false};
		table = table_new("regions", columns, n, false);
	}
	free(columns);
	free(headings);
	return table;
}

static void add_row(const struct region_maker *maker, struct table *table, struct columns has,
	const struct region_result *result)
{
	const char *why = NULL;
	char text[CELL_SIZE];
	struct region_item item;

	table_row(table);
	table_cell(table, "%s", region_place_text(result->place, text));
	table_cell(table, "%llu", (unsigned long long)result->calls);
	table_cell(table, "%.6f", clock_seconds(result->ns));
	if (has.has_lost)
		table_cell(table, "%llu", (unsigned long long)result->lost);
	for (size_t i = 0; region_item_next(maker, i, &item); i++) {
		const char *cause;
		double value;

		if (!region_item_is_of(&item, result->place)) {
			table_no_cell(table);
			continue;
		}
		value = value_of(maker, &item, result, &cause);
		table_cell(table, "%s", item_format(&item, value, text));
		why = why ? why : isnan(value) ? cause : NULL;
	}
	if (has.has_why && why)
		table_cell(table, "%s", why);
	else if (has.has_why)
		table_no_cell(table);
}

static struct table *make_table(
	const struct region_maker *maker, const char *name, enum region_by by)
{
	struct region_result *results;
	size_t n;

	if (region_results_get(maker->regions, name, by, &results, &n) < 0)
		return NULL;
	struct columns has = look_at(maker, results, n);
	struct table *table = make_columns(maker, name, has);

	for (size_t i = 0; i < n; i++)
		add_row(maker, table, has, &results[i]);
	region_results_free(results, n);
	return table;
}

static const struct table_column json_columns[] = {
	{"REGION", "region", false},
	{"BY", "by", false},
	{"PLACE", "place", false},
	{"SCOPE", "scope", false},
	{"NUMBER", "number", true},
	{"CALLS", "calls", true},
	{"SECONDS", "seconds", true},
	{"LOST", "lost", true},
	{"GROUP", "group", false},
	{"NAME", "name", false},
	{"VALUE", "value", true},
	{"UNIT", "unit", false},
	{"CAUSE", "cause", false},
};

static void add_text(struct table *table, const char *text)
{
	if (text && *text)
		table_cell(table, "%s", text);
	else
		table_no_cell(table);
}

static void add_json(const struct region_maker *maker, struct table *table, const char *name,
	enum region_by by, const struct region_result *result, const struct region_item *item)
{
	const char *cause;
	double value = value_of(maker, item, result, &cause);
	char text[CELL_SIZE];

	table_row(table);
	table_cell(table, "%s", name);
	table_cell(table, "%s", region_by_text(by));
	table_cell(table, "%s", region_place_text(result->place, text));
	table_cell(table, "%s", region_place_scope(result->place));
	if (region_place_has_number(result->place))
		table_cell(table, "%u", result->place->number);
	else
		table_no_cell(table);
	table_cell(table, "%llu", (unsigned long long)result->calls);
	table_cell(table, "%.9f", clock_seconds(result->ns));
	table_cell(table, "%llu", (unsigned long long)result->lost);
	add_text(table, item->group ? item->group->name : NULL);
	table_cell(table, "%s", item->want ? item->want->name : item->metric->key);
	if (!isfinite(value))
		table_no_cell(table);
	else if (item->want)
		table_cell(table, "%s", item_format(item, value, text));
	else
		table_cell(table, "%.10g", value);
	if (item->want)
		add_text(table, item->want->kind == WANT_RUNNING ? "J" : NULL);
	else
		add_text(table, item->metric->unit);
	add_text(table, isfinite(value) ? NULL : cause);
}

static struct table *make_json(const struct region_maker *maker)
{
	struct table *table = table_new("regions", json_columns, N_ELEMENTS(json_columns), true);
	char name[REGION_NAME_SIZE];
	enum region_by by;

	for (size_t i = 0; region_result_name(maker->regions, i, name, &by); i++) {
		struct region_result *results;
		struct region_item item;
		size_t n;

		if (region_results_get(maker->regions, name, by, &results, &n) < 0)
			return table_free(table);
		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; region_item_next(maker, k, &item); k++)
				if (region_item_is_of(&item, results[j].place))
					add_json(maker, table, name, by, &results[j], &item);
		region_results_free(results, n);
	}
	return table;
}

size_t regions_max_tables(const struct regions *regions)
{
	char name[REGION_NAME_SIZE];
	enum region_by by;
	size_t n = 0;

	while (region_result_name(regions, n, name, &by))
		n++;
	return n + 2;
}

size_t regions_show(const struct regions *regions, const struct show *show,
	const struct show_groups *groups, size_t n_events, struct table **tables)
{
	const struct region_maker maker = {regions, show, groups, n_events};
	char name[REGION_NAME_SIZE];
	enum region_by by;
	size_t n = 0;

	if (show->json)
		tables[n++] = make_json(&maker);
	for (size_t i = 0; !show->json && region_result_name(regions, i, name, &by); i++)
		tables[n++] = make_table(&maker, name, by);
	tables[n++] = region_threads(regions, show->json);
	return n;
}
