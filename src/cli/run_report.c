/* SPDX-License-Identifier: MIT */
/* What a run has measured, into its output: interval by interval, and what follows of all. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/measure/grain.h"
#include "cli/output/rows.h"
#include "cli/output/text.h"
#include "cli/run.h"
#include "util/array.h"

/* Tables of an interval that are not the way's: its line, and totals or values. */
#define N_OWN_TABLES 3

static const struct table_column interval_columns[] = {
	{"INTERVAL", "interval", true},
	{"SECONDS", "seconds", true},
	{"COMMAND", "command", false},
	{"NOTE", "note", false},
	{"BEGIN NS", "begin_ns", true},
	{"END NS", "end_ns", true},
	{"BEGIN", "begin", false},
	{"END", "end", false},
	{"NODE", "node", false},
};

static void say_coarse(double percent, char *text, size_t size)
{
	snprintf(text, size,
		"the interval is short for the energy counters, which move in steps: energies may "
		"be off by %.*f %%",
		percent < 10 ? 1 : 0, percent);
}

/* How far the energies of the interval may be off. */
static double coarsest(const struct records *records)
{
	double percent = NAN;

	for (size_t i = 0; i < records->n; i++)
		percent = fmax(percent, records->list[i].grain_percent);
	return percent;
}

/* For people only what says something: the interval's line. */
static struct table *make_interval(const struct run *run, double grain_percent)
{
	const struct interval *interval = &run->interval;
	bool json = run->output->format == OUTPUT_JSON;
	size_t n_columns = json ? N_ELEMENTS(interval_columns) : run->stint->command ? 3 : 2;
	struct table *table = table_new("intervals", interval_columns, n_columns, json);
	char text[256];

	table_row(table);
	table_cell(table, "%" PRIu64, interval->number);
	table_cell(table, "%.3f", interval_seconds(interval));
	if (run->stint->command)
		table_cell(table, "%s", interval->command);
	else if (json)
		table_no_cell(table);
	if (!json)
		return table;
	if (grain_percent > GRAIN_COARSE_PERCENT) {
		say_coarse(grain_percent, text, sizeof text);
		table_cell(table, "%s", text);
	} else {
		table_no_cell(table);
	}
	table_cell(table, "%" PRIu64, interval->begin.ns);
	table_cell(table, "%" PRIu64, interval->end.ns);
	table_cell(table, "%s", text_time(interval->begin.wall_ns, text));
	table_cell(table, "%s", text_time(interval->end.wall_ns, text));
	table_cell(table, "%s", interval->node);
	return table;
}

static void keep_counts(struct records *records)
{
	size_t n = 0;

	for (size_t i = 0; i < records->n; i++)
		if (records->list[i].is_count)
			records->list[n++] = records->list[i];
	records->n = n;
}

static const struct columns total_columns = {
	.list = {COLUMN_PLACE, COLUMN_SCOPE, COLUMN_NUMBER, COLUMN_SOCKET, COLUMN_METRIC,
		COLUMN_VALUE, COLUMN_UNIT, COLUMN_ENCODING, COLUMN_REASON},
	.n = 9,
};

static const struct columns raw_columns = {
	.list = {COLUMN_PLACE, COLUMN_SCOPE, COLUMN_NUMBER, COLUMN_SOCKET, COLUMN_METRIC,
		COLUMN_VALUE, COLUMN_SHARE, COLUMN_ENCODING, COLUMN_REASON},
	.n = 9,
};

/* All tables of an interval; *n is how many. NULL when out of memory. */
static struct table **make_tables(
	struct run *run, const struct records *records, struct records *counts, size_t *n)
{
	struct table **tables = calloc(N_OWN_TABLES + run->way->max_tables(run), sizeof *tables);
	bool json = run->output->format == OUTPUT_JSON;

	*n = 0;
	if (!tables)
		return NULL;
	tables[(*n)++] = make_interval(run, coarsest(records));
	if (run->is_raw)
		tables[(*n)++] = rows_table(&raw_columns, &run->interval, records, "counts", json);
	else if (run->way->add_tables(run, RUN_INTERVAL, tables, n) < 0)
		tables[(*n)++] = NULL; /* which printing them says */
	if (json) {
		keep_counts(counts);
		tables[(*n)++] = rows_table(&total_columns, &run->whole, counts, "totals", true);
	}
	return tables;
}

static void free_tables(struct table **tables, size_t n)
{
	for (size_t i = 0; tables && i < n; i++)
		table_free(tables[i]);
	free(tables);
}

static int say_output(const struct run *run, int r)
{
	if (r < 0)
		warnx("%s: %s", run->output->path ? run->output->path : "output", strerror(-r));
	return r;
}

/* People who wait for the mean need not read all that it is of. */
static bool is_silent(const struct run *run)
{
	return run->stint->n_repeats > 0 && run->output->format == OUTPUT_TABLE;
}

static int write_interval(
	struct run *run, const struct records *records, struct records *counts, bool is_last)
{
	struct output_part part = {.interval = &run->interval,
		.run = &run->whole,
		.records = records,
		.counts = counts,
		.is_last = is_last};
	struct table **tables = NULL;
	int r = 0;

	if (output_wants_tables(run->output)) {
		tables = make_tables(run, records, counts, &part.n_tables);
		part.tables = tables;
		r = tables ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = output_write(run->output, &part);
	free_tables(tables, part.n_tables);
	return r;
}

/* Once: it is the same for all intervals of that length. */
static void note_grain(struct run *run, const struct records *records)
{
	double percent = coarsest(records);
	char text[256];

	if (run->is_coarse || !(percent > GRAIN_COARSE_PERCENT))
		return;
	run->is_coarse = true;
	say_coarse(percent, text, sizeof text);
	warnx("%s", text);
}

/* A picture that can hold no more is no reason to end the measurement. */
static int keep_plot(struct run *run, const struct records *records)
{
	int r = series_add(run->plot, &run->interval, records);

	if (r == -ENOMEM || r == 0)
		return r;
	warnx("--plot: %s: the picture ends with interval %" PRIu64,
		r == -E2BIG ? "more values than can be drawn" : "the time went back",
		run->interval.number);
	run->plot = NULL;
	return 0;
}

/* A table for people is made without: then for the note on energies, which is of the first interval
 * and of the last, that may be shorter. */
static bool needs_records(const struct run *run, bool is_last)
{
	return run->output->format != OUTPUT_TABLE || run->output->has_columns ||
	       run->stint->n_repeats > 0 || run->n_done == 0 || is_last || run->plot;
}

static bool needs_counts(const struct run *run)
{
	return run->output->format == OUTPUT_JSON || run->output->format == OUTPUT_OPENMETRICS;
}

int run_report(struct run *run, bool is_last)
{
	struct records records = {0}, counts = {0};
	int r = 0;

	run_clear_progress(run);
	run->n_failures += run->way->failures(run, run->n_done > 0);
	if (needs_records(run, is_last))
		r = run->way->add_records(run, RUN_INTERVAL, &records);
	if (r == 0 && needs_counts(run))
		r = run->way->add_records(run, RUN_WHOLE, &counts);
	if (r == 0 && run->stint->n_repeats > 0)
		r = repeats_add(&run->repeats, &records);
	if (r == 0 && run->plot)
		r = keep_plot(run, &records);
	if (r == 0)
		note_grain(run, &records);
	if (r == 0 && !is_silent(run))
		r = write_interval(run, &records, &counts, is_last);
	records_deinit(&records);
	records_deinit(&counts);
	return say_output(run, r);
}

#define TOTAL "\nTotal of %s: %.3f s, %s\n"

/* For people: what the intervals did not show. */
static int write_totals(struct run *run)
{
	struct table **tables = calloc(N_OWN_TABLES + run->way->max_tables(run), sizeof *tables);
	struct output_part part = {.interval = &run->whole, .tables = tables};
	int r = tables ? run->way->add_tables(run, RUN_WHOLE, tables, &part.n_tables) : -ENOMEM;

	if (r == 0 && part.n_tables > 0) {
		output_say(run->output, TOTAL, run->stint->command[0],
			interval_seconds(&run->whole), run->whole.command);
		r = output_write(run->output, &part);
	}
	free_tables(tables, part.n_tables);
	return r;
}

static int write_records(struct run *run, const struct interval *interval, struct records *records)
{
	const struct output_part part = {
		.interval = interval, .run = interval, .records = records, .counts = records};

	return output_write(run->output, &part);
}

static int report_totals(struct run *run)
{
	struct records records = {0};
	int r;

	if (output_wants_tables(run->output))
		return run->output->format == OUTPUT_TABLE ? write_totals(run) : 0;
	/* for people not once more the same */
	if (run->output->format == OUTPUT_TABLE && run->n_done < 2)
		return 0;
	output_say(run->output, TOTAL, run->stint->command[0], interval_seconds(&run->whole),
		run->whole.command);
	r = run->way->add_records(run, RUN_WHOLE, &records);
	if (r == 0)
		r = write_records(run, &run->whole, &records);
	records_deinit(&records);
	return r;
}

static const struct columns summary_columns = {
	.list = {COLUMN_PLACE, COLUMN_METRIC, COLUMN_VALUE, COLUMN_DEVIATION, COLUMN_MIN,
		COLUMN_MAX, COLUMN_N, COLUMN_UNIT, COLUMN_REASON},
	.n = 9,
};

static int write_summary_table(
	struct run *run, const struct interval *interval, const struct records *summary)
{
	bool json = run->output->format == OUTPUT_JSON;
	struct table *table = rows_table(&summary_columns, interval, summary, "summary", json);
	const struct output_part part = {
		.interval = interval, .records = summary, .tables = &table, .n_tables = 1};
	int r = table ? 0 : -ENOMEM;

	output_say(run->output,
		"%s%" PRIu64
		" runs of %s: the mean, the standard deviation, the least and the most\n",
		run->output->n_written > 0 ? "\n" : "", run->n_runs, run->stint->command[0]);
	if (r == 0)
		r = output_write(run->output, &part);
	table_free(table);
	return r;
}

static int report_summary(struct run *run)
{
	const struct interval interval = {.kind = INTERVAL_SUMMARY,
		.node = run->whole.node,
		.model = run->whole.model,
		.ranks = run->whole.ranks,
		.job_ranks = run->whole.job_ranks};
	struct records summary = {0};
	int r = repeats_summary(&run->repeats, &summary);

	if (r == 0 && output_wants_tables(run->output))
		r = write_summary_table(run, &interval, &summary);
	else if (r == 0)
		r = write_records(run, &interval, &summary);
	records_deinit(&summary);
	return r;
}

int run_report_end(struct run *run)
{
	int r = 0;

	/* an exposition has both already */
	if (run->output->format == OUTPUT_OPENMETRICS || !run->stint->command)
		return 0;
	if (run->stint->n_repeats > 0)
		r = report_summary(run);
	else
		r = report_totals(run);
	return say_output(run, r);
}
