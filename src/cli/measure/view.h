/* SPDX-License-Identifier: MIT */
/* The tables of msrctl stat: measured figures, and beside them the expected ones. */
#ifndef MSRD_CLI_MEASURE_VIEW_H
#define MSRD_CLI_MEASURE_VIEW_H

#include "cli/measure/expected.h"
#include "cli/output/record.h"
#include "cli/table.h"

struct view {
	const struct expected *expected; /* NULL: nothing is expected */
	double tolerance;		 /* percent */
	bool json;
	bool is_raw; /* values are what the counters counted */
	const struct arch *arch;
};

/* How the figures compare with the expected ones. */
struct view_verdict {
	unsigned n_expected;
	unsigned n_deviating; /* outside the tolerance, or expected and not measured */
};

/* The table of one kind, to be freed by the caller, or NULL when out of memory. */
struct table *view_subjects(
	const struct view *view, const struct metrics *metrics, enum subject_kind kind);

/* Adds to the verdict. */
void view_judge(
	const struct view *view, const struct metrics *metrics, struct view_verdict *verdict);

/* For people: how much of everything there was, of each of a kind and of all. NULL when out of
 * memory. */
struct table *view_amounts(const struct metrics *metrics, enum subject_kind kind);

/* Every figure and amount as a value, and the amounts of all CPUs and all sockets. 0 or -ENOMEM. */
int view_records(const struct view *view, const struct metrics *metrics, struct records *records);

/* How far measured is from expected, in percent of it; NAN if either is. */
double view_deviation(double measured, double expected);

#endif
