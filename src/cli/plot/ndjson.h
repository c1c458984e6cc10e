/* SPDX-License-Identifier: MIT */
/* Reads what msrctl stat --format ndjson has written: line by line, each of a bounded length. */
#ifndef MSRD_CLI_PLOT_NDJSON_H
#define MSRD_CLI_PLOT_NDJSON_H

#include <stdio.h>

#include "cli/plot/series.h"

#define NDJSON_ERROR_SIZE 512

struct ndjson {
	size_t line;		       /* that it is at; 0: none in particular */
	bool is_cut;		       /* the last one is incomplete, and was left out */
	char error[NDJSON_ERROR_SIZE]; /* fit to be shown */
};

/* Adds its intervals to the newest source. 0, -EINVAL: error says what is wrong with it; or
 * another -errno. */
int ndjson_read(struct ndjson *ndjson, FILE *file, struct series_set *set);

#endif
