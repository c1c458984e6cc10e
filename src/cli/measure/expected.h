/* SPDX-License-Identifier: MIT */
/*
 * What a measurement should show: lines "SCOPE NUMBER FIGURE VALUE", such as
 * "cpu 0 cpi 0.8"; # begins a comment. A simulated node has one in
 * /sys/devices/sim/workload.
 *
 * Without a line "phase …" the figures hold for every interval. With phases,
 * which follow each other round and round from the node's time 0, an interval
 * should show the average of what is on in it: rates only, ratios follow from
 * them. "phase N length_ns NS" begins phase N; a last one of length 0 lasts for
 * ever. The node's time 0 is when "node 0 started_ns NS" says (CLOCK_MONOTONIC).
 */
#ifndef MSRD_CLI_MEASURE_EXPECTED_H
#define MSRD_CLI_MEASURE_EXPECTED_H

#include <stdio.h>

#include "cli/measure/metric.h"

struct expected_entry {
	size_t phase;
	enum scope scope;
	uint32_t number;
	unsigned figure; /* enum metric_id; N_METRICS is "active", seconds a second */
	double value;	 /* NAN: written "n/a", there is nothing to expect */
};

struct expected {
	struct expected_entry *entries;
	size_t n_entries;
	uint64_t *lengths_ns; /* of the phases */
	size_t n_phases;      /* 0: the figures hold always */
	uint64_t started_ns;
	bool has_started;
};

/* 0; -errno; -EINVAL for a line that is no such line: then *line is its number,
 * else 0. expected_deinit releases, also after a failure. */
int expected_read(struct expected *expected, FILE *file, unsigned *line);
void expected_deinit(struct expected *expected);

/* What a figure should be: in the middle of the time that it is about, and what it may
 * be as far as that time is known. */
struct expectation {
	double value; /* NAN: nothing is expected */
	double low, high;
};

/* The times of the figure are those of the clock that started_ns is of, or of the node
 * where there is none. */
struct expectation expected_find(const struct expected *expected, enum metric_id id,
	uint32_t number, const struct figure *figure);

#endif
