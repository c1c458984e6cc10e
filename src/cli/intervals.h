/* SPDX-License-Identifier: MIT */
/* One run of msrctl stat, from programming the counters to restoring them. */
#ifndef MSRD_CLI_INTERVALS_H
#define MSRD_CLI_INTERVALS_H

#include "cli/cli.h"
#include "cli/measure/view.h"
#include "cli/stint.h"

struct intervals {
	const struct stint *stint;
	const char *expect_path; /* for messages; NULL: nothing is expected */
	struct view view;
};

/* Prints a document for each interval to out. Returns the exit status. */
int intervals_run(const struct intervals *intervals, const struct cli *cli,
	const struct places *cpus, FILE *out);

#endif
