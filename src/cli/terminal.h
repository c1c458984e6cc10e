/* SPDX-License-Identifier: MIT */
/* What the terminal on standard output can show, and what its user wants. */
#ifndef MSRD_CLI_TERMINAL_H
#define MSRD_CLI_TERMINAL_H

#include "cli/table.h"

/* X(when, name) */
#define TERMINAL_COLORS(X)                                                                         \
	X(TERMINAL_AUTO, "auto")                                                                   \
	X(TERMINAL_ALWAYS, "always")                                                               \
	X(TERMINAL_NEVER, "never")

enum terminal_color {
#define X(when, name) when,
	TERMINAL_COLORS(X)
#undef X
};

bool terminal_find_color(const char *name, enum terminal_color *when);

/* As wide as COLUMNS says, or else the terminal; 80 where that does not say it, and a file or pipe
 * is as wide as need be. AUTO: colors on a terminal that is not dumb, unless NO_COLOR is set. */
struct table_style terminal_style(enum terminal_color when);

#endif
