/* SPDX-License-Identifier: MIT */
/* What one node has measured, as a file of it says: its total, or its only interval. */
#ifndef MSRD_CLI_MERGE_MEASURED_H
#define MSRD_CLI_MERGE_MEASURED_H

#include "cli/input/ndjson.h"

#define MEASURED_WHY_SIZE 128

struct measured {
	const char *path; /* for messages */
	struct interval interval;
	struct records records;
	char why_not[MEASURED_WHY_SIZE]; /* it is none of a whole run; "" it is */
	/* its own */
	struct measured_text *texts; /* of interval and records */
	uint64_t n_intervals;
};

/* Reads one into measured, whatever was in it. 0; -EINVAL: ndjson has the line and what is wrong;
 * or another -errno. */
int measured_read(struct measured *measured, struct ndjson *ndjson, FILE *file);
void measured_deinit(struct measured *measured);

#endif
