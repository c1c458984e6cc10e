/* SPDX-License-Identifier: MIT */
/* The default figures of CPUs and sockets, added up for each core, NUMA node, socket or the node.
 */
#ifndef MSRD_CLI_LEVELS_H
#define MSRD_CLI_LEVELS_H

#include "cli/count/sum.h"
#include "cli/output/record.h"
#include "cli/table.h"

/*
 * Of values as view_records gives them, those of a level: rates and amounts are sums, and what is
 * one by another (a clock, cycles per instruction) is computed of sums, as figures of groups are.
 * min, max and average are those of CPUs or sockets. 0 or -ENOMEM.
 */
int levels_add_up(const struct topology *topology, enum sum_level level,
	const struct records *records, struct records *sums);

/* A row for each figure, or for each amount, for people or as json. NULL when out of memory. */
struct table *levels_table(
	const struct records *sums, bool is_amounts, const struct interval *interval, bool json);

#endif
