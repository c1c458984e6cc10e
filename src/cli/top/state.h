/* SPDX-License-Identifier: MIT */
/* What somebody has chosen to see, and what his keys change of it. */
#ifndef MSRD_CLI_TOP_STATE_H
#define MSRD_CLI_TOP_STATE_H

#include "cli/top/board.h"

/* Keys that are no character of ASCII. */
enum {
	STATE_UP = 256,
	STATE_DOWN,
	STATE_LEFT,
	STATE_RIGHT,
	STATE_PAGE_UP,
	STATE_PAGE_DOWN,
	STATE_HOME,
	STATE_END,
};
#define STATE_ENTER  '\n'
#define STATE_ESCAPE '\033'
#define STATE_REDRAW '\f' /* Ctrl-L */

enum state_page {
	STATE_LIST, /* the figures */
	STATE_HELP,
	STATE_GROUPS, /* a list of groups to choose from */
	STATE_WHY,    /* why figures are not known */
};

/* What is to be done, and is not of what is seen alone. */
enum state_action {
	STATE_NOTHING,
	STATE_QUIT,
	STATE_CHANGED,	    /* to be drawn again */
	STATE_CLEAR,	    /* to be drawn on an empty screen: somebody else wrote there */
	STATE_NOW,	    /* the interval ends */
	STATE_NEW_INTERVAL, /* it has another length */
	STATE_NEW_GROUP,    /* that number chosen is measured, 0 is none */
};

struct state {
	enum state_page page;
	enum board_view view;
	bool is_paused;
	double interval_s;
	size_t sort; /* 0: by name; else column sort - 1 */
	bool is_reversed;
	size_t first_row, first_column; /* that are seen */
	size_t chosen;			/* of the list of groups */
	/* how many there are, as of the last drawing */
	size_t n_rows, n_visible, n_columns, n_groups;
};

enum state_action state_press(struct state *state, int key);

/* Figures of another kind are in the list: what was chosen of the old ones does not hold. */
void state_restart_list(struct state *state);

#endif
