/* SPDX-License-Identifier: MIT */
/* One run of msrctl stat, from programming the counters to restoring them. */
#ifndef MSRD_CLI_MEASURE_H
#define MSRD_CLI_MEASURE_H

#include "cli/cli.h"
#include "cli/expect.h"

struct measure {
	double interval_s;	 /* 0: as long as the command runs */
	uint64_t count;		 /* of intervals; 0: until a signal comes, or the command ends */
	char **command;		 /* NULL: none */
	const char *expect_path; /* for messages; NULL: nothing is expected */
	double tolerance;	 /* percent */
};

/* Prints a document for each interval to out. */
enum cli_status measure_run(const struct measure *measure, const struct cli *cli,
	const struct target_list *cpus, const struct expect *expect, FILE *out);

#endif
