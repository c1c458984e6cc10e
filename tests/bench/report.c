/* SPDX-License-Identifier: MIT */
/* The figures of a contest, and what they don't say by themselves. Measures nothing. */
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "complain.h"
#include "util/cleanup.h"

#define LINE_WIDTH 79

static void print_host(const struct contest *contest)
{
	const struct host *host = &contest->host;
	int n_cpus = CPU_COUNT(&contest->pinnings[PINNED_FREE].client);
	char what[160], where[160];
	double load = 0;

	snprintf(what, sizeof what, "%s, %d CPU%s,", host->cpu, n_cpus, n_cpus == 1 ? "" : "s");
	snprintf(where, sizeof where, "Linux %s, on %s of %u CPUs", host->kernel.release,
		host->device, host->n_msr_files);
	getloadavg(&load, 1);
	printf("%s%s%s\n", what, strlen(what) + 1 + strlen(where) > LINE_WIDTH ? "\n    " : " ",
		where);
	printf("load average in the minute before the end: %.1f%s\n\n", load,
		load > n_cpus ? ", so look at ratios of short accesses only" : "");
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
	printf("\nMEDIAN, MIN and MAX are nanoseconds an access, of a batch the whole batch's by "
	       "the\n"
	       "number of its operations; /FILE and /FLOOR are multiples of the median of the\n"
	       "device file's and of the floor's row. START, its MIN and MAX are microseconds.\n"
	       "All take turns, round by round; n = %zu, of start %zu.\n",
		contest->samples[PINNED_SAME][CHECK][BY_FLOOR].n,
		contest->samples[PINNED_SAME][START][BY_MSRD].n);
	print_pinnings(contest);
	printf("Where a sleeping CPU has to be woken (TWO, often FREE), that is most of it and\n"
	       "differs with how long it slept: what a daemon does is compared by SAME.\n"
	       "\n"
	       "  MSR read, write a counter of 48 bits; msrd reads it before it writes, to keep\n"
	       "                  the bits that are not the client's\n"
	       "  PCI read, write a counter of 32 bits in config space, all of it the client's\n"
	       "  CHECK           is there such a device? No daemon touches one for this\n"
	       "  batch n         n reads of that MSR: by libmsrd's prepared batches, and by\n"
	       "                  pread, one behind the other\n"
	       "  device file     pread and pwrite by the client itself, no daemon\n"
	       "  floor           a socket round trip to a process that does just this pread\n"
	       "                  or pwrite, and no check\n"
	       "  msrd            this project's daemon\n"
	       "  %-15s %s\n"
	       "  START           from fork to the answer to the first read\n"
	       "  RSS, PSS        the daemon's resident memory in KiB; what it shares with others\n"
	       "                  (the C library) counts whole, and in part\n"
	       "  CALLS, SWITCHES of the daemon for one read: system calls, context switches\n",
		by_names[BY_REFERENCE],
		contest->programs[BY_REFERENCE].path ? "LIKWID's daemon, asked in the same way"
						     : "not installed, not compared");
	if (contest->programs[BY_REFERENCE].setting)
		printf("                  which does not know this host's processor: it is shown\n"
		       "                  the node's by a library, and START has its loading\n");
	printf("\n"
	       "right           every access was looked at: what was read had been put into the\n"
	       "                device just before by other means, what was written was in it\n"
	       "untrue          something else was read, or a device is said to be there\n"
	       "unwritten       a success, but the device does not hold what was written\n"
	       "unserved        the answer is an error\n");
}

/* All of it once more: every figure is of the same accesses. */
static int print_tables(struct contest *contest, bool json, FILE *out)
{
	struct table *tables[] = {
		rows_of_accesses(contest, json),
		rows_of_daemons(contest, json),
		rows_of_targets(contest, json),
	};
	int r = tables_print(tables, sizeof tables / sizeof *tables, out);

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		table_free(tables[i]);
	return r;
}

/* Every percentile, a line each: access, by, on, percent, ns. A gap makes another curve. */
static void write_distributions(struct contest *contest, FILE *out)
{
	for (int kind = 0; kind < N_KINDS; kind++)
		for (int by = 0; by < N_BY; by++)
			for (int pinning = 0; pinning < N_PINNINGS; pinning++) {
				if (isnan(contest_percentile_ns(contest, pinning, kind, by, 50)))
					continue;
				for (unsigned percent = 0; percent <= 100; percent++)
					fprintf(out, "%s\t%s\t%s\t%u\t%.3f\n", kinds[kind].name,
						by_names[by], pinning_names[pinning], percent,
						contest_percentile_ns(
							contest, pinning, kind, by, percent));
				fprintf(out, "\n\n");
			}
}

/* 0, or -errno and said on stderr. */
static int write_file(struct contest *contest, const char *name, bool json)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", contest->folder, name);
	FILE *out = fopen(path, "we");
	if (!out)
		return complain(-errno, "%s", path);
	int r = 0;
	if (json)
		r = print_tables(contest, true, out);
	else
		write_distributions(contest, out);
	if (fclose(out) != 0 && r == 0)
		r = complain(-errno, "%s", path);
	return r;
}

int contest_print(struct contest *contest)
{
	if (!contest->json)
		print_host(contest);
	int r = print_tables(contest, contest->json, stdout);
	if (r == 0 && !contest->json) {
		print_wrong(contest);
		if (!contest->only_starts)
			print_notes(contest);
	}
	if (r == 0 && contest->folder && mkdir(contest->folder, 0777) < 0 && errno != EEXIST)
		r = complain(-errno, "%s", contest->folder);
	if (r == 0 && contest->folder)
		r = write_file(contest, "figures.json", true);
	if (r == 0 && contest->folder)
		r = write_file(contest, "distributions.tsv", false);
	return r;
}
