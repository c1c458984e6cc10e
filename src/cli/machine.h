/* SPDX-License-Identifier: MIT */
/* Registers of the whole machine: each once, wherever it is reached. */
#ifndef MSRD_CLI_MACHINE_H
#define MSRD_CLI_MACHINE_H

#include "cli/accesses.h"
#include "cli/cli.h"

/*
 * Reads of all registers that are wanted (rule: what the daemon lets be done; NULL: it can't say)
 * and that the daemon lets this user read: those of a thread or core on every CPU that is online,
 * those of a package on its first, those of units in each that the model has. 0, or negative when
 * the daemon is gone or out of memory.
 */
int machine_add(const struct cli *cli, struct msrd *msrd,
	bool (*wants)(
		const struct arch *arch, const struct place *place, const struct msrd_rule *rule),
	struct accesses *reads);

/* Does the daemon let anything be accessed now? False after a message that says why not: the lock
 * file of another user, or what it could not get ready. */
bool machine_is_open(struct msrd *msrd);

/* No such register on this part, or no such unit in this machine: nobody misses it. */
bool machine_lacks(int result);

#endif
