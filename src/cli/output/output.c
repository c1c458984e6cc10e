/* SPDX-License-Identifier: MIT */
#include "cli/output/output.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* From now on, until it is written. */
static int keep(struct output *output)
{
	free(output->kept);
	output->kept = NULL;
	output->stream = open_memstream(&output->kept, &output->n_kept);
	return output->stream ? 0 : -ENOMEM;
}

/* Whoever has it beside us may have made it one that does not wait. */
static void wait_for_room(int fd)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};

	poll(&room, 1, -1);
}

static int write_all(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, text, n);

		if (written < 0 && errno == EAGAIN)
			wait_for_room(fd);
		else if (written < 0 && errno != EINTR)
			return -errno;
		if (written < 0)
			continue;
		text += written;
		n -= (size_t)written;
	}
	return 0;
}

static int write_kept(struct output *output)
{
	int r;

	/* the next node's begins behind it */
	if (output->format == OUTPUT_TABLE && output->n_written > 0)
		fputc('\n', output->stream);
	r = fclose(output->stream) == 0 ? 0 : -ENOMEM;
	output->stream = NULL;
	if (r == 0)
		r = write_all(STDOUT_FILENO, output->kept, output->n_kept);
	free(output->kept);
	output->kept = NULL;
	return r;
}

int output_open(struct output *output)
{
	int r;

	output->stream = stdout;
	name_node(output->node);
	if (!output->path)
		return output->is_job ? keep(output) : 0;
	output->expanded = name_expand(output->path, output->node);
	if (!output->expanded)
		return -ENOMEM;
	output->path = output->expanded;
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

static void write_title(const struct output *output)
{
	fprintf(output->stream, "Node %s: %" PRIu32 " of %" PRIu32 " ranks\n\n", output->node,
		output->ranks, output->job_ranks);
}

static int write_tables(struct output *output, const struct output_part *part)
{
	/* documents follow each other as they are, tables with a line between */
	if (output->n_written > 0 && output->format == OUTPUT_TABLE)
		fputc('\n', output->stream);
	if (output->is_job && output->format == OUTPUT_TABLE &&
		part->interval->kind == INTERVAL_ONE)
		write_title(output);
	return tables_print_styled(part->tables, part->n_tables, output->stream, &output->style);
}

static int write_rows(struct output *output, const struct output_part *part)
{
	struct table *table =
		rows_table(&output->columns, part->interval, part->records, "records", false);
	const struct output_part rows = {
		.interval = part->interval, .tables = &table, .n_tables = 1};
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
	if (r == 0 && output->is_job && !output->path && !output->is_one_piece) {
		r = write_kept(output);
		if (r == 0)
			r = keep(output);
	}
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

	if (!output->path && output->is_job)
		r = output->stream ? write_kept(output) : 0;
	else if (!output->path)
		r = output->stream ? flush(output) : 0;
	else if (output->stream && output->n_written > 0 && !output->error)
		r = output_file_commit(&output->file);
	output_file_close(&output->file);
	output->stream = NULL;
	free(output->kept);
	output->kept = NULL;
	return r;
}

void output_deinit(struct output *output)
{
	if (output->expanded)
		output->path = NULL;
	free(output->expanded);
	output->expanded = NULL;
}
