/* SPDX-License-Identifier: MIT */
/*
 * Where what was measured goes, and in which format: whatever measured it. An interval is given as
 * values, and for people as tables that put them side by side.
 */
#ifndef MSRD_CLI_OUTPUT_OUTPUT_H
#define MSRD_CLI_OUTPUT_OUTPUT_H

#include "cli/output/column.h"
#include "cli/output/file.h"
#include "cli/output/name.h"
#include "cli/table.h"

/* X(format, name) */
#define OUTPUT_FORMATS(X)                                                                          \
	X(OUTPUT_TABLE, "table")                                                                   \
	X(OUTPUT_JSON, "json")                                                                     \
	X(OUTPUT_CSV, "csv")                                                                       \
	X(OUTPUT_NDJSON, "ndjson")                                                                 \
	X(OUTPUT_OPENMETRICS, "openmetrics")

enum output_format {
#define X(format, name) format,
	OUTPUT_FORMATS(X)
#undef X
};

struct output {
	enum output_format format;
	const char *path; /* NULL: standard output */
	bool appends;
	bool has_columns; /* those of --columns; a table then has a row for each value */
	struct columns columns;
	struct table_style style; /* of a table on standard output */
	/* of a parallel job: each node's tables are headed by its name, and written at once, as the
	 * launcher mixes the outputs of all */
	bool is_job;
	uint32_t ranks, job_ranks; /* on this node and in all; 0: it is none */
	char node[NAME_NODE_SIZE]; /* output_open sets it, as gethostname(2) has it */
	bool is_one_piece;	   /* nothing comes behind the first interval, and the total */
	/* its own */
	struct output_file file;
	FILE *stream;
	char *expanded; /* path with the node's name in it */
	char *kept;	/* what will be written at once */
	size_t n_kept;
	uint64_t n_written;
	int error; /* the first one */
};

bool output_find_format(const char *name, enum output_format *format);

/* Does it want tables of an interval, for people or as JSON? Else it is written from values. */
bool output_wants_tables(const struct output *output);

/* 0 or -errno. */
int output_open(struct output *output);

/* What was measured in an interval. tables: as output_wants_tables says, none may be NULL;
 * they stay the caller's. run, counts: of the run so far. 0 or -errno. */
struct output_part {
	const struct interval *interval, *run;
	const struct records *records, *counts;
	struct table *const *tables;
	size_t n_tables;
	bool is_last; /* nothing comes behind it */
};
int output_write(struct output *output, const struct output_part *part);

/* A line for people below their tables; nothing in other formats. */
__attribute__((format(printf, 2, 3))) void output_say(
	struct output *output, const char *format, ...);

/* 0 or -errno. A file that would be replaced stays as it was where nothing was written, or not all
 * could be. */
int output_close(struct output *output);
/* Without path, which messages still have until then. */
void output_deinit(struct output *output);

#endif
