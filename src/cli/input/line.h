/* SPDX-License-Identifier: MIT */
/* Lines of a file that may be anything. */
#ifndef MSRD_CLI_INPUT_LINE_H
#define MSRD_CLI_INPUT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What an interval of a node with thousands of CPUs fits in; chosen, not tuned. */
#define LINE_MAX_BYTES ((size_t)16 << 20)

struct line {
	char *text; /* without its end, and with a NUL behind it */
	size_t n, size;
	bool is_whole; /* it had an end */
};

enum line_result {
	LINE_END,
	LINE_READ,
	LINE_TOO_LONG,
	LINE_HAS_NUL, /* text ends there */
	LINE_FAILED   /* errno */
};

/* The next one, into the same memory. */
enum line_result line_read(struct line *line, FILE *file);
void line_deinit(struct line *line);

/* Of a file whose first line this is, if only up to a NUL: by what it is compressed; or NULL. */
const char *line_packed(const struct line *line);
/* What a file is whose first line this is, that is none of ours; NULL: JSON that has a fault. */
const char *line_kind(const struct line *line);

#endif
