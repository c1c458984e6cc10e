/* SPDX-License-Identifier: MIT */
/*
 * What a measurement should show: lines "SCOPE NUMBER FIGURE VALUE", such as
 * "cpu 0 cpi 0.8"; # begins a comment. A simulated node has one in
 * /sys/devices/sim/workload.
 */
#ifndef MSRD_CLI_EXPECT_H
#define MSRD_CLI_EXPECT_H

#include "cli/sample.h"

#include <stdio.h>

struct expect_entry {
	enum sample_scope scope;
	uint32_t number;
	enum sample_figure figure;
	double value; /* NAN: written "n/a" or "nan", there is nothing to expect */
};

struct expect {
	struct expect_entry *entries;
	size_t n_entries;
};

/* 0; -errno; -EINVAL for a line that is no such line: then *line is its number,
 * else 0. expect_deinit releases, also after a failure. */
int expect_read(struct expect *expect, FILE *file, unsigned *line);
void expect_deinit(struct expect *expect);

/* NAN when nothing is expected. */
double expect_find(const struct expect *expect, enum sample_scope scope, uint32_t number,
	enum sample_figure figure);

#endif
