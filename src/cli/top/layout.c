/* SPDX-License-Identifier: MIT */
/* Header, sockets, the list and the keys, from top to bottom. Knows no terminal. */
#include "cli/top/layout.h"

#include <math.h>
#include <string.h>

#include "cli/top/glyph.h"

#define BAR_WIDTH  20
#define BAR_COLUMN 9
/* Above and below the list: two lines of header; what is said, and the keys. */
#define N_HEADER 2
#define N_FOOTER 2
/* So much of the list is to be seen before there are pictures. */
#define MIN_LIST 4

static void draw_right(struct canvas *canvas, size_t row, enum canvas_style style, const char *text)
{
	size_t n = strlen(text);

	if (n <= canvas->columns)
		canvas_print(canvas, row, canvas->columns - n, style, "%s", text);
}

static void draw_header(
	const struct layout *layout, const struct state *state, struct canvas *canvas)
{
	const struct board *board = layout->board;
	char text[96] = "", last[32] = "";

	canvas_print(
		canvas, 0, 0, CANVAS_TITLE, " msrctl top  %s  %s", layout->host, layout->model);
	snprintf(text, sizeof text, "  %s ", layout->time);
	draw_right(canvas, 0, CANVAS_TITLE, text);
	canvas_fill(canvas, 0, 0, CANVAS_TITLE);
	canvas_print(canvas, 1, 0, CANVAS_PLAIN, " %zu socket%s, %zu CPU%s  %s", board->n_sockets,
		board->n_sockets == 1 ? "" : "s", board->n_cpus, board->n_cpus == 1 ? "" : "s",
		layout->source);
	if (layout->last_s > 0)
		snprintf(last, sizeof last, ", last %.3f s", layout->last_s);
	snprintf(text, sizeof text, "  every %g s%s ", state->interval_s, last);
	draw_right(canvas, 1, CANVAS_PLAIN, text);
	if (state->is_paused)
		draw_right(canvas, 1, CANVAS_ALARM, "  PAUSED: space goes on ");
}

static void draw_footer(const struct layout *layout, struct canvas *canvas)
{
	static const char keys[] = " q quit  h help  space pause  s sort  r reverse  c view  "
				   "g group  w why  +- time";
	size_t row = canvas->rows - 1;

	if (layout->message[0])
		canvas_print(canvas, row - 1, 0, CANVAS_ALARM, " %s", layout->message);
	else if (layout->n_causes > 0)
		canvas_print(canvas, row - 1, 0, CANVAS_DIM, " n/a: %s", layout->causes[0]);
	if (!layout->has_keys)
		return;
	canvas_print(canvas, row, 0, CANVAS_TITLE, "%s", keys);
	canvas_fill(canvas, row, 0, CANVAS_TITLE);
}

/* How it is, and how it was, of the most that any socket has shown. */
static void draw_graph(const struct layout *layout, const char *name, const char *unit,
	const struct history *history, double peak, size_t row, struct canvas *canvas)
{
	double now = history_get(history, 0);
	size_t column = BAR_COLUMN + BAR_WIDTH + 1, end = canvas->columns;
	char text[32], scale[64];

	canvas_print(canvas, row, 2, CANVAS_PLAIN, "%s", name);
	for (size_t i = 0; i < BAR_WIDTH; i++)
		canvas_glyph(canvas, row, BAR_COLUMN + i, CANVAS_BAR,
			glyph_bar(peak > 0 ? now / peak : 0, i, BAR_WIDTH, layout->is_ascii));
	snprintf(scale, sizeof scale, " of %s %s",
		grid_format(GRID_FIGURE, peak, text, sizeof text), unit);
	if (strlen(scale) + column + 8 < end)
		end -= 15;
	for (size_t at = column; at < end; at++) {
		double value = history_get(history, end - 1 - at);

		canvas_glyph(canvas, row, at, CANVAS_SPARK,
			glyph_spark(peak > 0 ? value / peak : value, layout->is_ascii));
	}
	if (end < canvas->columns)
		canvas_print(canvas, row, end, CANVAS_PLAIN, "%s", scale);
}

static size_t draw_graphs(
	const struct layout *layout, size_t socket, size_t row, struct canvas *canvas)
{
	const struct board *board = layout->board;

	draw_graph(layout, "memory", "B/s", &board->sockets[socket].memory,
		board_peak_memory(board, canvas->columns), row, canvas);
	draw_graph(layout, "power", "W", &board->sockets[socket].power,
		board_peak_power(board, canvas->columns), row + 1, canvas);
	return row + 2;
}

/* Line, memory and power of one. */
static size_t draw_socket(const struct layout *layout, const struct grid *grid, size_t socket,
	size_t row, struct canvas *canvas)
{
	struct layout_window window = {
		.row = row, .end = row + 2, .sort = SIZE_MAX, .is_headless = socket > 0};
	struct grid one = *grid;

	one.rows = &grid->rows[socket];
	one.n_rows = 1;
	row = layout_grid(layout, &one, &window, canvas);
	return draw_graphs(layout, socket, row, canvas);
}

/* With pictures where there is room, else a line each, else nothing. */
static size_t draw_sockets(
	const struct layout *layout, size_t row, size_t room, struct canvas *canvas)
{
	size_t n = layout->board->n_sockets;
	struct layout_window window = {.row = row, .end = row + 1 + n, .sort = SIZE_MAX};
	struct grid grid;

	if (1 + n + MIN_LIST > room)
		return row;
	if (board_grid(layout->board, BOARD_SOCKETS, &grid) == 0 && 1 + 3 * n + MIN_LIST <= room)
		for (size_t i = 0; i < n; i++)
			row = draw_socket(layout, &grid, i, row, canvas);
	else
		row = layout_grid(layout, &grid, &window, canvas);
	grid_deinit(&grid);
	return row;
}

/* What is not of CPUs, above the list; leaves room for a part of the list. */
static size_t draw_others(
	const struct layout *layout, struct layout_window window, size_t end, struct canvas *canvas)
{
	size_t n = layout->others->n_rows + 1;

	window.sort = SIZE_MAX;
	window.end = window.row + n + MIN_LIST < end ? window.row + n : end - MIN_LIST;
	return layout_grid(layout, layout->others, &window, canvas);
}

static void limit_rows(struct state *state, size_t n_rows, size_t n_visible)
{
	size_t last = n_rows > n_visible ? n_rows - n_visible : 0;

	state->n_rows = n_rows;
	state->n_visible = n_visible;
	if (state->first_row > last)
		state->first_row = last;
}

static void draw_list(const struct layout *layout, struct state *state, size_t row, size_t end,
	struct canvas *canvas)
{
	/* a group may have nothing of CPUs */
	bool has_both = layout->others && layout->list->n_rows > 0;
	const struct grid *list = layout->others && !has_both ? layout->others : layout->list;
	size_t n_above = (layout->group != NULL) + (has_both ? layout->others->n_rows + 1 : 0);
	struct layout_window window = {.end = end, .sort = state->sort};

	if (state->view != BOARD_SOCKETS || layout->group)
		row = draw_sockets(
			layout, row, end - row > n_above ? end - row - n_above : 0, canvas);
	if (layout->group)
		canvas_print(canvas, row++, 0, CANVAS_HEADING, " group %s", layout->group);
	window.row = row;
	window.first_column = state->first_column;
	if (has_both)
		window.row = draw_others(layout, window, end, canvas);
	state->n_columns = list->n_columns;
	limit_rows(state, list->n_rows, window.row + 1 < end ? end - window.row - 1 : 0);
	window.first = state->first_row;
	layout_grid(layout, list, &window, canvas);
}

void layout_draw(const struct layout *layout, struct state *state, struct canvas *canvas)
{
	size_t end = canvas->rows - N_FOOTER;

	state->n_groups = layout->n_groups;
	if (canvas->rows < LAYOUT_MIN_ROWS || canvas->columns < LAYOUT_MIN_COLUMNS) {
		canvas_print(canvas, 0, 0, CANVAS_ALARM, "msrctl top needs %d x %d",
			LAYOUT_MIN_COLUMNS, LAYOUT_MIN_ROWS);
		canvas_print(canvas, 1, 0, CANVAS_ALARM, "and has %zu x %zu", canvas->columns,
			canvas->rows);
		return;
	}
	draw_header(layout, state, canvas);
	draw_footer(layout, canvas);
	if (state->page == STATE_LIST)
		draw_list(layout, state, N_HEADER, end, canvas);
	else
		layout_page(layout, state, N_HEADER, end, canvas);
}

size_t layout_height(const struct layout *layout)
{
	size_t rows =
		N_HEADER + N_FOOTER + 1 + 3 * layout->board->n_sockets + 1 + layout->list->n_rows;

	if (layout->list->n_rows < MIN_LIST)
		rows += MIN_LIST - layout->list->n_rows;
	if (layout->group)
		rows += 1;
	if (layout->others)
		rows += 1 + layout->others->n_rows;
	return rows < LAYOUT_MIN_ROWS ? LAYOUT_MIN_ROWS : rows;
}
