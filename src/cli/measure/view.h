/* SPDX-License-Identifier: MIT */
/* The tables of msrctl stat: measured figures, and beside them the expected ones. */
#ifndef MSRD_CLI_MEASURE_VIEW_H
#define MSRD_CLI_MEASURE_VIEW_H

#include "cli/measure/expected.h"
#include "cli/table.h"

struct view {
	const struct expected *expected; /* NULL: nothing is expected */
	double tolerance;		 /* percent */
	bool json;
};

/* How the figures compare with the expected ones. */
struct view_verdict {
	unsigned n_expected;
	unsigned n_deviating; /* outside the tolerance, or expected and not measured */
};

/* The table of one kind, to be freed by the caller, or NULL when out of memory.
 * Adds to the verdict. */
struct table *view_subjects(const struct view *view, const struct metrics *metrics,
	enum subject_kind kind, struct view_verdict *verdict);

/* How far measured is from expected, in percent of it; NAN if either is. */
double view_deviation(double measured, double expected);

/* "2.16 G" for 2160000000: four digits and an SI prefix, "n/a" for NAN. Returns text. */
const char *view_format(double value, char *text, size_t size);

#endif
