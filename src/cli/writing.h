/* SPDX-License-Identifier: MIT */
/* Registers that are written together: what the policy says first, and all of them or none. */
#ifndef MSRD_CLI_WRITING_H
#define MSRD_CLI_WRITING_H

#include "cli/accesses.h"
#include "cli/cli.h"

/* --dry-run of the commands that write. */
#define WRITING_DRY_RUN (1 << 9)
#define WRITING_OPTIONS                                                                            \
	{                                                                                          \
		"dry-run", WRITING_DRY_RUN, NULL, 0,                                               \
			"Write nothing, and show what would be written, and what the daemon's "    \
			"policy would say",                                                        \
			1                                                                          \
	}

/* Takes it; false when it is another option. */
bool writing_parse(int key, bool *is_dry_run);

/* Prints what would become of each write, and does none. CLI_REFUSED: one would not be done. */
enum cli_status writing_dry_run(
	const struct cli *cli, struct msrd *msrd, const struct accesses *writes, const char *key);

/*
 * Writes all, or, where the policy refuses one or it is not there, none, and prints them as key.
 * Several writes of a daemon that speaks LIKWID's protocol alone are each for itself.
 */
enum cli_status writing_run(
	const struct cli *cli, struct msrd *msrd, struct accesses *writes, const char *key);

#endif
