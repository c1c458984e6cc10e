/* SPDX-License-Identifier: MIT */
/* A table in memory. Draws nothing. */
#include "cli/top/grid.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/text.h"
#include "util/array.h"

void grid_init(struct grid *grid, const char *heading)
{
	*grid = (struct grid){0};
	snprintf(grid->heading, sizeof grid->heading, "%s", heading);
}

void grid_deinit(struct grid *grid)
{
	free(grid->rows);
	*grid = (struct grid){0};
}

void grid_add_column(struct grid *grid, const char *heading, enum grid_kind kind, size_t width)
{
	struct grid_column *column = &grid->columns[grid->n_columns];

	if (grid->n_columns == GRID_MAX_COLUMNS)
		return;
	grid->n_columns++;
	*column = (struct grid_column){.kind = kind};
	snprintf(column->heading, sizeof column->heading, "%s", heading);
	column->width = strlen(column->heading) > width ? strlen(column->heading) : width;
}

struct grid_row *grid_add_row(struct grid *grid)
{
	struct grid_row *rows = array_grow(grid->rows, grid->n_rows, sizeof *rows);

	if (!rows)
		return NULL;
	grid->rows = rows;
	rows[grid->n_rows] = (struct grid_row){0};
	return &rows[grid->n_rows++];
}

int grid_copy(struct grid *grid, const struct grid *from)
{
	*grid = *from;
	grid->rows = calloc(from->n_rows + 1, sizeof *grid->rows);
	if (!grid->rows) {
		grid->n_rows = 0;
		return -ENOMEM;
	}
	if (from->n_rows > 0)
		memcpy(grid->rows, from->rows, from->n_rows * sizeof *grid->rows);
	return 0;
}

/* What qsort_r(3) has to know. */
struct order {
	const struct grid *grid;
	size_t key;
	bool is_reversed;
};

static int compare(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	size_t first = *(const size_t *)a, second = *(const size_t *)b;
	int by_place = (first > second) - (first < second), r = 0;

	if (order->key == 0)
		return order->is_reversed ? -by_place : by_place;
	double x = order->grid->rows[first].values[order->key - 1];
	double y = order->grid->rows[second].values[order->key - 1];
	if (isnan(x) || isnan(y))
		r = isnan(x) - isnan(y);
	else
		r = order->is_reversed ? (x > y) - (x < y) : (x < y) - (x > y);
	return r ? r : by_place;
}

void grid_sort(struct grid *grid, size_t key, bool is_reversed)
{
	struct order order = {grid, key <= grid->n_columns ? key : 0, is_reversed};
	size_t *places = calloc(grid->n_rows + 1, sizeof *places);
	struct grid_row *sorted = calloc(grid->n_rows + 1, sizeof *sorted);

	/* without memory they stay as they are */
	if (places && sorted && grid->n_rows > 0) {
		for (size_t i = 0; i < grid->n_rows; i++)
			places[i] = i;
		qsort_r(places, grid->n_rows, sizeof *places, compare, &order);
		for (size_t i = 0; i < grid->n_rows; i++)
			sorted[i] = grid->rows[places[i]];
		memcpy(grid->rows, sorted, grid->n_rows * sizeof *sorted);
	}
	free(places);
	free(sorted);
}

size_t grid_name_width(const struct grid *grid)
{
	size_t width = strlen(grid->heading);

	for (size_t i = 0; i < grid->n_rows; i++)
		if (strlen(grid->rows[i].name) > width)
			width = strlen(grid->rows[i].name);
	return width;
}

const char *grid_format(enum grid_kind kind, double value, char *text, size_t size)
{
	if (isnan(value))
		snprintf(text, size, "%s", kind == GRID_ID ? "-" : "n/a");
	else if (kind == GRID_ID || kind == GRID_WHOLE)
		snprintf(text, size, "%.0f", value);
	else if (kind == GRID_TENTH || kind == GRID_PERCENT)
		snprintf(text, size, "%.1f", value);
	else if (value != 0 && fabs(value) < 0.1) /* a rate of misses may be small */
		snprintf(text, size, "%.3g", value);
	else
		text_short(value, text, size);
	return text;
}
