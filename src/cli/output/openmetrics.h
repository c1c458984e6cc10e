/* SPDX-License-Identifier: MIT */
/*
 * Values as OpenMetrics text: one exposition, up to its # EOF. Names have base units; what is a
 * count is a counter over the whole run, and what is not is a gauge of the last interval.
 */
#ifndef MSRD_CLI_OUTPUT_OPENMETRICS_H
#define MSRD_CLI_OUTPUT_OPENMETRICS_H

#include <stdio.h>

#include "cli/output/record.h"

/* gauges: of the interval; counts: of the run so far. 0 or -ENOMEM. */
int openmetrics_write(const struct interval *interval, const struct records *gauges,
	const struct interval *run, const struct records *counts, FILE *out);

#endif
