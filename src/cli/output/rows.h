/* SPDX-License-Identifier: MIT */
/* Values as rows of CSV, lines of NDJSON, or a table. Opens no file. */
#ifndef MSRD_CLI_OUTPUT_ROWS_H
#define MSRD_CLI_OUTPUT_ROWS_H

#include "cli/output/column.h"
#include "cli/table.h"

/* The names of the columns, as RFC 4180 has it. */
void rows_csv_header(const struct columns *columns, FILE *out);
/* A row a value. */
void rows_csv(const struct columns *columns, const struct interval *interval,
	const struct records *records, FILE *out);

/* One object on one line: what is the interval's, and "records". */
void rows_ndjson(const struct columns *columns, const struct interval *interval,
	const struct records *records, FILE *out);

/* A row a value; with json one that may be a member of a document, under key. NULL when out of
 * memory. */
struct table *rows_table(const struct columns *columns, const struct interval *interval,
	const struct records *records, const char *key, bool json);

#endif
