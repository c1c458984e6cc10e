/* SPDX-License-Identifier: MIT */
/* The figures of all CPUs and sockets as of the last interval, and how they were before. */
#ifndef MSRD_CLI_TOP_BOARD_H
#define MSRD_CLI_TOP_BOARD_H

#include "cli/count/topology.h"
#include "cli/measure/metric.h"
#include "cli/top/grid.h"

/* What the rows of the list are. X(view, heading) */
#define BOARD_VIEWS(X)                                                                             \
	X(BOARD_CPUS, "CPU")                                                                       \
	X(BOARD_CORES, "CORE")                                                                     \
	X(BOARD_SOCKETS, "SOCKET")

enum board_view {
#define X(view, heading) view,
	BOARD_VIEWS(X)
#undef X
};
#define BOARD_N_VIEWS (BOARD_SOCKETS + 1)

/* Figures besides those of measure/: temperatures and C-states, as the model has them. */
#define BOARD_MAX_EXTRAS 8
struct board_extra {
	char heading[GRID_HEADING_SIZE];
	enum grid_kind kind;
};

struct board_cpu {
	uint32_t number, package, core;
	/* a second; active is seconds of a second, 0 to 1. NAN: not known */
	double instructions, cycles, active;
	double extras[BOARD_MAX_EXTRAS];
	struct history busy;
	char cause[MSRD_ERROR_SIZE]; /* why not, or "" */
};

struct board_socket {
	uint32_t package; /* or NODE_NO_PACKAGE */
	double read, write, package_watts, dram_watts;
	double extras[BOARD_MAX_EXTRAS];
	struct history memory, power;
	char cause[MSRD_ERROR_SIZE];
};

struct board {
	struct board_extra cpu_extras[BOARD_MAX_EXTRAS], socket_extras[BOARD_MAX_EXTRAS];
	size_t n_cpu_extras, n_socket_extras;
	struct board_cpu *cpus;
	size_t n_cpus;
	struct board_socket *sockets;
	size_t n_sockets;
	size_t n_intervals;
};

/* Makes a place for each row; no figure is known. 0 or -ENOMEM. */
int board_init(struct board *board, const struct metrics *metrics, const struct topology *topology);
void board_deinit(struct board *board);

/* Another interval; metrics has the same rows. Extras are the caller's to set. */
void board_update(struct board *board, const struct metrics *metrics);

/* The list that a view shows. A core's figures are those of its CPUs together: counts are added
 * up, of temperatures and of shares of the time it is the average. 0 or -ENOMEM. */
int board_grid(const struct board *board, enum board_view view, struct grid *grid);

/* The largest bandwidth and power of any socket, of the newest n intervals: full bars. */
double board_peak_memory(const struct board *board, size_t n);
double board_peak_power(const struct board *board, size_t n);

#endif
