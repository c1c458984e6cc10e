/* SPDX-License-Identifier: MIT */
/* How near a word is to what may have been meant. */
#ifndef MSRD_CLI_NEAR_H
#define MSRD_CLI_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#define NEAR_NAME_SIZE 160

/* The nearest name so far. */
struct near {
	const char *text; /* the word */
	unsigned best;	  /* no more than this is near */
	bool is_found;
	char name[NEAR_NAME_SIZE];
};

struct near near_to(const char *text);
/* Of equally near names the first counts. */
void near_look(struct near *near, const char *name);

#endif
