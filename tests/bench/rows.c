/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "report.h"

const char *const by_names[N_BY] = {
	[BY_FILES] = "device file",
	[BY_FLOOR] = "floor",
	[BY_MSRD] = "msrd",
	[BY_REFERENCE] = "likwid-accessD",
};

const char *const pinning_names[N_PINNINGS] = {
	[PINNED_SAME] = "SAME",
	[PINNED_TWO] = "TWO",
	[PINNED_FREE] = "FREE",
};

double contest_percentile_ns(
	struct contest *contest, int pinning, int kind, int by, unsigned percent)
{
	if (contest->verdicts[kind][by].word)
		return NAN;
	return sample_percentile_ns(&contest->samples[pinning][kind][by], percent) /
	       (double)contest_n_accesses(kind);
}

void rows_figure(struct table *table, int decimals, double figure)
{
	if (isnan(figure))
		table_no_cell(table);
	else
		table_cell(table, "%.*f", decimals, figure);
}

/* The reasons are too long for a line of the others. */
static void put_verdict(
	struct contest *contest, struct table *table, bool json, int pinning, int kind, int by)
{
	const struct verdict *verdict = &contest->verdicts[kind][by];

	table_cell(table, "%s", verdict->word ? verdict->word : "right");
	if (json) {
		table_cell(table, "%s", verdict->why);
		table_cell(table, "%zu", contest->samples[pinning][kind][by].n);
	}
}

static void put_percentiles(
	struct contest *contest, struct table *table, int pinning, int kind, int by, double unit)
{
	static const unsigned percents[] = {50, 0, 100};

	for (size_t i = 0; i < sizeof percents / sizeof *percents; i++)
		rows_figure(table, 0,
			contest_percentile_ns(contest, pinning, kind, by, percents[i]) / unit);
}

static void put_access(
	struct contest *contest, struct table *table, bool json, int pinning, int kind, int by)
{
	double median = contest_percentile_ns(contest, pinning, kind, by, 50);

	table_row(table);
	table_cell(table, "%s", kinds[kind].name);
	table_cell(table, "%s", by_names[by]);
	table_cell(table, "%s", pinning_names[pinning]);
	put_percentiles(contest, table, pinning, kind, by, 1);
	rows_figure(table, 2, median / contest_percentile_ns(contest, pinning, kind, BY_FILES, 50));
	rows_figure(table, 2, median / contest_percentile_ns(contest, pinning, kind, BY_FLOOR, 50));
	put_verdict(contest, table, json, pinning, kind, by);
}

struct table *rows_of_accesses(struct contest *contest, bool json)
{
	static const struct table_column columns[] = {
		{"ACCESS", "access", false},
		{"BY", "by", false},
		{"ON", "on", false},
		{"MEDIAN", "median_ns", true},
		{"MIN", "min_ns", true},
		{"MAX", "max_ns", true},
		{"/FILE", "times_file", true},
		{"/FLOOR", "times_floor", true},
		{"VERDICT", "verdict", false},
		{"WHY", "why", false},
		{"N", "n", true},
	};
	size_t n_columns = sizeof columns / sizeof *columns;
	struct table *table = table_new("latency", columns, json ? n_columns : n_columns - 2, json);

	for (int kind = 0; kind < START; kind++)
		for (int pinning = 0; pinning < N_PINNINGS; pinning++)
			for (int by = 0; by < N_BY; by++)
				if (contest->pinnings[pinning].is_possible &&
					contest_has_row(contest, kind, by))
					put_access(contest, table, json, pinning, kind, by);
	return table;
}

static void put_footprint(struct table *table, const struct footprint *footprint)
{
	rows_figure(table, 0, footprint->rss_kib);
	rows_figure(table, 0, footprint->pss_kib);
	rows_figure(table, 1, footprint->calls);
	rows_figure(table, 1, footprint->switches);
}

struct table *rows_of_daemons(struct contest *contest, bool json)
{
	static const struct footprint none = {NAN, NAN, NAN, NAN};
	static const struct table_column columns[] = {
		{"DAEMON", "daemon", false},
		{"CPUS", "cpus", true},
		{"ON", "on", false},
		{"START", "start_us", true},
		{"MIN", "min_us", true},
		{"MAX", "max_us", true},
		{"RSS", "rss_kib", true},
		{"PSS", "pss_kib", true},
		{"CALLS", "calls", true},
		{"SWITCHES", "switches", true},
		{"VERDICT", "verdict", false},
		{"WHY", "why", false},
		{"N", "n", true},
	};
	size_t n_columns = sizeof columns / sizeof *columns;
	struct table *table = table_new("daemons", columns, json ? n_columns : n_columns - 2, json);

	for (int pinning = 0; pinning < N_PINNINGS; pinning++)
		for (int by = BY_MSRD; by < N_BY; by++) {
			if (!contest->pinnings[pinning].is_possible || !contest->programs[by].path)
				continue;
			table_row(table);
			table_cell(table, "%s", by_names[by]);
			table_cell(table, "%u", contest->host.n_msr_files);
			table_cell(table, "%s", pinning_names[pinning]);
			put_percentiles(contest, table, pinning, START, by, 1000);
			put_footprint(
				table, pinning == PINNED_SAME ? &contest->footprints[by] : &none);
			put_verdict(contest, table, json, pinning, START, by);
		}
	return table;
}
