/* SPDX-License-Identifier: MIT */
/* Rows of figures, which can be sorted by any of them. */
#ifndef MSRD_CLI_TOP_GRID_H
#define MSRD_CLI_TOP_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/top/history.h"

#define GRID_MAX_COLUMNS  40
#define GRID_HEADING_SIZE 56
#define GRID_NAME_SIZE	  64

enum grid_kind {
	GRID_ID,      /* a number that names something; NAN: "-" */
	GRID_FIGURE,  /* four digits and a prefix */
	GRID_TENTH,   /* one decimal, as of a percentage */
	GRID_WHOLE,   /* none, as of degrees */
	GRID_PERCENT, /* one decimal, and a bar beside it */
};

struct grid_column {
	char heading[GRID_HEADING_SIZE];
	enum grid_kind kind;
	size_t width; /* of the figure */
};

struct grid_row {
	char name[GRID_NAME_SIZE];
	double values[GRID_MAX_COLUMNS];
	struct history history;
};

struct grid {
	char heading[GRID_NAME_SIZE]; /* of the names */
	struct grid_column columns[GRID_MAX_COLUMNS];
	size_t n_columns;
	struct grid_row *rows;
	size_t n_rows;
	bool has_history;
};

void grid_init(struct grid *grid, const char *heading);
void grid_deinit(struct grid *grid);

/* As wide as its heading, or as width. */
void grid_add_column(struct grid *grid, const char *heading, enum grid_kind kind, size_t width);
/* All of its values are to be set. NULL when out of memory. */
struct grid_row *grid_add_row(struct grid *grid);

/* The same rows, to be sorted. 0 or -ENOMEM; grid_deinit in either case. */
int grid_copy(struct grid *grid, const struct grid *from);

/* By column key - 1, the largest first; by 0 as they were added, which is by name. What is not
 * known comes last in either order. */
void grid_sort(struct grid *grid, size_t key, bool is_reversed);

/* Room for the widest name, at least its heading's. */
size_t grid_name_width(const struct grid *grid);

/* "12.30 G", "99.5", "n/a". Returns text. */
const char *grid_format(enum grid_kind kind, double value, char *text, size_t size);

#endif
