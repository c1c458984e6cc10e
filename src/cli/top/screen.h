/* SPDX-License-Identifier: MIT */
/* The terminal: cells go there, keys come from there. By ncurses, or not at all (screen_none.c). */
#ifndef MSRD_CLI_TOP_SCREEN_H
#define MSRD_CLI_TOP_SCREEN_H

#include <stdbool.h>

#include "cli/top/canvas.h"

#define SCREEN_ERROR_SIZE 256

/* Takes the terminal that standard input and output are. 0; -EINVAL: error says why it will not
 * do. */
int screen_open(char error[SCREEN_ERROR_SIZE]);
/* Gives it back as it was. More than once is fine, before screen_open too. */
void screen_close(void);

/* Gives it back for a while, and takes it again, which clears it. */
void screen_suspend(void);
void screen_resume(void);

/* Its size, which may have changed. */
void screen_size(size_t *rows, size_t *columns);

/* Where nobody reads what a terminal shows, as after Ctrl-S, who writes there waits, and no signal
 * would end that. */
bool screen_is_read(void);

/* Nothing where it is not read. */
void screen_draw(const struct canvas *canvas);

/* The next key, as struct state has them; -1: there is none. */
int screen_key(void);

#endif
