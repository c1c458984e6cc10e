/* SPDX-License-Identifier: MIT */
/* ncurses, and nothing else of ours. It may be asked for anything while it is closed. */
#include "cli/top/screen.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/top/state.h"
#include "util/array.h"

/* behind all others, for it has macros of common names */
#include <curses.h>
#include <term.h>
#undef columns

/* So long a lone Escape is waited for to be the begin of a key. */
#define ESCAPE_MS 25

static const struct {
	short colour; /* -1: none */
	attr_t attributes;
} styles[CANVAS_N_STYLES] = {
	[CANVAS_PLAIN] = {-1, A_NORMAL},
	[CANVAS_TITLE] = {-1, A_REVERSE},
	[CANVAS_HEADING] = {-1, A_BOLD},
	[CANVAS_SORTED] = {-1, A_BOLD | A_UNDERLINE},
	[CANVAS_BAR] = {COLOR_GREEN, A_NORMAL},
	[CANVAS_SPARK] = {COLOR_CYAN, A_NORMAL},
	[CANVAS_DIM] = {-1, A_DIM},
	[CANVAS_ALARM] = {COLOR_RED, A_BOLD},
	[CANVAS_CHOSEN] = {-1, A_REVERSE},
};

static const struct {
	int theirs, ours;
} keys[] = {
	{KEY_UP, STATE_UP},
	{KEY_DOWN, STATE_DOWN},
	{KEY_LEFT, STATE_LEFT},
	{KEY_RIGHT, STATE_RIGHT},
	{KEY_PPAGE, STATE_PAGE_UP},
	{KEY_NPAGE, STATE_PAGE_DOWN},
	{KEY_HOME, STATE_HOME},
	{KEY_END, STATE_END},
	{KEY_ENTER, STATE_ENTER},
	{'\r', STATE_ENTER},
};

/* Some terminals send the others of the two ways to name an arrow. */
static void define_arrows(void)
{
	static const struct {
		const char *text;
		int key;
	} arrows[] = {
		{"\033[A", KEY_UP},
		{"\033OA", KEY_UP},
		{"\033[B", KEY_DOWN},
		{"\033OB", KEY_DOWN},
		{"\033[C", KEY_RIGHT},
		{"\033OC", KEY_RIGHT},
		{"\033[D", KEY_LEFT},
		{"\033OD", KEY_LEFT},
		{"\033[5~", KEY_PPAGE},
		{"\033[6~", KEY_NPAGE},
	};

	for (size_t i = 0; i < N_ELEMENTS(arrows); i++)
		define_key(arrows[i].text, arrows[i].key);
}

static int check_terminal(char error[SCREEN_ERROR_SIZE])
{
	const char *term = getenv("TERM");
	int result;

	if (!term || !*term) {
		snprintf(error, SCREEN_ERROR_SIZE, "TERM is not set: what terminal is this?");
		return -EINVAL;
	}
	if (setupterm(term, STDOUT_FILENO, &result) == ERR) {
		snprintf(error, SCREEN_ERROR_SIZE,
			"TERM=%.64s: %s; set it to what the terminal is like, such as xterm or "
			"vt100",
			term,
			result < 0 ? "there is no description of terminals here"
				   : "no such terminal is known here");
		return -EINVAL;
	}
	bool can_move = cursor_address && clear_screen;

	del_curterm(cur_term); /* the screen has one of its own */
	if (can_move)
		return 0;
	snprintf(error, SCREEN_ERROR_SIZE,
		"TERM=%.64s cannot move its cursor; msrctl top --batch and msrctl stat -n 0 print "
		"lines",
		term);
	return -EINVAL;
}

static void start_colours(void)
{
	const char *no = getenv("NO_COLOR");

	if ((no && *no) || !has_colors() || start_color() == ERR || use_default_colors() == ERR)
		return;
	for (int i = 0; i < CANVAS_N_STYLES; i++)
		if (styles[i].colour >= 0)
			init_pair((short)(i + 1), styles[i].colour, -1);
}

int screen_open(char error[SCREEN_ERROR_SIZE])
{
	int r = check_terminal(error);

	if (r < 0)
		return r;
	if (!newterm(NULL, stdout, stdin)) {
		snprintf(error, SCREEN_ERROR_SIZE, "TERM=%.64s: ncurses cannot use it",
			getenv("TERM"));
		return -EINVAL;
	}
	start_colours();
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	define_arrows();
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	return 0;
}

void screen_suspend(void)
{
	if (stdscr && !isendwin())
		endwin();
}

void screen_close(void)
{
	screen_suspend();
	if (stdscr)
		delscreen(set_term(NULL));
}

void screen_resume(void)
{
	if (stdscr)
		clearok(curscr, TRUE);
}

void screen_size(size_t *rows, size_t *columns)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
		(size.ws_row != LINES || size.ws_col != COLS))
		resizeterm(size.ws_row, size.ws_col);
	*rows = (size_t)LINES;
	*columns = (size_t)COLS;
}

bool screen_is_read(void)
{
	struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLOUT);
}

static void set_style(enum canvas_style style)
{
	bool has_colour = styles[style].colour >= 0 && has_colors();

	attr_set(styles[style].attributes, has_colour ? (short)(style + 1) : 0, NULL);
}

void screen_draw(const struct canvas *canvas)
{
	if (!screen_is_read())
		return;
	erase();
	for (size_t row = 0; row < canvas->rows; row++)
		for (size_t column = 0; column < canvas->columns; column++) {
			const struct canvas_cell *cell =
				&canvas->cells[row * canvas->columns + column];

			set_style(cell->style);
			/* the last cell of all has nowhere to go on to, which is an error to it */
			mvaddstr((int)row, (int)column, cell->text);
		}
	attr_set(A_NORMAL, 0, NULL);
	refresh();
}

int screen_key(void)
{
	int key = getch();

	if (key == ERR)
		return -1;
	for (size_t i = 0; i < N_ELEMENTS(keys); i++)
		if (keys[i].theirs == key)
			return keys[i].ours;
	/* of no meaning here, and not one that only looks like ours */
	return key < 256 ? key : 0;
}
