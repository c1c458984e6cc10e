/* SPDX-License-Identifier: MIT */
/* Values of several runs of the same: their mean and how far they scatter. Prints nothing. */
#ifndef MSRD_CLI_REPEATS_H
#define MSRD_CLI_REPEATS_H

#include "cli/output/record.h"

/* Sums of one value. */
struct repeat {
	size_t n;
	double mean, squares; /* squares of what they are off the mean, added up */
	double min, max;
};

struct repeats {
	struct records first; /* the values of the first run, and whose they are */
	struct repeat *list;  /* of each */
};

/* Those of another run. 0 or -ENOMEM. */
int repeats_add(struct repeats *repeats, const struct records *records);
/* Of each value its mean, with the standard deviation of a sample, the least and the most. What was
 * not measured in one run has no mean, and says why. 0 or -ENOMEM. */
int repeats_summary(const struct repeats *repeats, struct records *summary);
void repeats_deinit(struct repeats *repeats);

#endif
