/* SPDX-License-Identifier: MIT */
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/array.h"
#include "util/number.h"

#define DEFAULT_WIDTH 80
#define MAX_WIDTH     10000

static const char *const names[] = {
#define X(when, name) [when] = name,
	TERMINAL_COLORS(X)
#undef X
};

bool terminal_find_color(const char *name, enum terminal_color *when)
{
	for (unsigned i = 0; i < N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*when = (enum terminal_color)i;
		return true;
	}
	return false;
}

static size_t get_width(bool is_terminal)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (columns && number_parse(columns, MAX_WIDTH, &width) && width > 0)
		return width;
	if (!is_terminal)
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return DEFAULT_WIDTH;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

struct table_style terminal_style(enum terminal_color when)
{
	bool is_terminal = isatty(STDOUT_FILENO);
	const char *term = getenv("TERM");
	bool can_color = is_terminal && term && strcmp(term, "dumb") != 0 && !is_set("NO_COLOR");

	return (struct table_style){
		.width = get_width(is_terminal),
		.has_color = when == TERMINAL_ALWAYS || (when == TERMINAL_AUTO && can_color),
	};
}
