/* SPDX-License-Identifier: MIT */
/* What table.c and table_fit.c have in common. */
#ifndef MSRD_CLI_TABLE_INTERNAL_H
#define MSRD_CLI_TABLE_INTERNAL_H

#include <libsmartcols.h>

#include "cli/table.h"

#define TABLE_MARK_COLOR "red"
/* Of those that can be fitted. */
#define TABLE_MAX_COLUMNS 128

struct table {
	struct libscols_table *table;
	struct libscols_line *line;
	size_t cell; /* column of the next cell */
	bool json;
	bool goes_on[TABLE_MAX_COLUMNS]; /* stays beside the one before */
	int error;			 /* the first one */
};

/* Prints a table for people, which no line of is wider than style has it, unless one column alone
 * is. 0 or negative. */
int table_print_fitting(struct table *table, const struct table_style *style);

#endif
