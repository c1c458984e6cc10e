/* SPDX-License-Identifier: MIT */
/* In the place of screen.c where there is no ncurses. */
#include <errno.h>

#include "cli/top/screen.h"

int screen_open(char error[SCREEN_ERROR_SIZE])
{
	snprintf(error, SCREEN_ERROR_SIZE,
		"this msrctl was built without ncurses and has no screen; msrctl top --batch "
		"prints "
		"the same");
	return -EINVAL;
}

void screen_close(void)
{
}

void screen_suspend(void)
{
}

void screen_resume(void)
{
}

void screen_size(size_t *rows, size_t *columns)
{
	*rows = *columns = 0;
}

bool screen_is_read(void)
{
	return true;
}

void screen_draw(const struct canvas *canvas)
{
	(void)canvas;
}

int screen_key(void)
{
	return -1;
}
