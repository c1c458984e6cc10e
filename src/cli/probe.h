/* SPDX-License-Identifier: MIT */
/* One counter: where it is, what it counted, or why it cannot be read. */
#ifndef MSRD_CLI_PROBE_H
#define MSRD_CLI_PROBE_H

#include "cli/sample.h"
#include "cli/target.h"

/* Why something is not measured. */
struct probe_cause {
	char text[MSRD_ERROR_SIZE]; /* "" when it is measured */
	bool is_absence;	    /* the machine has not got it, or it is switched off */
};

struct probe {
	struct target target;
	uint32_t reg;
	bool is_halves; /* two dwords, the low one at reg */
	struct sample_counter counter;
};

/* Keeps the reason of a positive result in cause. 0, or the negative result:
 * only a lost daemon is passed on. */
int probe_note(struct probe_cause *cause, struct msrd *msrd, int r);

/* Starts or advances the counter, unless there is a cause not to; a failure
 * becomes the cause. 0 or negative. */
int probe_read(struct probe *probe, struct msrd *msrd, struct probe_cause *cause);

#endif
