/* SPDX-License-Identifier: MIT */
/* msrctl stat --regions: regions that the command and its scripts mark, from the offer to the
 * tables. */
#ifndef MSRD_CLI_REGIONS_H
#define MSRD_CLI_REGIONS_H

#include "cli/count/show_groups.h"
#include "cli/output/record.h"
#include "cli/region_plan.h"
#include "cli/region_script.h"

struct regions {
	struct region_plan plan;
	struct region_script script;
	int pipe, pipe_end; /* -1: there are no regions to be marked */
	struct count *count;
	struct msrd *msrd;
};

/* The first thing to do with it. */
void regions_init(struct regions *regions);
/* Puts into our environment what a command needs to mark regions: of what count counts, which has
 * been read. 0 or -errno. */
int regions_offer(struct regions *regions, const struct cli *cli, struct count *count,
	struct msrd *msrd, const struct places *cpus, const char *clock);
void regions_deinit(struct regions *regions);

/* After each reading of count. */
void regions_see(const struct regions *regions);

/* Takes the marks that have come through the pipe. 0 or negative: the daemon is gone. */
int regions_take(struct regions *regions);

/* Tables of all regions, at most regions_max_tables of them, each to be freed by the caller. How
 * many; NULL is one for which there was no memory. */
size_t regions_max_tables(const struct regions *regions);
size_t regions_show(const struct regions *regions, const struct show *show,
	const struct show_groups *groups, size_t n_events, struct table **tables);

/* The same as values for every format: those of each region, and of each thread that was in one. 0
 * or -ENOMEM. */
int regions_records(const struct regions *regions, const struct show *show,
	const struct show_groups *groups, size_t n_events, struct records *records);

/* Which thread was in which region, on which CPU. */
struct table *region_threads(const struct regions *regions, bool json);
/* What there is to say of its calls, or NULL. */
const char *region_thread_note(const struct regions *regions, const struct region_record *record);

/* Says what was wrong with the marks. How many things. */
unsigned regions_tell(const struct regions *regions);

#endif
