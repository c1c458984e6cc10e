/* SPDX-License-Identifier: MIT */
/* One run of msrctl stat, from programming the counters to restoring them. */
#ifndef MSRD_CLI_INTERVALS_H
#define MSRD_CLI_INTERVALS_H

#include "cli/cli.h"
#include "cli/measure/view.h"

struct intervals {
	double length_s;  /* 0: as long as the command runs */
	uint64_t count;	  /* 0: until a signal comes, or the command ends */
	unsigned wait_ms; /* for other measurements that program counters */
	bool all_sockets;
	char **command;		 /* NULL: none */
	bool no_status;		 /* the command's exit status is not ours */
	const char *expect_path; /* for messages; NULL: nothing is expected */
	struct view view;
	/* the node's own clock; -1: its time is ours */
	int clock;
};

/* Prints a document for each interval to out. Returns the exit status. */
int intervals_run(const struct intervals *intervals, const struct cli *cli,
	const struct places *cpus, FILE *out);

#endif
