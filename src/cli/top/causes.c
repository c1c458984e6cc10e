/* SPDX-License-Identifier: MIT */
/* Collects texts. Does not know what they are about. */
#include "cli/top/causes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/cleanup.h"

void causes_add(struct causes *causes, const char *where, const char *why)
{
	struct cause_line *list, line;

	for (size_t i = 0; i < causes->n; i++)
		if (strcmp(causes->list[i].why, why) == 0) {
			causes->list[i].n++;
			return;
		}
	list = array_grow(causes->list, causes->n, sizeof *list);
	if (!list)
		return;
	causes->list = list;
	line = (struct cause_line){strdup(where), strdup(why), 1};
	if (line.where && line.why) {
		list[causes->n++] = line;
		return;
	}
	free(line.where);
	free(line.why);
}

static void add_line(struct causes *causes, const char *text, size_t length)
{
	char **lines = array_grow(causes->lines, causes->n_lines, sizeof *lines);
	char *line = lines ? strndup(text, length) : NULL;

	if (lines)
		causes->lines = lines;
	if (line)
		lines[causes->n_lines++] = line;
}

/* At most width characters, up to a blank where there is one. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = strlen(text);

	if (n <= width)
		return n;
	for (n = width; n > 0 && text[n] != ' '; n--)
		;
	return n > 0 ? n : width;
}

void causes_wrap(struct causes *causes, size_t width)
{
	for (size_t i = 0; i < causes->n; i++) {
		const struct cause_line *line = &causes->list[i];
		cleanup_free char *text = NULL;
		int r;

		if (line->n > 1)
			r = asprintf(&text, "%s and %zu other%s: %s", line->where, line->n - 1,
				line->n == 2 ? "" : "s", line->why);
		else
			r = asprintf(&text, "%s: %s", line->where, line->why);
		if (r < 0) {
			text = NULL;
			continue;
		}
		for (const char *rest = text; *rest && width > 0;) {
			size_t length = line_length(rest, width);

			add_line(causes, rest, length);
			rest += length;
			rest += *rest == ' ';
		}
	}
}

void causes_deinit(struct causes *causes)
{
	for (size_t i = 0; i < causes->n; i++) {
		free(causes->list[i].where);
		free(causes->list[i].why);
	}
	for (size_t i = 0; i < causes->n_lines; i++)
		free(causes->lines[i]);
	free(causes->list);
	free(causes->lines);
	*causes = (struct causes){0};
}
