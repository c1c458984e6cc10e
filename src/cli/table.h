/* SPDX-License-Identifier: MIT */
/*
 * What a command prints: tables, for people in columns, for scripts as one JSON
 * document whose members are the tables. Over libsmartcols.
 */
#ifndef MSRD_CLI_TABLE_H
#define MSRD_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table_column {
	const char *heading; /* for people */
	const char *key;     /* in JSON, lower case */
	bool is_number;	     /* right-aligned; a JSON number, null without a value */
};

/* One table. Cells are added to the newest row, left to right. A failure (out
 * of memory) is kept and said by tables_print. */
struct table;

/* NULL when out of memory. */
struct table *table_new(
	const char *key, const struct table_column *columns, size_t n_columns, bool json);
/* NULL is fine; returns NULL. */
struct table *table_free(struct table *table);

/* All of them do nothing for table NULL. */
void table_row(struct table *table);
__attribute__((format(printf, 2, 3))) void table_cell(struct table *table, const char *format, ...);
/* A cell without a value: "-" for people, null in JSON. */
void table_no_cell(struct table *table);

#define cleanup_table __attribute__((cleanup(table_cleanup)))
static inline void table_cleanup(struct table **table)
{
	table_free(*table);
}

/* How a table looks to people. */
struct table_style {
	size_t width;	/* of the terminal; 0: as wide as it is */
	bool has_color; /* headings, and what deserves a look */
};

/* The column says more of the one before it, and stays beside it. */
void table_bind(struct table *table, size_t column);

/* Marks the newest cell: it deserves a look. */
void table_mark(struct table *table);

/* As tables_print. What is wider than the terminal is folded, or goes on below, with its first
 * columns once more. */
int tables_print_styled(
	struct table *const *tables, size_t n_tables, FILE *out, const struct table_style *style);

/* Prints the tables one below the other; those without a row only in JSON.
 * 0 or -errno. */
int tables_print(struct table *const *tables, size_t n_tables, FILE *out);

#endif
