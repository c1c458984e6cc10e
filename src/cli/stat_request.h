/* SPDX-License-Identifier: MIT */
/* What msrctl stat was asked for. */
#ifndef MSRD_CLI_STAT_REQUEST_H
#define MSRD_CLI_STAT_REQUEST_H

#include "cli/counting.h"
#include "cli/intervals.h"
#include "cli/ranks/muster.h"
#include "cli/terminal.h"

/* What ranks of one job on a node do. X(ranks, name) */
#define STAT_RANKS(X)                                                                              \
	X(STAT_RANKS_TOGETHER, "together")                                                         \
	X(STAT_RANKS_EACH, "each")

enum stat_ranks {
#define X(ranks, name) ranks,
	STAT_RANKS(X)
#undef X
};

struct stat_request {
	struct cli *cli;
	struct cli_where where;
	struct stint stint;
	struct intervals intervals;
	struct counting counting;
	const char **events, **groups; /* lists, as they stand behind each -e and -g */
	size_t n_events, n_groups;
	bool has_count;
	bool has_format;
	bool is_raw;
	const char *columns;
	enum terminal_color color;
	const char *plot_path; /* of a picture, or NULL */
	enum stat_ranks ranks;
	struct muster *muster; /* that we lead, or NULL */
	struct output output;
};

/* Are there events or groups to count, in place of the figures? */
static inline bool stat_counts(const struct stat_request *request)
{
	return request->n_events + request->n_groups > 0;
}

/* Do the options go together? argp_error says what does not, and exits; so does the help of
 * --columns. */
void stat_check(struct stat_request *request, struct argp_state *state);

/* Measures what was asked for. The node has been read. Returns the exit status. */
int stat_measure(struct stat_request *request, const struct places *cpus);

#endif
