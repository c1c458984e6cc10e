/* SPDX-License-Identifier: MIT */
/* The figures of a contest, and what they don't say by themselves. Measures nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/table.h"
#include "contest.h"

static const char *const by_names[N_BY] = {
	[BY_FILES] = "device file",
	[BY_FLOOR] = "floor",
	[BY_MSRD] = "msrd",
	[BY_REFERENCE] = "likwid-accessD",
};

static const char *const pinning_names[N_PINNINGS] = {
	[PINNED_SAME] = "SAME",
	[PINNED_TWO] = "TWO",
	[PINNED_FREE] = "FREE",
};

#define LINE_WIDTH 79

static void print_host(const struct contest *contest)
{
	const struct host *host = &contest->host;
	int n_cpus = CPU_COUNT(&contest->pinnings[PINNED_FREE].client);
	char what[160], where[160];

	snprintf(what, sizeof what, "%s, %d CPU%s,", host->cpu, n_cpus, n_cpus == 1 ? "" : "s");
	snprintf(where, sizeof where, "Linux %s, on %s", host->kernel.release, host->device);
	printf("%s%s%s\n\n", what, strlen(what) + 1 + strlen(where) > LINE_WIDTH ? "\n    " : " ",
		where);
}

/* The figure of a row that is not right would be no figure. */
static double median_us(struct contest *contest, int pinning, int kind, int by)
{
	if (contest->verdicts[kind][by].word)
		return NAN;
	return sample_percentile_us(&contest->samples[pinning][kind][by], 50);
}

static void print_figure(struct table *table, int decimals, double figure)
{
	if (isnan(figure))
		table_no_cell(table);
	else
		table_cell(table, "%.*f", decimals, figure);
}

static void print_row(struct contest *contest, struct table *table, int kind, int by)
{
	const struct verdict *verdict = &contest->verdicts[kind][by];

	table_row(table);
	table_cell(table, "%s", kinds[kind].name);
	table_cell(table, "%s", by_names[by]);
	for (int pinning = 0; pinning < N_PINNINGS; pinning++)
		print_figure(table, 1, median_us(contest, pinning, kind, by));
	for (int pinning = 0; pinning < N_PINNINGS; pinning++)
		print_figure(table, 2,
			median_us(contest, pinning, kind, by) /
				median_us(contest, pinning, kind, BY_FLOOR));
	table_cell(table, "%s", verdict->word ? verdict->word : "right");
	if (contest->json) {
		table_cell(table, "%s", verdict->why);
		table_cell(table, "%zu", contest->samples[PINNED_FREE][kind][by].n);
	}
}

static struct table *new_table(bool json)
{
	static const struct table_column columns[] = {
		{"ACCESS", "access", false},
		{"BY", "by", false},
		{"SAME US", "same_us", true},
		{"TWO US", "two_us", true},
		{"FREE US", "free_us", true},
		{"SAME X", "same_times_floor", true},
		{"TWO X", "two_times_floor", true},
		{"FREE X", "free_times_floor", true},
		{"VERDICT", "verdict", false},
		{"WHY", "why", false}, /* too long for a line of the others */
		{"N", "n", true},
	};
	size_t n_columns = sizeof columns / sizeof *columns;

	return table_new("latency", columns, json ? n_columns : n_columns - 2, json);
}

static void print_wrong(const struct contest *contest)
{
	const char *before = "\n";

	for (int kind = 0; kind < N_KINDS; kind++)
		for (int by = 0; by < N_BY; by++) {
			const struct verdict *verdict = &contest->verdicts[kind][by];
			if (!verdict->word || !contest_has_row(contest, kind, by))
				continue;
			printf("%s%s, %s: %s:\n    %s\n", before, kinds[kind].name, by_names[by],
				verdict->word, verdict->why);
			before = "";
		}
}

static void print_pinnings(const struct contest *contest)
{
	printf("\nMedians in microseconds (US) and as multiples of the floor's (X); n = %zu, of\n"
	       "start %zu.\n",
		contest->samples[PINNED_SAME][CHECK][BY_FLOOR].n,
		contest->samples[PINNED_SAME][START][BY_MSRD].n);
	for (int i = 0; i < N_PINNINGS; i++) {
		const struct pinning *pinning = &contest->pinnings[i];
		printf("  %-15s ", pinning_names[i]);
		if (pinning->is_possible) {
			printf("client on ");
			pinning_print(&pinning->client, stdout);
			printf(", daemon on ");
			pinning_print(&pinning->daemon, stdout);
			printf("\n");
		} else {
			printf("cannot be measured: there is only ");
			pinning_print(&pinning->daemon, stdout);
			printf(" to run on\n");
		}
	}
	if (contest->device_cpu != NO_CPU)
		printf("  %-15s fuse-msr, always on CPU %d\n", "device", (int)contest->device_cpu);
}

static void print_notes(const struct contest *contest)
{
	print_pinnings(contest);
	printf("Where a sleeping CPU has to be woken (TWO, often FREE), that is most of it and\n"
	       "differs with how long it slept: what a daemon does is compared by SAME.\n"
	       "\n"
	       "  MSR read, write a counter of 48 bits; msrd reads it before it writes, to keep\n"
	       "                  the bits that are not the client's\n"
	       "  PCI read, write a counter of 32 bits in config space, all of it the client's\n"
	       "  CHECK           is there such a device? No daemon touches one for this\n"
	       "  start           from fork to the answer to the first read\n"
	       "  device file     pread and pwrite by the client itself, no daemon\n"
	       "  floor           a socket round trip to a process that does just this pread\n"
	       "                  or pwrite, and no check\n"
	       "  msrd            this project's daemon\n"
	       "  %-15s %s\n",
		by_names[BY_REFERENCE],
		contest->paths[BY_REFERENCE] ? "LIKWID's daemon, asked in the same way"
					     : "not installed, not compared");
	printf("\n"
	       "right           every access was looked at: what was read had been put into the\n"
	       "                device just before by other means, what was written was in it\n"
	       "untrue          something else was read, or a device is said to be there\n"
	       "unwritten       a success, but the device does not hold what was written\n"
	       "unserved        the answer is an error\n");
}

int contest_print(struct contest *contest)
{
	cleanup_table struct table *table = new_table(contest->json);

	for (int kind = 0; kind < N_KINDS; kind++)
		for (int by = 0; by < N_BY; by++)
			if (contest_has_row(contest, kind, by))
				print_row(contest, table, kind, by);
	if (!contest->json)
		print_host(contest);
	int r = tables_print(&table, 1, stdout);
	if (r == 0 && !contest->json) {
		print_wrong(contest);
		print_notes(contest);
	}
	return r;
}
