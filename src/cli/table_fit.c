/* SPDX-License-Identifier: MIT */
/*
 * A table in so many columns of a terminal. Numbers are never cut: texts are folded at words, and
 * what then does not fit goes on in another block below, with the columns that say what a row is
 * about once more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table_internal.h"
#include "util/cleanup.h"

#define HEADING_COLOR "bold"
/* Texts are not folded to less; chosen, not tuned. */
#define LEAST_TEXT 16

struct fit {
	struct libscols_table *table;
	const bool *goes_on;
	size_t n;
	size_t widths[TABLE_MAX_COLUMNS]; /* as long as the longest cell */
	bool is_text[TABLE_MAX_COLUMNS];
	bool is_shown[TABLE_MAX_COLUMNS];
	size_t n_keys; /* columns that say what a row is about: the first, and texts behind it */
	size_t width;
};

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t longest(struct libscols_table *table, size_t column)
{
	const char *heading =
		scols_cell_get_data(scols_column_get_header(scols_table_get_column(table, column)));
	size_t width = heading ? strlen(heading) : 0;

	for (size_t i = 0; i < scols_table_get_nlines(table); i++) {
		const char *text = scols_cell_get_data(
			scols_line_get_cell(scols_table_get_line(table, i), column));

		if (text)
			width = max(width, strlen(text));
	}
	return width;
}

static bool is_text(struct libscols_table *table, size_t column)
{
	return !scols_column_is_right(scols_table_get_column(table, column));
}

static void measure(struct fit *fit)
{
	fit->n = min(scols_table_get_ncols(fit->table), TABLE_MAX_COLUMNS);
	for (size_t i = 0; i < fit->n; i++) {
		fit->widths[i] = longest(fit->table, i);
		fit->is_text[i] = is_text(fit->table, i);
	}
	fit->n_keys = 1;
	while (fit->n_keys < fit->n && fit->is_text[fit->n_keys])
		fit->n_keys++;
	if (fit->n_keys == fit->n)
		fit->n_keys = 1;
}

/* Half of the terminal may be theirs as they are: a row's name is read best on one line. */
static bool keeps_keys(const struct fit *fit)
{
	size_t width = 0;

	for (size_t i = 0; i < fit->n_keys; i++)
		width += fit->widths[i] + 1;
	return width <= fit->width / 2 + 1;
}

static size_t least_width(const struct fit *fit, size_t column)
{
	bool is_kept = !fit->is_text[column] || (column < fit->n_keys && keeps_keys(fit));

	return is_kept ? fit->widths[column] : min(fit->widths[column], LEAST_TEXT);
}

/* Of the columns that are shown. least: with texts as narrow as they may be. */
static size_t shown_width(const struct fit *fit, bool least)
{
	size_t width = 0, n = 0;

	for (size_t i = 0; i < fit->n; i++) {
		if (!fit->is_shown[i])
			continue;
		width += least ? least_width(fit, i) : fit->widths[i];
		n++;
	}
	return width + (n > 0 ? n - 1 : 0);
}

/* Where the first width characters of a text are best broken. */
static size_t break_at(const char *text, size_t width)
{
	size_t length = strlen(text);

	if (length <= width)
		return length;
	for (size_t i = width + 1; i-- > 1;)
		if (text[i] == ' ')
			return i;
	for (size_t i = width; i > width / 2; i--)
		if (strchr(",:;/_", text[i - 1]))
			return i;
	return width;
}

/* The same text in lines; NULL when out of memory. */
static char *fold(const char *text, size_t width)
{
	char *folded = malloc(2 * strlen(text) + 1), *end = folded;

	while (folded && *text) {
		size_t n = break_at(text, width);

		memcpy(end, text, n);
		end += n;
		text += n;
		text += strspn(text, " ");
		if (*text)
			*end++ = '\n';
	}
	if (folded)
		*end = '\0';
	return folded;
}

static int fold_column(struct fit *fit, size_t column, size_t width)
{
	struct libscols_column *there = scols_table_get_column(fit->table, column);

	for (size_t i = 0; i < scols_table_get_nlines(fit->table); i++) {
		struct libscols_cell *cell =
			scols_line_get_cell(scols_table_get_line(fit->table, i), column);
		const char *text = scols_cell_get_data(cell);
		char *folded;

		if (!text || strlen(text) <= width)
			continue;
		folded = fold(text, width);
		if (!folded)
			return -ENOMEM;
		scols_cell_refer_data(cell, folded);
	}
	fit->widths[column] = min(fit->widths[column], width);
	scols_column_set_flags(there, scols_column_get_flags(there) | SCOLS_FL_WRAP);
	scols_column_set_safechars(there, "\n");
	return scols_column_set_wrapfunc(
		there, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
}

/* Texts of the block give way, the last first: that is why there is no figure. */
static int fold_texts(struct fit *fit)
{
	for (size_t i = fit->n; i-- > 0;) {
		size_t width = shown_width(fit, false), least = least_width(fit, i), over;
		int r;

		if (width <= fit->width)
			return 0;
		over = width - fit->width;
		if (!fit->is_shown[i] || least == fit->widths[i])
			continue;
		r = fold_column(
			fit, i, fit->widths[i] > over + least ? fit->widths[i] - over : least);
		if (r < 0)
			return r;
	}
	return 0;
}

static int print_shown(struct fit *fit)
{
	int r = fold_texts(fit);

	for (size_t i = 0; i < fit->n; i++) {
		struct libscols_column *column = scols_table_get_column(fit->table, i);
		int flags = scols_column_get_flags(column);

		scols_column_set_flags(column,
			fit->is_shown[i] ? flags & ~SCOLS_FL_HIDDEN : flags | SCOLS_FL_HIDDEN);
	}
	return r < 0 ? r : scols_print_table(fit->table);
}

/* Behind the columns that stay together with the one at i. */
static size_t next_of(const struct fit *fit, size_t i)
{
	for (i++; i < fit->n && fit->goes_on[i];)
		i++;
	return i;
}

static void show(struct fit *fit, size_t begin, size_t end, bool is_shown)
{
	for (size_t i = begin; i < end; i++)
		fit->is_shown[i] = is_shown;
}

static int print_blocks(struct fit *fit)
{
	FILE *out = scols_table_get_stream(fit->table);
	size_t next = fit->n_keys;
	int r = 0;

	while (r == 0 && next < fit->n) {
		size_t end = next_of(fit, next);

		show(fit, 0, fit->n, false);
		show(fit, 0, fit->n_keys, true);
		show(fit, next, end, true);
		for (next = end; next < fit->n; next = end) {
			end = next_of(fit, next);
			show(fit, next, end, true);
			if (shown_width(fit, true) <= fit->width)
				continue;
			show(fit, next, end, false);
			break;
		}
		r = print_shown(fit);
		if (next < fit->n)
			fputc('\n', out);
	}
	return r;
}

static void set_colors(struct libscols_table *table)
{
	scols_table_enable_colors(table, 1);
	for (size_t i = 0; i < scols_table_get_ncols(table); i++)
		scols_cell_set_color(
			scols_column_get_header(scols_table_get_column(table, i)), HEADING_COLOR);
}

int table_print_fitting(struct table *table, const struct table_style *style)
{
	struct fit fit = {.table = table->table, .goes_on = table->goes_on, .width = style->width};

	if (style->has_color)
		set_colors(table->table);
	if (style->width == 0)
		return scols_print_table(table->table);
	/* libsmartcols would cut and spread by itself */
	scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
	measure(&fit);
	show(&fit, 0, fit.n, true);
	return shown_width(&fit, true) <= fit.width ? print_shown(&fit) : print_blocks(&fit);
}
