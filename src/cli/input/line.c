/* SPDX-License-Identifier: MIT */
/* Reads no more than a line may have, and none of a file that is no text. Knows no JSON. */
#include "cli/input/line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

static bool grow(struct line *line)
{
	size_t size = line->size ? 2 * line->size : 4096;
	char *grown = realloc(line->text, size);

	if (!grown)
		return false;
	line->text = grown;
	line->size = size;
	return true;
}

enum line_result line_read(struct line *line, FILE *file)
{
	int c;

	line->n = 0;
	line->is_whole = false;
	errno = 0;
	while ((c = getc_unlocked(file)) != EOF && c != '\n') {
		if (line->n == LINE_MAX_BYTES)
			return LINE_TOO_LONG;
		if (line->n + 1 >= line->size && !grow(line))
			return LINE_FAILED;
		line->text[line->n] = '\0';
		if (c == '\0')
			return LINE_HAS_NUL;
		line->text[line->n++] = (char)c;
	}
	if (c == EOF && ferror(file)) {
		errno = errno ? errno : EIO;
		return LINE_FAILED;
	}
	if (c == EOF && line->n == 0)
		return LINE_END;
	if (line->size == 0 && !grow(line))
		return LINE_FAILED;
	line->text[line->n] = '\0';
	line->is_whole = c == '\n';
	return LINE_READ;
}

void line_deinit(struct line *line)
{
	free(line->text);
	*line = (struct line){0};
}

static bool is_text(const struct line *line)
{
	for (size_t i = 0; i < line->n; i++) {
		unsigned char c = (unsigned char)line->text[i];

		if (c < ' ' && c != '\t' && c != '\r')
			return false;
	}
	return true;
}

struct kind {
	const char *begin, *kind;
};

static const char *find_kind(const struct line *line, const struct kind *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(line->text, kinds[i].begin, strlen(kinds[i].begin)) == 0)
			return kinds[i].kind;
	return NULL;
}

const char *line_packed(const struct line *line)
{
	static const struct kind kinds[] = {
		{"\x1f\x8b", "compressed by gzip: zcat FILE >OTHER makes one that is not"},
		{"\x28\xb5\x2f\xfd",
			"compressed by zstd: zstdcat FILE >OTHER makes one that is not"},
	};

	return line->n > 0 ? find_kind(line, kinds, N_ELEMENTS(kinds)) : NULL;
}

const char *line_kind(const struct line *line)
{
	static const struct kind kinds[] = {
		{"# ", "OpenMetrics text"},
		{"INTERVAL", "a table for people"},
		{"kind,", "CSV"},
	};
	const char *kind = line_packed(line);

	if (!kind)
		kind = find_kind(line, kinds, N_ELEMENTS(kinds));
	if (kind)
		return kind;
	if (!is_text(line))
		return "no text";
	if (strspn(line->text, "{ \t\r") == line->n)
		return "a JSON document of several lines, as --json writes it";
	if (line->text[0] == '{')
		return NULL;
	if (strchr(line->text, ',') && !strstr(line->text, ", "))
		return "CSV";
	return "no JSON";
}
