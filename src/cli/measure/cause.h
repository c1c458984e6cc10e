/* SPDX-License-Identifier: MIT */
/* Why something is not measured. */
#ifndef MSRD_CLI_MEASURE_CAUSE_H
#define MSRD_CLI_MEASURE_CAUSE_H

#include <stdbool.h>

#include "client/msrd.h"

struct cause {
	char text[MSRD_ERROR_SIZE]; /* "" when it is measured */
	bool is_absence; /* nobody has got it: the machine, or whoever would know where it is */
};

/* Keeps the reason of a positive result in cause. 0, or the negative result:
 * only a lost daemon is passed on. */
int cause_note(struct cause *cause, struct msrd *msrd, int r);

__attribute__((format(printf, 3, 4))) void cause_set(
	struct cause *cause, bool is_absence, const char *format, ...);

#endif
