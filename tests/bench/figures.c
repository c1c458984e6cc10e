/* SPDX-License-Identifier: MIT */
/* Medians of several rounds. Knows not of what. */
#include "figures.h"

#include <stdio.h>
#include <stdlib.h>

#include "complain.h"

void figures_add(struct figures *figures, double value)
{
	figures->values[figures->n++] = value;
}

static int compare(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return first < second ? -1 : first > second;
}

double figures_median(struct figures *figures)
{
	qsort(figures->values, figures->n, sizeof *figures->values, compare);
	return figures->values[figures->n / 2];
}

void figures_cells(struct table *table, struct figures *figures, int decimals)
{
	table_cell(table, "%.*f", decimals, figures_median(figures));
	table_cell(table, "%.*f", decimals, figures->values[0]);
	table_cell(table, "%.*f", decimals, figures->values[figures->n - 1]);
}

int figures_print(struct table *table)
{
	int r = tables_print(&table, 1, stdout);

	table_free(table);
	return r < 0 ? complain(r, "the table") : 0;
}
