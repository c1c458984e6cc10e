/* SPDX-License-Identifier: MIT */
/* A grid on the screen: as many columns as are whole, as many rows as there is room. */
#include <math.h>
#include <string.h>

#include "cli/top/glyph.h"
#include "cli/top/layout.h"

#define BAR_WIDTH   10
#define MIN_HISTORY 6

/* Where columns begin, and where the last that is whole ends. */
static size_t column_width(const struct grid_column *column)
{
	return 1 + column->width + (column->kind == GRID_PERCENT ? 1 + BAR_WIDTH : 0);
}

static size_t draw_heading(
	const struct grid *grid, const struct layout_window *window, struct canvas *canvas)
{
	size_t width = grid_name_width(grid), at = width;

	canvas_print(canvas, window->row, 0, window->sort == 0 ? CANVAS_SORTED : CANVAS_HEADING,
		"%*s", (int)width, grid->heading);
	for (size_t i = window->first_column; i < grid->n_columns; i++) {
		const struct grid_column *column = &grid->columns[i];

		if (at + column_width(column) > canvas->columns)
			break;
		canvas_print(canvas, window->row, at + 1,
			window->sort == i + 1 ? CANVAS_SORTED : CANVAS_HEADING, "%*s",
			(int)column->width, column->heading);
		at += column_width(column);
	}
	if (grid->has_history && at + 1 + MIN_HISTORY <= canvas->columns)
		canvas_print(canvas, window->row, at + 1, CANVAS_HEADING, "%s",
			at + 13 <= canvas->columns ? "BUSY SO FAR" : "SO FAR");
	return window->row + 1;
}

static void draw_figure(const struct layout *layout, const struct grid_column *column, double value,
	size_t row, size_t at, struct canvas *canvas)
{
	char text[32];

	canvas_print(canvas, row, at, isnan(value) ? CANVAS_DIM : CANVAS_PLAIN, "%*s",
		(int)column->width, grid_format(column->kind, value, text, sizeof text));
	for (size_t i = 0; column->kind == GRID_PERCENT && i < BAR_WIDTH; i++)
		canvas_glyph(canvas, row, at + column->width + 1 + i, CANVAS_BAR,
			glyph_bar(value / 100, i, BAR_WIDTH, layout->is_ascii));
}

/* The newest at the right. */
static void draw_history(const struct layout *layout, const struct history *history, size_t row,
	size_t at, struct canvas *canvas)
{
	for (size_t column = at; column < canvas->columns; column++)
		canvas_glyph(canvas, row, column, CANVAS_SPARK,
			glyph_spark(history_get(history, canvas->columns - 1 - column),
				layout->is_ascii));
}

static void draw_row(const struct layout *layout, const struct grid *grid,
	const struct grid_row *row, const struct layout_window *window, size_t y,
	struct canvas *canvas)
{
	size_t width = grid_name_width(grid), at = width;

	canvas_print(canvas, y, 0, CANVAS_PLAIN, "%*s", (int)width, row->name);
	for (size_t i = window->first_column; i < grid->n_columns; i++) {
		const struct grid_column *column = &grid->columns[i];

		if (at + column_width(column) > canvas->columns)
			break;
		draw_figure(layout, column, row->values[i], y, at + 1, canvas);
		at += column_width(column);
	}
	if (grid->has_history && at + 1 + MIN_HISTORY <= canvas->columns)
		draw_history(layout, &row->history, y, at + 1, canvas);
}

size_t layout_grid(const struct layout *layout, const struct grid *grid,
	const struct layout_window *window, struct canvas *canvas)
{
	size_t y = window->row;

	if (!window->is_headless)
		y = draw_heading(grid, window, canvas);
	for (size_t i = window->first; i < grid->n_rows && y < window->end; i++)
		draw_row(layout, grid, &grid->rows[i], window, y++, canvas);
	return y;
}
