/* SPDX-License-Identifier: MIT */
/* The way of msrctl stat that measures the default figures. */
#ifndef MSRD_CLI_INTERVALS_H
#define MSRD_CLI_INTERVALS_H

#include "cli/levels.h"
#include "cli/measure/view.h"
#include "cli/run.h"

struct intervals {
	const char *expect_path; /* for messages; NULL: nothing is expected */
	struct view view;
	enum sum_level level; /* DEFAULT: of each CPU and socket */
	/* its own */
	struct topology topology;
	struct readings readings;
	struct view_verdict verdict;
};

/* Its context is a struct intervals. */
extern const struct way intervals_way;

#endif
