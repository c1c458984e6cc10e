/* SPDX-License-Identifier: MIT */
/* What stands in the place of the figures for a while: help, groups, causes. */
#include <string.h>

#include "cli/top/layout.h"
#include "util/array.h"

static const char *const help[] = {
	"q         quit; the registers are put back",
	"h ?       this; any key leaves it",
	"space     stop the screen, and go on",
	"Enter     end this interval now",
	"+ -       longer and shorter intervals",
	"c         rows are CPUs, cores or sockets",
	"s S r     sort by the next column, the one before, in reverse",
	"g         measure a group of events as well (msrctl groups)",
	"w         why figures are n/a",
	"arrows    more rows and columns; also PgUp, PgDn, Home, End",
	"Ctrl-L    draw the screen again",
	"",
	"Bars and lines of memory and power are of the most that any socket has",
	"shown on this screen; those of CPUs are the time that they were not idle.",
	"C-states are shares of the time. What is called a socket here has its",
	"physical package id.",
};

/* Line i of a page is text, with a mark where it is the chosen one. */
static void draw_line(struct canvas *canvas, size_t row, const char *text, bool is_chosen)
{
	canvas_print(canvas, row, 1, is_chosen ? CANVAS_CHOSEN : CANVAS_PLAIN, "%s %s",
		is_chosen ? ">" : " ", text);
	if (is_chosen)
		canvas_fill(canvas, row, 0, CANVAS_CHOSEN);
}

static void draw_lines(const struct state *state, const char *const *lines, size_t n, size_t row,
	size_t end, struct canvas *canvas)
{
	for (size_t i = state->first_row; i < n && row < end; i++)
		draw_line(canvas, row++, lines[i], false);
}

/* Line 0 is no group; the chosen one is always seen. */
static void draw_groups(const struct layout *layout, const struct state *state, size_t row,
	size_t end, struct canvas *canvas)
{
	size_t room = end - row;
	size_t first = state->chosen >= room ? state->chosen - room + 1 : 0;
	char text[512];

	for (size_t i = first; i <= layout->n_groups && row < end; i++) {
		if (i == 0)
			snprintf(text, sizeof text, "%-12s the figures of all CPUs", "none");
		else
			snprintf(text, sizeof text, "%-12s %s", layout->groups[i - 1].name,
				layout->groups[i - 1].about);
		draw_line(canvas, row++, text, i == state->chosen);
	}
}

void layout_page(const struct layout *layout, struct state *state, size_t row, size_t end,
	struct canvas *canvas)
{
	static const char *const titles[] = {
		[STATE_HELP] = "Keys",
		[STATE_GROUPS] = "Which group? Arrows and Enter; any other key: as it is",
		[STATE_WHY] = "Why figures are n/a",
	};
	static const char *const none[] = {"all figures are known"};

	canvas_print(canvas, row, 1, CANVAS_HEADING, "%s", titles[state->page]);
	row++;
	state->n_visible = end - row;
	switch (state->page) {
	case STATE_LIST:
		break;
	case STATE_HELP:
		state->n_rows = N_ELEMENTS(help);
		draw_lines(state, help, N_ELEMENTS(help), row, end, canvas);
		break;
	case STATE_GROUPS:
		draw_groups(layout, state, row, end, canvas);
		break;
	case STATE_WHY:
		state->n_rows = layout->n_causes;
		if (layout->n_causes == 0)
			draw_lines(state, none, 1, row, end, canvas);
		else
			draw_lines(state, layout->causes, layout->n_causes, row, end, canvas);
		break;
	}
}
