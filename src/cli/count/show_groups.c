/* SPDX-License-Identifier: MIT */
/* From counts by formulas to figures: one place after the other. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/count/figure.h"
#include "cli/output/text.h"

void group_heading(const struct group_metric *metric, char heading[GROUP_HEADING_SIZE])
{
	snprintf(heading, GROUP_HEADING_SIZE, "%s%s%s", metric->key, metric->unit[0] ? " " : "",
		metric->unit);
	for (size_t i = 0; i < GROUP_NAME_SIZE && metric->key[i]; i++) {
		heading[i] = (char)toupper((unsigned char)metric->key[i]);
		if (heading[i] == '_')
			heading[i] = ' ';
	}
}

/* "MEMORY" */
static const char *get_title(const struct group *group, char name[GROUP_NAME_SIZE])
{
	snprintf(name, GROUP_NAME_SIZE, "%s", group->name);
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return name;
}

/* Rows are places, columns metrics. */
static struct table *make_columns(const struct shown *shown, const struct group *group,
	bool is_cpus, const struct sum_place *places, size_t n_places, const char **why)
{
	struct table_column columns[GROUP_MAX_METRICS + 3];
	char headings[GROUP_MAX_METRICS][GROUP_HEADING_SIZE], name[GROUP_NAME_SIZE];
	size_t n = 1;

	*why = NULL;
	columns[0] = (struct table_column){get_title(group, name), "place", false};
	for (size_t i = 0; i < group->n_metrics; i++) {
		const char *cause;
		double share = 1;

		if (group_metric_is_cpus(group, &group->metrics[i]) != is_cpus)
			continue;
		group_heading(&group->metrics[i], headings[i]);
		columns[n++] = (struct table_column){headings[i], group->metrics[i].key, true};
		for (size_t j = 0; j < n_places && !*why; j++)
			if (isnan(figure_value(
				    shown, group, &group->metrics[i], &places[j], &cause, &share)))
				*why = cause;
	}
	if (n > 1 && shown->count->n_sets > 1)
		columns[n++] = (struct table_column){"TIME %", "counted_percent", true};
	if (*why)
		columns[n++] = (struct table_column){"WHY N/A", "cause", false};
	return n > 1 ? table_new("groups", columns, n, false) : NULL;
}

/* A share or a rate of misses may be small, and has its digits, too. */
static const char *format(double value, char *text, size_t size)
{
	if (value != 0 && fabs(value) < 1) {
		snprintf(text, size, "%.4g", value);
		return text;
	}
	return text_short(value, text, size);
}

static void add_row(const struct shown *shown, struct table *table, const struct group *group,
	bool is_cpus, const struct sum_place *place, bool has_why)
{
	const char *why = NULL;
	char text[SUM_PLACE_SIZE];
	double share = 1;

	table_row(table);
	table_cell(table, "%s", sum_place_text(place, text));
	for (size_t i = 0; i < group->n_metrics; i++) {
		char number[32];
		const char *cause;
		double value;

		if (group_metric_is_cpus(group, &group->metrics[i]) != is_cpus)
			continue;
		value = figure_value(shown, group, &group->metrics[i], place, &cause, &share);
		table_cell(table, "%s", format(value, number, sizeof number));
		why = why ? why : isnan(value) ? cause : NULL;
	}
	if (shown->count->n_sets > 1)
		table_cell(table, "%.1f", 100 * share);
	if (has_why && why)
		table_cell(table, "%s", why);
	else if (has_why)
		table_no_cell(table);
}

static const struct table_column spread_columns[] = {
	{"", "place", false},
	{"METRIC", "metric", false},
	{"VALUE", "value", true},
	{"UNIT", "unit", false},
	{"OF", "places", true},
	{"MIN", "min", true},
	{"MAX", "max", true},
	{"AVERAGE", "average", true},
	{"TIME %", "counted_percent", true},
	{"WHY N/A", "cause", false},
};
#define N_SPREAD_COLUMNS (sizeof spread_columns / sizeof *spread_columns)

static void add_spread(const struct shown *shown, struct table *table, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place)
{
	struct spread spread = figure_spread(shown, group, metric, place);
	const char *cause;
	double share = 1, value = figure_value(shown, group, metric, place, &cause, &share);
	char text[SUM_PLACE_SIZE];

	table_row(table);
	table_cell(table, "%s", sum_place_text(place, text));
	table_cell(table, "%s", metric->key);
	table_cell(table, "%s", format(value, text, sizeof text));
	if (metric->unit[0])
		table_cell(table, "%s", metric->unit);
	else
		table_no_cell(table);
	table_cell(table, "%zu", spread.n);
	table_cell(table, "%s", format(spread.min, text, sizeof text));
	table_cell(table, "%s", format(spread.max, text, sizeof text));
	table_cell(table, "%s", format(spread.average, text, sizeof text));
	table_cell(table, "%.1f", 100 * share);
	if (cause)
		table_cell(table, "%s", cause);
	else
		table_no_cell(table);
}

/* Rows are places and metrics: where they are added up, what they are of is said as well. */
static struct table *make_spread(const struct shown *shown, const struct group *group)
{
	struct table_column columns[N_SPREAD_COLUMNS];
	char name[GROUP_NAME_SIZE];
	struct table *table;

	memcpy(columns, spread_columns, sizeof columns);
	columns[0].heading = get_title(group, name);
	table = table_new("groups", columns, N_SPREAD_COLUMNS, false);
	for (unsigned is_cpus = 2; is_cpus-- > 0;) {
		struct sum_place *places;
		size_t n;

		if (figure_places(shown, group, is_cpus, &places, &n) < 0)
			continue;
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < group->n_metrics; j++)
				if (group_metric_is_cpus(group, &group->metrics[j]) ==
					(bool)is_cpus)
					add_spread(shown, table, group, &group->metrics[j],
						&places[i]);
		free(places);
	}
	return table;
}

static struct table *make_table(const struct shown *shown, const struct group *group, bool is_cpus)
{
	struct sum_place *places;
	struct table *table;
	const char *why;
	size_t n;

	if (figure_places(shown, group, is_cpus, &places, &n) < 0)
		return NULL;
	table = make_columns(shown, group, is_cpus, places, n, &why);
	for (size_t i = 0; i < n; i++)
		add_row(shown, table, group, is_cpus, &places[i], why != NULL);
	free(places);
	return table;
}

static const struct table_column json_columns[] = {
	{"GROUP", "group", false},
	{"PLACE", "place", false},
	{"SCOPE", "scope", false},
	{"NUMBER", "number", true},
	{"METRIC", "metric", false},
	{"VALUE", "value", true},
	{"UNIT", "unit", false},
	{"OF", "places", true},
	{"MIN", "min", true},
	{"MAX", "max", true},
	{"AVERAGE", "average", true},
	{"TIME %", "counted_percent", true},
	{"CAUSE", "cause", false},
};

static void add_number(struct table *table, double value)
{
	if (isfinite(value))
		table_cell(table, "%.10g", value);
	else
		table_no_cell(table);
}

static void add_json(const struct shown *shown, struct table *table, const struct group *group,
	const struct group_metric *metric, const struct sum_place *place)
{
	char text[SUM_PLACE_SIZE];
	struct spread spread = figure_spread(shown, group, metric, place);
	const char *cause;
	double share = 1, value = figure_value(shown, group, metric, place, &cause, &share);

	table_row(table);
	table_cell(table, "%s", group->name);
	table_cell(table, "%s", sum_place_text(place, text));
	table_cell(table, "%s", sum_level_name(place->level));
	if (place->level == SUM_NODE)
		table_no_cell(table);
	else
		table_cell(
			table, "%u", place->level == SUM_SOCKET ? place->package : place->number);
	table_cell(table, "%s", metric->key);
	add_number(table, value);
	if (metric->unit[0])
		table_cell(table, "%s", metric->unit);
	else
		table_no_cell(table);
	table_cell(table, "%zu", spread.n);
	add_number(table, spread.min);
	add_number(table, spread.max);
	add_number(table, spread.average);
	table_cell(table, "%.1f", 100 * share);
	if (!isfinite(value) && cause)
		table_cell(table, "%s", cause);
	else
		table_no_cell(table);
}

static void add_json_group(
	const struct shown *shown, struct table *table, const struct group *group, bool is_cpus)
{
	struct sum_place *places;
	size_t n;

	if (figure_places(shown, group, is_cpus, &places, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < group->n_metrics; j++)
			if (group_metric_is_cpus(group, &group->metrics[j]) == is_cpus)
				add_json(shown, table, group, &group->metrics[j], &places[i]);
	free(places);
}

size_t show_group_tables(const struct show *show, const struct show_groups *groups,
	const struct count *count, const struct topology *topology, struct table **tables)
{
	const struct shown shown = {show, groups, count, topology};
	size_t n = 0;

	if (show->json) {
		tables[0] = table_new(
			"metrics", json_columns, sizeof json_columns / sizeof *json_columns, true);
		for (size_t i = 0; i < groups->n; i++) {
			add_json_group(&shown, tables[0], &groups->list[i], true);
			add_json_group(&shown, tables[0], &groups->list[i], false);
		}
		return 1;
	}
	for (size_t i = 0; i < groups->n && show->level != SUM_DEFAULT; i++)
		tables[n++] = make_spread(&shown, &groups->list[i]);
	for (size_t i = 0; i < groups->n && show->level == SUM_DEFAULT; i++)
		for (unsigned is_cpus = 2; is_cpus-- > 0;) {
			tables[n] = make_table(&shown, &groups->list[i], is_cpus);
			n += tables[n] != NULL;
		}
	return n;
}
