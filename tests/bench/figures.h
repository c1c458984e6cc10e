/* SPDX-License-Identifier: MIT */
/* One figure of each round of a benchmark. */
#ifndef MSRD_BENCH_FIGURES_H
#define MSRD_BENCH_FIGURES_H

#include "cli/table.h"

#define FIGURES_MAX 99

struct figures {
	double values[FIGURES_MAX];
	unsigned n;
};

void figures_add(struct figures *figures, double value);

/* Sorts them. */
double figures_median(struct figures *figures);

/* Median, least and most. Sorts them. */
void figures_cells(struct table *table, struct figures *figures, int decimals);

/* Frees the table. -errno, and said on stderr. */
int figures_print(struct table *table);

#endif
