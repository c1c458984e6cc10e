/* SPDX-License-Identifier: MIT */
#include "cli/output/rows.h"

#include <inttypes.h>
#include <math.h>

#include "cli/output/text.h"

void rows_csv_header(const struct columns *columns, FILE *out)
{
	for (size_t i = 0; i < columns->n; i++)
		fprintf(out, "%s%s", i ? "," : "", column_get(columns->list[i])->name);
	fputs("\r\n", out);
}

static void write_csv(const struct cell *cell, FILE *out)
{
	char text[TEXT_NUMBER_SIZE];

	if (cell->kind == CELL_TEXT)
		text_csv(cell->text, out);
	else if (cell->kind == CELL_NUMBER)
		fputs(text_number(cell->number, text), out);
	else if (cell->kind == CELL_INTEGER)
		fprintf(out, "%" PRIu64, cell->integer);
}

void rows_csv(const struct columns *columns, const struct interval *interval,
	const struct records *records, FILE *out)
{
	struct cell cell;

	for (size_t i = 0; i < records->n; i++) {
		for (size_t j = 0; j < columns->n; j++) {
			cell_get(&cell, columns->list[j], interval, &records->list[i]);
			if (j > 0)
				fputc(',', out);
			write_csv(&cell, out);
		}
		fputs("\r\n", out);
	}
}

static void write_json(const struct cell *cell, FILE *out)
{
	if (cell->kind == CELL_TEXT)
		text_json(cell->text, out);
	else if (cell->kind == CELL_NONE)
		fputs("null", out);
	else
		write_csv(cell, out);
}

/* Those that are the interval's, or those that are not. Is there any? */
static bool write_members(const struct columns *columns, bool is_intervals,
	const struct interval *interval, const struct record *record, FILE *out)
{
	bool is_first = true;
	struct cell cell;

	for (size_t i = 0; i < columns->n; i++) {
		const struct column *column = column_get(columns->list[i]);

		if (column->is_intervals != is_intervals)
			continue;
		cell_get(&cell, columns->list[i], interval, record);
		fprintf(out, "%s\"%s\":", is_first ? "" : ",", column->name);
		write_json(&cell, out);
		is_first = false;
	}
	return !is_first;
}

void rows_ndjson(const struct columns *columns, const struct interval *interval,
	const struct records *records, FILE *out)
{
	fputc('{', out);
	if (write_members(columns, true, interval, NULL, out))
		fputc(',', out);
	fputs("\"records\":[", out);
	for (size_t i = 0; i < records->n; i++) {
		fputs(i ? ",{" : "{", out);
		write_members(columns, false, interval, &records->list[i], out);
		fputc('}', out);
	}
	fputs("]}\n", out);
}

/* For people, whole numbers to the last digit, and others with four. */
static void add_number(struct table *table, const struct cell *cell, bool json)
{
	char text[TEXT_NUMBER_SIZE];

	if (json || (fabs(cell->number) < 0x1p53 && cell->number == trunc(cell->number)))
		table_cell(table, "%s", text_number(cell->number, text));
	else if (fabs(cell->number) < 1)
		table_cell(table, "%.4g", cell->number);
	else
		table_cell(table, "%s", text_short(cell->number, text, sizeof text));
}

static void add_cell(struct table *table, const struct cell *cell, enum column_id id, bool json)
{
	if (cell->kind == CELL_TEXT)
		table_cell(table, "%s", cell->text);
	else if (cell->kind == CELL_INTEGER)
		table_cell(table, "%" PRIu64, cell->integer);
	else if (cell->kind == CELL_NUMBER)
		add_number(table, cell, json);
	else if (id == COLUMN_VALUE && !json)
		table_cell(table, "n/a");
	else
		table_no_cell(table);
}

/* What a summary has in place of a value is its mean. */
static const char *heading(enum column_id id, const struct interval *interval)
{
	if (interval->kind == INTERVAL_SUMMARY && id == COLUMN_VALUE)
		return "MEAN";
	if (interval->kind == INTERVAL_SUMMARY && id == COLUMN_N)
		return "RUNS";
	return column_get(id)->heading;
}

struct table *rows_table(const struct columns *columns, const struct interval *interval,
	const struct records *records, const char *key, bool json)
{
	struct table_column list[N_COLUMNS];
	struct table *table;
	struct cell cell;

	for (size_t i = 0; i < columns->n; i++) {
		const struct column *column = column_get(columns->list[i]);

		list[i] = (struct table_column){.heading = heading(columns->list[i], interval),
			.key = column->name,
			.is_number = column->is_number};
	}
	table = table_new(key, list, columns->n, json);
	for (size_t i = 0; table && i < records->n; i++) {
		table_row(table);
		for (size_t j = 0; j < columns->n; j++) {
			cell_get(&cell, columns->list[j], interval, &records->list[i]);
			add_cell(table, &cell, columns->list[j], json);
		}
	}
	return table;
}
