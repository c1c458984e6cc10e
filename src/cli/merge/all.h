/* SPDX-License-Identifier: MIT */
/*
 * The values of many nodes together. Amounts and rates are added up; what is one by another is
 * computed of the sums of both. What is not known of one node is not known of all.
 */
#ifndef MSRD_CLI_MERGE_ALL_H
#define MSRD_CLI_MERGE_ALL_H

#include "cli/merge/measured.h"

/* interval and records of all nodes; texts are those of nodes. n > 0. 0 or -ENOMEM. */
int all_of(
	const struct measured *nodes, size_t n, struct interval *interval, struct records *records);

#endif
