/* SPDX-License-Identifier: MIT */
/* Where what is shown stands on a screen of whatever size. */
#ifndef MSRD_CLI_TOP_LAYOUT_H
#define MSRD_CLI_TOP_LAYOUT_H

#include "cli/top/canvas.h"
#include "cli/top/state.h"

#define LAYOUT_MIN_ROWS	   10
#define LAYOUT_MIN_COLUMNS 40

/* A line of the list of groups. */
struct layout_group {
	const char *name, *about;
};

/* All that there is to show. */
struct layout {
	const char *host, *model, *source; /* who says it: a daemon */
	const char *time;
	double last_s; /* how long the interval was; 0: none is over */
	bool is_ascii, has_keys;
	const struct board *board;
	/* rows of the list, and of a group those that are no CPU's; or NULL */
	const struct grid *list, *others;
	const char *group; /* or NULL */
	const struct layout_group *groups;
	size_t n_groups;
	const char *const *causes; /* lines */
	size_t n_causes;
	const char *message; /* or "" */
};

/* Draws, and tells state how much of what there is can be seen. */
void layout_draw(const struct layout *layout, struct state *state, struct canvas *canvas);

/* So many rows show everything. */
size_t layout_height(const struct layout *layout);

/* What its parts share: */

/* A heading and rows of the grid from first on, as many as fit between row and end; sort as in
 * struct state, SIZE_MAX: by nothing. Returns the row behind. */
struct layout_window {
	size_t row, end, first, first_column, sort;
	bool is_headless; /* the rows alone */
};
size_t layout_grid(const struct layout *layout, const struct grid *grid,
	const struct layout_window *window, struct canvas *canvas);

/* Help, groups or causes between row and end. */
void layout_page(const struct layout *layout, struct state *state, size_t row, size_t end,
	struct canvas *canvas);

#endif
