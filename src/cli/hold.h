/* SPDX-License-Identifier: MIT */
/* The registers of a measurement, programmed among others of this user and put back. */
#ifndef MSRD_CLI_HOLD_H
#define MSRD_CLI_HOLD_H

#include "cli/cli.h"
#include "cli/measure/plan.h"

struct hold {
	const struct cli *cli;
	struct msrd *msrd; /* the caller's to close */
	unsigned wait_ms;  /* for other measurements that program theirs */
	struct peers peers;
	struct plan plan;
};

/* Takes over the daemon. */
void hold_init(struct hold *hold, const struct cli *cli, struct msrd *msrd, unsigned wait_ms);

/* Programs what the CPUs need, as plan_start. -EBUSY, with a message, when another
 * measurement does not come to an end with it. */
int hold_program(struct hold *hold, const struct places *cpus, bool all_sockets);

/* The same in two steps, for one who programs by the journal of plan himself in between, while no
 * other measurement does. hold_end also after a failure. */
int hold_begin(struct hold *hold);
void hold_end(struct hold *hold);

/* As hold_begin, for one who programs nothing, and does not put back what killed ones left. */
int hold_look(struct hold *hold);

/* Puts everything back. If the daemon was lost on the way, another one puts back the
 * rest. False, with a message, when something is left: also where others do not come
 * to an end with programming theirs, or the registers are another user's now. */
bool hold_release(struct hold *hold);

#endif
