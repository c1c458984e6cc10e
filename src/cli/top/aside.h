/* SPDX-License-Identifier: MIT */
/* What is said on standard error while the screen is ours: kept, and said afterwards. */
#ifndef MSRD_CLI_TOP_ASIDE_H
#define MSRD_CLI_TOP_ASIDE_H

#include <stddef.h>
#include <sys/types.h>

struct aside {
	int said;      /* file in memory, -1: nothing is kept */
	int old_error; /* where it went */
	off_t seen;
};

/* 0 or -errno: then it goes where it went. */
int aside_begin(struct aside *aside);

/* The last line that was said since this was asked, without who said it. NULL: none. */
const char *aside_news(struct aside *aside, char *text, size_t size);

/* Says it all, and from now on it goes where it went. More than once is fine. */
void aside_end(struct aside *aside);

#endif
