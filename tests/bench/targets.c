/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "report.h"

enum { BATCH_1000 = BATCHES + 3, BATCH_100000 = BATCHES + 5 };

/* The median of the one by that of the other. */
struct ratio {
	int kind, by, to_kind, to_by;
	const char *text;
	double at_most[N_PINNINGS]; /* 0: nothing is set */
};

static const struct ratio ratios[] = {
	{MSR_READ, BY_MSRD, MSR_READ, BY_FLOOR, "MSR read: msrd by floor", {1.10, 1.10, 0}},
	{BATCH_1000, BY_MSRD, BATCH_1000, BY_FILES, "batch 1000: msrd by device file",
		{1.15, 1.40, 0}},
	{BATCH_1000, BY_MSRD, MSR_READ, BY_REFERENCE, "batch 1000 by MSR read of likwid-accessD",
		{0.04, 0.04, 0}},
	{BATCH_100000, BY_MSRD, BATCH_1000, BY_MSRD, "linear: batch 100000 by batch 1000",
		{1.15, 1.15, 0}},
};

/* What the devices themselves take hides what the daemons do. */
static struct ratio start_ratio(const struct contest *contest)
{
	double at_most = strcmp(contest->host.device, "plain files") == 0 ? 0.25 : 0.5;

	return (struct ratio){START, BY_MSRD, START, BY_REFERENCE, "start: msrd by likwid-accessD",
		{at_most, at_most, 0}};
}

static void put_target(struct table *table, const char *text, const char *on, int decimals,
	double figure, double at_most)
{
	if (isnan(figure))
		return; /* who is compared with is not here */
	table_row(table);
	table_cell(table, "%s", text);
	table_cell(table, "%s", on);
	table_cell(table, "%.*f", decimals, figure);
	table_cell(table, "%.*f", decimals, at_most);
	table_cell(table, "%s", figure <= at_most ? "met" : "missed");
}

static void put_ratio(struct contest *contest, struct table *table, const struct ratio *ratio)
{
	for (int pinning = 0; pinning < N_PINNINGS; pinning++)
		if (ratio->at_most[pinning] > 0)
			put_target(table, ratio->text, pinning_names[pinning], 3,
				contest_percentile_ns(
					contest, pinning, ratio->kind, ratio->by, 50) /
					contest_percentile_ns(
						contest, pinning, ratio->to_kind, ratio->to_by, 50),
				ratio->at_most[pinning]);
}

struct table *rows_of_targets(struct contest *contest, bool json)
{
	static const struct table_column columns[] = {
		{"TARGET", "target", false},
		{"ON", "on", false},
		{"FIGURE", "figure", true},
		{"AT MOST", "at_most", true},
		{"IS", "is", false},
	};
	struct table *table = table_new("targets", columns, sizeof columns / sizeof *columns, json);
	const struct ratio start = start_ratio(contest);
	const struct footprint *footprint = &contest->footprints[BY_MSRD];

	for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
		put_ratio(contest, table, &ratios[i]);
	put_ratio(contest, table, &start);
	put_target(table, "resident memory of msrd, KiB", "SAME", 0, footprint->rss_kib, 2048);
	put_target(table, "system calls of msrd a read", "SAME", 1, footprint->calls, 4);
	return table;
}
