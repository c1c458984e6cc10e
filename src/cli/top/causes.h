/* SPDX-License-Identifier: MIT */
/* Why figures are not known: each cause once, with who has it. */
#ifndef MSRD_CLI_TOP_CAUSES_H
#define MSRD_CLI_TOP_CAUSES_H

#include <stddef.h>

struct cause_line {
	char *where, *why;
	size_t n; /* how many have it; where is the first */
};

struct causes {
	struct cause_line *list;
	size_t n;
	char **lines; /* of causes_wrap */
	size_t n_lines;
};

/* One that there is no memory for is left out. */
void causes_add(struct causes *causes, const char *where, const char *why);

/* Makes lines of at most width characters of them all: "cpu 0 and 3 others: why". */
void causes_wrap(struct causes *causes, size_t width);

void causes_deinit(struct causes *causes);

#endif
