/* SPDX-License-Identifier: MIT */
/*
 * Over libsmartcols, which only this and table_fit.c know. It prints each table as a JSON
 * document of its own; tables_print joins their members into one.
 */
#include "cli/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table_internal.h"
#include "util/cleanup.h"

static int add_column(struct table *table, const struct table_column *column)
{
	struct libscols_column *added =
		scols_table_new_column(table->table, table->json ? column->key : column->heading, 0,
			column->is_number ? SCOLS_FL_RIGHT : 0);

	if (!added)
		return -ENOMEM;
	return column->is_number ? scols_column_set_json_type(added, SCOLS_JSON_NUMBER) : 0;
}

struct table *table_new(
	const char *key, const struct table_column *columns, size_t n_columns, bool json)
{
	struct table *table = calloc(1, sizeof *table);

	if (!table)
		return NULL;
	table->table = scols_new_table();
	table->json = json;
	if (!table->table || scols_table_set_name(table->table, key) < 0 ||
		scols_table_enable_json(table->table, json) < 0)
		return table_free(table);
	for (size_t i = 0; i < n_columns; i++)
		if (add_column(table, &columns[i]) < 0)
			return table_free(table);
	return table;
}

struct table *table_free(struct table *table)
{
	if (table)
		scols_unref_table(table->table);
	free(table);
	return NULL;
}

void table_row(struct table *table)
{
	if (!table)
		return;
	table->line = scols_table_new_line(table->table, NULL);
	table->cell = 0;
	if (!table->line && !table->error)
		table->error = -ENOMEM;
}

void table_cell(struct table *table, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	int r;

	if (!table || !table->line)
		return;
	va_start(arguments, format);
	r = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (r >= 0)
		r = scols_line_refer_data(table->line, table->cell++, text);
	else
		r = -ENOMEM;
	if (r < 0 && !table->error)
		table->error = r;
}

void table_no_cell(struct table *table)
{
	if (!table)
		return;
	if (table->json)
		table->cell++;
	else
		table_cell(table, "-");
}

void table_bind(struct table *table, size_t column)
{
	if (table && column < TABLE_MAX_COLUMNS)
		table->goes_on[column] = true;
}

void table_mark(struct table *table)
{
	if (table && table->line && table->cell > 0)
		scols_cell_set_color(
			scols_line_get_cell(table->line, table->cell - 1), TABLE_MARK_COLOR);
}

static int print_text(
	struct table *const *tables, size_t n_tables, FILE *out, const struct table_style *style)
{
	bool is_first = true;

	for (size_t i = 0; i < n_tables; i++) {
		if (scols_table_get_nlines(tables[i]->table) == 0)
			continue;
		if (!is_first)
			fputc('\n', out);
		is_first = false;
		scols_table_set_stream(tables[i]->table, out);
		if (table_print_fitting(tables[i], style) < 0)
			return -EIO;
	}
	return 0;
}

/* `"key": [ rows ]`: the document of one table without its braces. */
static int print_member(struct table *table, FILE *out)
{
	cleanup_free char *document = NULL;
	char *begin, *end;

	/* libsmartcols prints nothing at all for a table without rows */
	if (scols_table_get_nlines(table->table) == 0) {
		fprintf(out, "\n   \"%s\": []", scols_table_get_name(table->table));
		return 0;
	}
	if (scols_print_table_to_string(table->table, &document) < 0)
		return -ENOMEM;
	begin = strchr(document, '{');
	end = strrchr(document, '}');
	if (!begin || !end)
		return -EIO;
	for (*end = '\0'; end > begin && end[-1] == '\n';)
		*--end = '\0';
	fputs(begin + 1, out);
	return 0;
}

static int print_json(struct table *const *tables, size_t n_tables, FILE *out)
{
	fputc('{', out);
	for (size_t i = 0; i < n_tables; i++) {
		int r = print_member(tables[i], out);

		if (r < 0)
			return r;
		fputs(i + 1 < n_tables ? "," : "\n", out);
	}
	fputs("}\n", out);
	return 0;
}

int tables_print_styled(
	struct table *const *tables, size_t n_tables, FILE *out, const struct table_style *style)
{
	int r;

	for (size_t i = 0; i < n_tables; i++) {
		if (!tables[i])
			return -ENOMEM;
		if (tables[i]->error)
			return tables[i]->error;
	}
	r = n_tables > 0 && tables[0]->json ? print_json(tables, n_tables, out)
					    : print_text(tables, n_tables, out, style);
	if (r == 0 && fflush(out) != 0)
		r = -errno;
	return r == 0 && ferror(out) ? -EIO : r;
}

int tables_print(struct table *const *tables, size_t n_tables, FILE *out)
{
	static const struct table_style plain = {0};

	return tables_print_styled(tables, n_tables, out, &plain);
}
