/* SPDX-License-Identifier: MIT */
/* How an axis is divided: whole steps, and a prefix that keeps its numbers short. */
#ifndef MSRD_CLI_PLOT_AXIS_H
#define MSRD_CLI_PLOT_AXIS_H

#include <stdbool.h>

/* What is written at an axis of values in a unit as records have it. */
struct axis_unit {
	const char *unit;
	const char *text;  /* what it is a unit of */
	const char *shown; /* the unit as people write it */
	double factor;	   /* of shown's: 1e6 for MHz shown as Hz */
	bool has_prefix;
};

/* One that is not known is shown as it is. */
struct axis_unit axis_unit(const char *unit);

struct axis {
	const char *prefix;	  /* SI, as "G" */
	double divisor;		  /* of values, so that they are in the unit with the prefix */
	double bottom, top, step; /* with it */
};

/* From 0, or below it, to at least max. Both are finite. */
struct axis axis_fit(const struct axis_unit *unit, double min, double max);

#endif
