/* SPDX-License-Identifier: MIT */
/* From keys to what is seen. Knows no terminal, and measures nothing. */
#include "cli/top/state.h"

#include "util/array.h"

static const double intervals_s[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 60};

void state_restart_list(struct state *state)
{
	state->sort = state->first_row = state->first_column = 0;
	state->is_reversed = false;
}

/* The next of the usual lengths, whatever it was; it ends at the last. */
static enum state_action change_interval(struct state *state, bool is_longer)
{
	double old_s = state->interval_s;
	size_t n = N_ELEMENTS(intervals_s);

	for (size_t i = 0; i < n; i++) {
		double s = intervals_s[is_longer ? i : n - 1 - i];

		if (is_longer ? s > old_s : s < old_s) {
			state->interval_s = s;
			return STATE_NEW_INTERVAL;
		}
	}
	return STATE_NOTHING;
}

static size_t most(const struct state *state)
{
	return state->n_rows > state->n_visible ? state->n_rows - state->n_visible : 0;
}

static size_t moved(size_t at, size_t down, size_t up, size_t last)
{
	at = at > up ? at - up : 0;
	at += down;
	return at < last ? at : last;
}

static enum state_action scroll(struct state *state, size_t *at, size_t last, int key)
{
	size_t page = state->n_visible > 1 ? state->n_visible - 1 : 1;

	switch (key) {
	case STATE_UP:
		*at = moved(*at, 0, 1, last);
		break;
	case STATE_DOWN:
		*at = moved(*at, 1, 0, last);
		break;
	case STATE_PAGE_UP:
		*at = moved(*at, 0, page, last);
		break;
	case STATE_PAGE_DOWN:
		*at = moved(*at, page, 0, last);
		break;
	case STATE_HOME:
		*at = 0;
		break;
	case STATE_END:
		*at = last;
		break;
	default:
		return STATE_NOTHING;
	}
	return STATE_CHANGED;
}

static enum state_action open_page(struct state *state, enum state_page page)
{
	state->page = page;
	state->first_row = 0;
	return STATE_CHANGED;
}

/* Whatever is not the page's own leaves it. */
static enum state_action press_on_page(struct state *state, int key)
{
	bool is_menu = state->page == STATE_GROUPS;
	size_t *at = is_menu ? &state->chosen : &state->first_row;
	size_t last = is_menu ? state->n_groups : most(state);
	enum state_action action = scroll(state, at, last, key);

	if (action != STATE_NOTHING)
		return action;
	open_page(state, STATE_LIST);
	if (!is_menu || key != STATE_ENTER)
		return STATE_CHANGED;
	state_restart_list(state);
	return STATE_NEW_GROUP;
}

static enum state_action press_on_list(struct state *state, int key)
{
	switch (key) {
	case ' ':
		state->is_paused = !state->is_paused;
		return STATE_CHANGED;
	case 's':
		state->sort = state->sort < state->n_columns ? state->sort + 1 : 0;
		return STATE_CHANGED;
	case 'S':
		state->sort = state->sort > 0 ? state->sort - 1 : state->n_columns;
		return STATE_CHANGED;
	case 'r':
		state->is_reversed = !state->is_reversed;
		return STATE_CHANGED;
	case 'c':
		state->view = (state->view + 1) % BOARD_N_VIEWS;
		state_restart_list(state);
		return STATE_CHANGED;
	case STATE_LEFT:
		state->first_column = moved(state->first_column, 0, 1, state->n_columns);
		return STATE_CHANGED;
	case STATE_RIGHT:
		if (state->first_column + 1 < state->n_columns)
			state->first_column++;
		return STATE_CHANGED;
	default:
		return scroll(state, &state->first_row, most(state), key);
	}
}

enum state_action state_press(struct state *state, int key)
{
	switch (key) {
	case 'q':
		if (state->page == STATE_LIST)
			return STATE_QUIT;
		return open_page(state, STATE_LIST);
	case STATE_REDRAW:
		return STATE_CLEAR;
	case '+':
	case '=':
		return change_interval(state, true);
	case '-':
		return change_interval(state, false);
	default:
		break;
	}
	if (state->page != STATE_LIST)
		return press_on_page(state, key);
	switch (key) {
	case 'h':
	case '?':
		return open_page(state, STATE_HELP);
	case 'g':
		return open_page(state, STATE_GROUPS);
	case 'w':
		return open_page(state, STATE_WHY);
	case STATE_ENTER:
		return STATE_NOW;
	default:
		return press_on_list(state, key);
	}
}
