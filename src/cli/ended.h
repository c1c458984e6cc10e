/* SPDX-License-Identifier: MIT */
/* How accesses ended, in a table and on standard error. */
#ifndef MSRD_CLI_ENDED_H
#define MSRD_CLI_ENDED_H

#include "cli/cli.h"
#include "cli/placed.h"

/* Columns at the end that scripts get: people read the errors on standard error. */
#define ENDED_COLUMNS                                                                              \
	{"ERROR", "error", false},                                                                 \
	{                                                                                          \
		"REASON", "reason", false                                                          \
	}
#define ENDED_N 2

/* What is said in the end of all that went wrong. */
struct ended {
	const struct cli *cli;
	enum cli_status status; /* CLI_FAILED once something was refused or failed */
	int unexplained;	/* a result that doctor may explain; 0: none */
};

/* Ends a row behind its value: the cells of ENDED_COLUMNS, where scripts read. */
void ended_well(const struct ended *ended, struct placed *placed);
/* Says what went wrong; a row without value unless placed is NULL. */
void ended_badly(struct ended *ended, struct placed *placed, const struct outcome *outcome);
/* Has doctor explain what it can. */
void ended_explain(const struct ended *ended);

#endif
