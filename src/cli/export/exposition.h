/* SPDX-License-Identifier: MIT */
/* Samples as text: OpenMetrics 1.0, or the text format of Prometheus 0.0.4. */
#ifndef MSRD_CLI_EXPORT_EXPOSITION_H
#define MSRD_CLI_EXPORT_EXPOSITION_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/export/sample.h"

/* What is said besides the samples. */
struct exposition {
	const char *version, *model; /* of msrctl; of the CPUs */
	bool is_up, is_in_use;
	uint64_t n_starts, n_reads;
	double cpu_seconds; /* NAN: not said */
	const struct samples *samples[2];
	const struct whys *whys[2];
};

void exposition_write(const struct exposition *exposition, bool is_openmetrics, FILE *out);

#endif
