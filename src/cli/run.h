/* SPDX-License-Identifier: MIT */
/*
 * A run of msrctl stat: programs, waits for the intervals, for COMMAND and for signals, repeats,
 * and puts everything back. What is measured is a way: the default figures, or events and groups.
 */
#ifndef MSRD_CLI_RUN_H
#define MSRD_CLI_RUN_H

#include "cli/cli.h"
#include "cli/hold.h"
#include "cli/job.h"
#include "cli/output/output.h"
#include "cli/plot/series.h"
#include "cli/ranks/muster.h"
#include "cli/repeats.h"
#include "cli/stint.h"

struct run;

/* Results are 0 or negative, then after a message or with msrd_error. which: of the interval, or of
 * the whole run so far. */
enum run_part { RUN_INTERVAL, RUN_WHOLE };
struct way {
	int (*program)(struct run *run);
	/* before COMMAND starts: what it needs to take part; NULL: nothing */
	int (*offer)(struct run *run);
	/* there is something to be read of run->job.input; NULL: that is -1 */
	int (*take_input)(struct run *run);
	/* reads everything: the first time, and behind discard, that begins the interval */
	int (*read)(struct run *run);
	void (*discard)(struct run *run);
	/* to be done that often while an interval goes on */
	uint64_t (*step_ns)(const struct run *run);
	int (*step)(struct run *run);
	/* at its end: is everything still as it was programmed? */
	int (*check)(struct run *run);
	void (*restart)(struct run *run); /* the next begins where it ended */
	/* of the interval, by the clock of the readings */
	void (*span)(const struct run *run, uint64_t *begin_ns, uint64_t *end_ns);
	int (*add_records)(struct run *run, enum run_part part, struct records *records);
	/* for people or, as --json says, for scripts: at most max_tables. Adds to *n. */
	int (*add_tables)(struct run *run, enum run_part part, struct table **tables, size_t *n);
	size_t (*max_tables)(const struct run *run);
	/* says what could not be measured, with is_quiet it only counts it */
	unsigned (*failures)(const struct run *run, bool is_quiet);
	bool (*judge)(struct run *run); /* at the end of all; false after a message */
	void (*deinit)(struct run *run);
};

struct run {
	const struct stint *stint;
	const struct cli *cli;
	const struct places *cpus;
	struct output *output;
	struct series_set *plot; /* what is to be drawn of it, or NULL */
	bool is_raw;		 /* values as the counters have them */
	const struct way *way;
	void *context;	       /* the way's */
	struct muster *muster; /* ranks that we measure with our own command, or NULL */
	bool is_usage;	       /* what is wanted can't be had, and the user has to say otherwise */
	/* its own */
	struct hold hold;
	struct job job;
	struct interval interval, whole;
	struct repeats repeats;
	uint64_t begin_ns; /* ours, of the first interval */
	uint64_t n_done;   /* intervals */
	uint64_t n_runs;   /* of COMMAND, the one that goes on too */
	unsigned n_failures;
	int start_result; /* of the command */
	int status;	  /* of the first run of it that did not end well */
	bool is_over;	  /* interrupted, timed out, or the command ended */
	bool has_timed_out;
	bool has_said;	      /* the failure that ends it */
	int input_result;     /* what take_input ended it with, or 0 */
	uint64_t patience_ns; /* until then, ours, others may run on when our command has failed */
	bool is_coarse;	      /* an energy is of too short a time, as has been said */
};

/* Returns the exit status. */
int run_all(struct run *run);

/* Of the interval that ended: into the output. is_last: of all. 0 or -errno; run_report.c. */
int run_report(struct run *run, bool is_last);
/* What comes behind all intervals: totals of the command, and the summary of its repeats. */
int run_report_end(struct run *run);

/* Of the terminal, which is the command's while it runs. */
void run_show_progress(const struct run *run);
void run_clear_progress(const struct run *run);

#endif
