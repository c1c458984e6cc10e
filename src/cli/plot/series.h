/* SPDX-License-Identifier: MIT */
/*
 * What is to be drawn: of each metric and place its values, interval by interval. Comes of records,
 * whether they are just measured or read of a file. Draws nothing.
 */
#ifndef MSRD_CLI_PLOT_SERIES_H
#define MSRD_CLI_PLOT_SERIES_H

#include "cli/near.h"
#include "cli/output/record.h"

#define SERIES_NAME_SIZE 160
#define SERIES_UNIT_SIZE 32

/* One measurement: a file, or the one that goes on. */
struct source {
	char name[SERIES_NAME_SIZE];
	struct source_span {
		uint64_t begin_ns, end_ns;
	} * spans; /* its intervals */
	size_t n;
};

/* One line. Texts are fit to be shown. */
struct series {
	size_t source;
	char metric[SERIES_NAME_SIZE], group[SERIES_NAME_SIZE];
	char place[RECORD_PLACE_SIZE], scope[16];
	bool has_socket;
	uint32_t socket;
	char unit[SERIES_UNIT_SIZE]; /* a count's is that of its rate */
	bool is_count;
	double *values; /* of the source's intervals, NAN: n/a */
	size_t n;
	size_t n_missing;
	char reason[RECORD_REASON_SIZE]; /* of the first that is missing */
};

/* A metric that was asked for: a name, or a pattern as in glob(7). */
struct wanted {
	char name[SERIES_NAME_SIZE];
	bool is_found;
	struct near near;
};

struct series_set {
	struct wanted *wanted; /* none: the usual ones, or all where there are none of those */
	size_t n_wanted;
	struct source *sources;
	size_t n_sources;
	struct series *list;
	size_t n;
	/* its own */
	enum { SERIES_UNDECIDED, SERIES_USUAL, SERIES_ALL } choice;
	size_t next;	 /* where the next record is looked for first */
	size_t n_values; /* of all */
};

/* NAME,...: a comma between the slashes of an event is its own. 0 or -ENOMEM. */
int series_want(struct series_set *set, const char *list);

/* What follows is of this. 0 or -ENOMEM. */
int series_source(struct series_set *set, const char *name);

/* Another interval, with its values. 0; -EINVAL: it began before the one before it; -E2BIG: more
 * than is kept; -ENOMEM. What is no interval, as a total, is passed over. */
int series_add(
	struct series_set *set, const struct interval *interval, const struct records *records);

/* So many intervals. */
size_t series_intervals(const struct series_set *set);

/* Takes out the line. */
void series_remove(struct series_set *set, size_t i);
/* Another line of the same source, metric and unit, without values: n of them, n/a. NULL when out
 * of memory. */
struct series *series_like(struct series_set *set, size_t i, const char *scope);

void series_deinit(struct series_set *set);

#endif
