/* SPDX-License-Identifier: MIT */
/* Reads what msrctl stat --format ndjson has written: line by line, each of a bounded length. */
#ifndef MSRD_CLI_INPUT_NDJSON_H
#define MSRD_CLI_INPUT_NDJSON_H

#include <stdio.h>

#include "cli/output/record.h"

#define NDJSON_ERROR_SIZE 512

struct ndjson;

/* Who wants to have it. */
struct ndjson_reader {
	const char *cure; /* behind each message: what wants which files */
	bool wants_nodes; /* also totals and summaries, and whose they are */
	/* texts of both live until it returns. 0, -EINVAL behind ndjson_fail, or another -errno */
	int (*take)(void *context, struct ndjson *ndjson, const struct interval *interval,
		const struct records *records);
	void *context;
};

struct ndjson {
	const struct ndjson_reader *reader;
	size_t line;		       /* that it is at; 0: none in particular */
	size_t n_taken;		       /* lines that were wanted */
	bool is_cut;		       /* the last one is incomplete, and was left out */
	char error[NDJSON_ERROR_SIZE]; /* fit to be shown */
};

/* What is wrong with the line: -EINVAL. */
__attribute__((format(printf, 2, 3))) int ndjson_fail(
	struct ndjson *ndjson, const char *format, ...);

/* 0, -EINVAL: error says what is wrong with it; or another -errno. */
int ndjson_read(struct ndjson *ndjson, FILE *file, const struct ndjson_reader *reader);

#endif
