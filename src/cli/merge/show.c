/* SPDX-License-Identifier: MIT */
#include "cli/merge/show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/rows.h"
#include "util/array.h"

/* For people: of a node as its file has it, and of all what they are of. */
static const struct columns node_columns = {
	.list = {COLUMN_PLACE, COLUMN_METRIC, COLUMN_VALUE, COLUMN_UNIT, COLUMN_PER_SECOND,
		COLUMN_REASON},
	.n = 6,
};
static const struct columns all_columns = {
	.list = {COLUMN_GROUP, COLUMN_METRIC, COLUMN_VALUE, COLUMN_UNIT, COLUMN_PER_SECOND,
		COLUMN_N, COLUMN_MIN, COLUMN_MAX, COLUMN_AVERAGE, COLUMN_REASON},
	.n = 10,
};

static int write_part(struct output *output, const struct interval *interval,
	const struct records *records, const struct columns *columns)
{
	struct output_part part = {.interval = interval,
		.run = interval,
		.records = records,
		.counts = records,
		.is_last = true,
		.n_tables = 1};
	bool json = output->format == OUTPUT_JSON;
	struct table *table = NULL;
	int r;

	part.tables = &table;
	if (output_wants_tables(output)) {
		table = rows_table(
			json ? &output->columns : columns, interval, records, "records", json);
		if (!table)
			return -ENOMEM;
	}
	r = output_write(output, &part);
	table_free(table);
	return r;
}

static void say_node(struct output *output, const struct measured *node)
{
	const struct interval *interval = &node->interval;

	output_say(output, "%sNode %s (%s)", output->n_written ? "\n" : "", interval->node,
		interval->model);
	if (interval->ranks)
		output_say(output, ": %" PRIu32 " of %" PRIu32 " ranks", interval->ranks,
			interval->job_ranks);
	output_say(output, ", %.3f s%s%s\n", interval_seconds(interval),
		interval->has_command ? ", " : "", interval->command);
	if (node->why_not[0])
		output_say(output, "n/a: %s\n", node->why_not);
	if (output->n_written == 0)
		output_say(output, "\n");
}

/* One exposition, whose samples say of which node they are: whoever reads it adds them up. */
static int write_exposition(
	struct output *output, const struct measured *nodes, size_t n, const struct interval *all)
{
	struct interval interval = *all;
	struct records records = {0};
	int r = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; r == 0 && !nodes[i].why_not[0] && j < nodes[i].records.n; j++) {
			struct record *record = records_add(&records);

			if (!record)
				r = -ENOMEM;
			else
				*record = nodes[i].records.list[j];
		}
	/* by the clock that they have in common */
	interval.begin.ns = interval.begin.wall_ns;
	interval.end.ns = interval.end.wall_ns;
	if (r == 0)
		r = write_part(output, &interval, &records, NULL);
	records_deinit(&records);
	return r;
}

int show_merged(struct output *output, const struct measured *nodes, size_t n,
	const struct interval *all, const struct records *all_records)
{
	int r = 0;

	if (output->format == OUTPUT_OPENMETRICS)
		return write_exposition(output, nodes, n, all);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (nodes[i].why_not[0] && output->format != OUTPUT_TABLE)
			continue;
		say_node(output, &nodes[i]);
		if (!nodes[i].why_not[0])
			r = write_part(
				output, &nodes[i].interval, &nodes[i].records, &node_columns);
	}
	output_say(output, "\nAll nodes: %zu\n", n);
	return r < 0 ? r : write_part(output, all, all_records, &all_columns);
}
