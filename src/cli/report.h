/* SPDX-License-Identifier: MIT */
/* The tables of msrctl stat: measured figures, and beside them the expected ones. */
#ifndef MSRD_CLI_REPORT_H
#define MSRD_CLI_REPORT_H

#include "cli/expect.h"
#include "cli/row.h"
#include "cli/table.h"

struct report_options {
	const struct expect *expect; /* NULL: nothing is expected */
	double tolerance;	     /* percent */
	bool json;
};

/* What is to say about an interval besides its figures. */
struct report_verdict {
	unsigned n_failures; /* of what the machine has, not measured */
	unsigned n_expected;
	unsigned n_deviating; /* outside the tolerance, or expected and not measured */
};

/* The table of one scope, to be freed by the caller, or NULL when out of memory.
 * Adds to the verdict. */
struct table *report_scope(const struct meter *meter, enum sample_scope scope,
	const struct report_options *options, struct report_verdict *verdict);

#endif
