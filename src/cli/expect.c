/* SPDX-License-Identifier: MIT */
/* Reads expected figures. Does not know how they are measured. */
#include "cli/expect.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/cleanup.h"
#include "util/number.h"

#define BLANKS " \t\r\n"

static bool parse_scope(const char *word, enum sample_scope *scope)
{
	for (unsigned i = 0; i < SAMPLE_N_SCOPES; i++) {
		if (strcmp(word, sample_scope_name((enum sample_scope)i)) == 0) {
			*scope = (enum sample_scope)i;
			return true;
		}
	}
	return false;
}

static bool parse_value(const char *word, double *value)
{
	char *end;

	if (strcmp(word, "n/a") == 0) {
		*value = NAN;
		return true;
	}
	*value = strtod(word, &end);
	return end != word && *end == '\0';
}

static bool parse_entry(char *scope, char **rest, struct expect_entry *entry)
{
	char *number = strtok_r(NULL, BLANKS, rest);
	char *figure = strtok_r(NULL, BLANKS, rest);
	char *value = strtok_r(NULL, BLANKS, rest);
	uint64_t parsed;

	if (!value || strtok_r(NULL, BLANKS, rest) || !parse_scope(scope, &entry->scope) ||
		!number_parse(number, UINT32_MAX, &parsed) ||
		!sample_figure_find(entry->scope, figure, &entry->figure) ||
		!parse_value(value, &entry->value))
		return false;
	entry->number = (uint32_t)parsed;
	return true;
}

static int add_line(struct expect *expect, char *line)
{
	struct expect_entry entry, *entries;
	char *rest, *scope;

	line[strcspn(line, "#")] = '\0';
	scope = strtok_r(line, BLANKS, &rest);
	if (!scope)
		return 0;
	if (!parse_entry(scope, &rest, &entry))
		return -EINVAL;
	entries = array_grow(expect->entries, expect->n_entries, sizeof *entries);
	if (!entries)
		return -ENOMEM;
	entries[expect->n_entries++] = entry;
	expect->entries = entries;
	return 0;
}

int expect_read(struct expect *expect, FILE *file, unsigned *line)
{
	cleanup_free char *text = NULL;
	size_t size = 0;

	*expect = (struct expect){0};
	for (*line = 1; getline(&text, &size, file) >= 0; (*line)++) {
		int r = add_line(expect, text);

		if (r < 0)
			return r;
	}
	*line = 0;
	return ferror(file) ? -EIO : 0;
}

void expect_deinit(struct expect *expect)
{
	free(expect->entries);
	*expect = (struct expect){0};
}

double expect_find(const struct expect *expect, enum sample_scope scope, uint32_t number,
	enum sample_figure figure)
{
	for (size_t i = 0; i < expect->n_entries; i++) {
		const struct expect_entry *entry = &expect->entries[i];

		if (entry->scope == scope && entry->number == number && entry->figure == figure)
			return entry->value;
	}
	return NAN;
}
