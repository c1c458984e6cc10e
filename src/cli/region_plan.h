/* SPDX-License-Identifier: MIT */
/* What programs are to read for their regions: made of what is counted. */
#ifndef MSRD_CLI_REGION_PLAN_H
#define MSRD_CLI_REGION_PLAN_H

#include "cli/cli.h"
#include "cli/count/count.h"
#include "client/region_file.h"

/* Where a value of the file comes from. */
struct region_source {
	size_t device, slot; /* of the count */
};

struct region_plan {
	struct region_file file;
	int fd;
	struct region_place *places; /* a copy: nobody else writes into it */
	size_t n_places;
	size_t *place_of;	       /* of each of the count's devices */
	struct region_source *sources; /* of each value */
	size_t n_values;
};

/* clock: the file of the node's time, or "". 0 or -errno. */
int region_plan_init(struct region_plan *plan, const struct cli *cli, const struct count *count,
	const struct places *cpus, const char *clock);
void region_plan_deinit(struct region_plan *plan);

/* What the counters showed when they were read last, so that none wraps twice unseen. */
void region_plan_see(const struct region_plan *plan, const struct count *count);

#endif
