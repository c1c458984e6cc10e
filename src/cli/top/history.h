/* SPDX-License-Identifier: MIT */
/* What a figure was in the last intervals: the newest values, an older one forgotten for each. */
#ifndef MSRD_CLI_TOP_HISTORY_H
#define MSRD_CLI_TOP_HISTORY_H

#include <stddef.h>

/* Wider than most terminals. */
#define HISTORY_SIZE 256

struct history {
	double values[HISTORY_SIZE];
	size_t n; /* ever */
};

void history_add(struct history *history, double value);

/* The value ago intervals before the newest; NAN: it was not known, or is not any more. */
double history_get(const struct history *history, size_t ago);

/* The largest that is known of the newest n; 0: none is. */
double history_peak(const struct history *history, size_t n);

/* Of several, value by value: what one is when all are at work. */
void history_average(struct history *average, const struct history *const *histories, size_t n);

#endif
