/* SPDX-License-Identifier: MIT */
/* Sorts lines into panels. Knows nothing of gnuplot. */
#include "cli/plot/panel.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

static struct panel *find_panel(struct panels *panels, const char *unit)
{
	struct panel *grown;

	for (size_t i = 0; i < panels->n; i++)
		if (strcmp(panels->list[i].unit, unit) == 0)
			return &panels->list[i];
	grown = array_grow(panels->list, panels->n, sizeof *grown);
	if (!grown)
		return NULL;
	panels->list = grown;
	grown += panels->n++;
	*grown = (struct panel){.unit = unit, .min = INFINITY, .max = -INFINITY};
	return grown;
}

static int add_line(struct panels *panels, const struct series *series, size_t line)
{
	struct panel *panel;
	size_t *grown;

	if (series->n_missing == series->n)
		return 0;
	panel = find_panel(panels, series->unit);
	grown = panel ? array_grow(panel->lines, panel->n, sizeof *grown) : NULL;
	if (!grown)
		return -ENOMEM;
	panel->lines = grown;
	grown[panel->n++] = line;
	for (size_t i = 0; i < series->n; i++) {
		panel->min = fmin(panel->min, series->values[i]);
		panel->max = fmax(panel->max, series->values[i]);
	}
	return 0;
}

int panels_set(struct panels *panels, const struct series_set *set)
{
	int r = 0;

	*panels = (struct panels){0};
	for (size_t i = 0; r == 0 && i < set->n; i++)
		r = add_line(panels, &set->list[i], i);
	return r;
}

void panels_deinit(struct panels *panels)
{
	for (size_t i = 0; i < panels->n; i++)
		free(panels->list[i].lines);
	free(panels->list);
	*panels = (struct panels){0};
}

static bool is_metric(const struct series *a, const struct series *b)
{
	return strcmp(a->metric, b->metric) == 0 && strcmp(a->group, b->group) == 0;
}

static bool is_place(const struct series *a, const struct series *b)
{
	return strcmp(a->place, b->place) == 0;
}

static bool is_line(const struct series *a, const struct series *b)
{
	return is_metric(a, b) && is_place(a, b);
}

/* How many different ones there are before the first that is like line i. */
static size_t number_of(const struct panel *panel, const struct series_set *set, size_t i,
	bool (*is_like)(const struct series *a, const struct series *b))
{
	size_t n = 0;

	for (size_t j = 0; j < i; j++) {
		const struct series *series = &set->list[panel->lines[j]];
		size_t first = 0;

		if (is_like(series, &set->list[panel->lines[i]]))
			return n;
		while (!is_like(&set->list[panel->lines[first]], series))
			first++;
		n += first == j;
	}
	return n;
}

struct look panel_look(const struct panel *panel, const struct series_set *set, size_t i)
{
	if (set->n_sources > 1)
		return (struct look){
			set->list[panel->lines[i]].source, number_of(panel, set, i, is_line)};
	return (struct look){
		number_of(panel, set, i, is_place), number_of(panel, set, i, is_metric)};
}

/* The usual ones in words. */
static const char *short_metric(const char *metric)
{
	static const struct {
		const char *metric, *text;
	} shorts[] = {{"memory_read_bytes_per_second", "memory read"},
		{"memory_write_bytes_per_second", "memory write"}, {"package_watts", "package"},
		{"dram_watts", "DRAM"}};

	for (size_t i = 0; i < N_ELEMENTS(shorts); i++)
		if (strcmp(shorts[i].metric, metric) == 0)
			return shorts[i].text;
	return metric;
}

const char *panel_label(const struct panel *panel, const struct series_set *set, size_t i,
	char text[PANEL_LABEL_SIZE])
{
	const struct series *series = &set->list[panel->lines[i]];
	int used = 0;

	if (set->n_sources > 1)
		used = snprintf(text, PANEL_LABEL_SIZE, "%s: ", set->sources[series->source].name);
	used += snprintf(text + used, PANEL_LABEL_SIZE - (size_t)used, "%s, %s",
		short_metric(series->metric), series->place);
	if (series->n_missing > 0)
		snprintf(text + used, PANEL_LABEL_SIZE - (size_t)used, " (%zu of %zu n/a)",
			series->n_missing, series->n);
	return text;
}
