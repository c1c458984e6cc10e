/* SPDX-License-Identifier: MIT */
#include "cli/output/output.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cli/output/openmetrics.h"
#include "cli/output/rows.h"
#include "util/array.h"

static const char *const names[] = {
#define X(format, name) [format] = name,
	OUTPUT_FORMATS(X)
#undef X
};

bool output_find_format(const char *name, enum output_format *format)
{
	for (unsigned i = 0; i < N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*format = (enum output_format)i;
		return true;
	}
	return false;
}

bool output_wants_tables(const struct output *output)
{
	return output->format == OUTPUT_JSON ||
	       (output->format == OUTPUT_TABLE && !output->has_columns);
}

static enum file_mode get_mode(const struct output *output)
{
	if (output->appends)
		return FILE_APPENDS;
	/* each interval's exposition is a file of its own */
	return output->is_one_piece || output->format == OUTPUT_OPENMETRICS ? FILE_REPLACES
									    : FILE_GROWS;
}

int output_open(struct output *output)
{
	int r;

	output->stream = stdout;
	if (!output->path)
		return 0;
	output->style.width = 0;
	output->style.has_color = false;
	r = output_file_open(&output->file, output->path, get_mode(output));
	output->stream = output->file.stream;
	return r;
}

static int flush(struct output *output)
{
	if (fflush(output->stream) != 0)
		return -errno;
	return ferror(output->stream) ? -EIO : 0;
}

static int write_tables(struct output *output, const struct output_part *part)
{
	/* documents follow each other as they are, tables with a line between */
	if (output->n_written > 0 && output->format == OUTPUT_TABLE)
		fputc('\n', output->stream);
	return tables_print_styled(part->tables, part->n_tables, output->stream, &output->style);
}

static int write_rows(struct output *output, const struct output_part *part)
{
	struct table *table =
		rows_table(&output->columns, part->interval, part->records, "records", false);
	const struct output_part rows = {.tables = &table, .n_tables = 1};
	int r = write_tables(output, &rows);

	table_free(table);
	return r;
}

static int write_csv(struct output *output, const struct output_part *part)
{
	/* also behind what another measurement has written, which has one */
	if (output->n_written == 0 && (!output->path || output->file.is_empty))
		rows_csv_header(&output->columns, output->stream);
	rows_csv(&output->columns, part->interval, part->records, output->stream);
	return flush(output);
}

static int write_ndjson(struct output *output, const struct output_part *part)
{
	rows_ndjson(&output->columns, part->interval, part->records, output->stream);
	return flush(output);
}

/* Into a file each time anew; standard output is one exposition, that of the end. */
static int write_openmetrics(struct output *output, const struct output_part *part)
{
	int r = 0;

	if (!output->path && !part->is_last)
		return 0;
	if (output->path && !output->stream) {
		r = output_file_open(&output->file, output->path, FILE_REPLACES);
		output->stream = output->file.stream;
	}
	if (r == 0)
		r = openmetrics_write(
			part->interval, part->records, part->run, part->counts, output->stream);
	if (r < 0 || !output->path)
		return r < 0 ? r : flush(output);
	output->stream = NULL;
	r = output_file_commit(&output->file);
	output_file_close(&output->file);
	return r;
}

int output_write(struct output *output, const struct output_part *part)
{
	int r = -EINVAL;

	if (output_wants_tables(output))
		r = write_tables(output, part);
	else if (output->format == OUTPUT_TABLE)
		r = write_rows(output, part);
	else if (output->format == OUTPUT_CSV)
		r = write_csv(output, part);
	else if (output->format == OUTPUT_NDJSON)
		r = write_ndjson(output, part);
	else if (output->format == OUTPUT_OPENMETRICS)
		r = write_openmetrics(output, part);
	output->n_written++;
	output->error = output->error ? output->error : r;
	return r;
}

void output_say(struct output *output, const char *format, ...)
{
	va_list arguments;

	if (output->format != OUTPUT_TABLE)
		return;
	va_start(arguments, format);
	vfprintf(output->stream, format, arguments);
	va_end(arguments);
}

int output_close(struct output *output)
{
	int r = 0;

	if (!output->path)
		r = output->stream ? flush(output) : 0;
	else if (output->stream && output->n_written > 0 && !output->error)
		r = output_file_commit(&output->file);
	output_file_close(&output->file);
	output->stream = NULL;
	return r;
}
