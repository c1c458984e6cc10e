/* SPDX-License-Identifier: MIT */
/* Counts as tables. Measures nothing, prints nothing. */
#ifndef MSRD_CLI_COUNT_SHOW_H
#define MSRD_CLI_COUNT_SHOW_H

#include "cli/count/sum.h"
#include "cli/table.h"

struct show {
	enum sum_level level;
	bool json;
};

/* One row a place of each of the first n_wants events, to be freed by the caller; NULL when out of
 * memory. */
struct table *show_events(const struct show *show, const struct count *count,
	const struct topology *topology, size_t n_wants);

#endif
