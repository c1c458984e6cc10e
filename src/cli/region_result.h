/* SPDX-License-Identifier: MIT */
/* What a region counted, as counts of devices: whoever marked it. */
#ifndef MSRD_CLI_REGION_RESULT_H
#define MSRD_CLI_REGION_RESULT_H

#include "cli/regions.h"

/* A region at one place of the plan, or over the whole node. */
struct region_result {
	const struct region_place *place;
	uint64_t calls, ns, lost;
	struct count count; /* its devices, for what stands in count/ */
	struct cause cause; /* why nothing was counted */
};

enum region_by { REGION_BY_PROGRAM, REGION_BY_SCRIPT };

/* Which regions there are, each with who marks it: number i, from 0. False: no more. */
bool region_result_name(
	const struct regions *regions, size_t i, char name[REGION_NAME_SIZE], enum region_by *by);

/* The results of a region, the node last: *results and how many, for region_results_free. 0 or
 * -ENOMEM. */
int region_results_get(const struct regions *regions, const char *name, enum region_by by,
	struct region_result **results, size_t *n);
void region_results_free(struct region_result *results, size_t n);

#endif
