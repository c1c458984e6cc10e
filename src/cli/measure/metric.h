/* SPDX-License-Identifier: MIT */
/* The figures that people want to know, of each CPU and socket, of one interval. */
#ifndef MSRD_CLI_MEASURE_METRIC_H
#define MSRD_CLI_MEASURE_METRIC_H

#include "cli/measure/reading.h"

/*
 * What a metric is: a rate of an event's quantity, or one rate over another.
 * X(metric, scope, name in files and JSON, heading of the table's column, event,
 *   event that it is divided by or itself, factor)
 */
#define METRICS(X)                                                                                 \
	X(METRIC_INSTRUCTIONS, SUBJECT_CPU, "instructions_per_second", "INSTR/S",                    \
		EVENT_INSTRUCTIONS, EVENT_INSTRUCTIONS, 1)                                         \
	X(METRIC_CYCLES, SUBJECT_CPU, "cycles_per_second", "CYCLES/S", EVENT_CYCLES, EVENT_CYCLES,   \
		1)                                                                                 \
	X(METRIC_CPI, SUBJECT_CPU, "cpi", "CPI", EVENT_CYCLES, EVENT_INSTRUCTIONS, 1)                \
	X(METRIC_CLOCK, SUBJECT_CPU, "clock_mhz", "MHZ", EVENT_CYCLES, EVENT_ACTIVE, 1e-6)           \
	X(METRIC_MEMORY_READ, SUBJECT_SOCKET, "memory_read_bytes_per_second", "MEM READ B/S",        \
		EVENT_MEMORY_READ, EVENT_MEMORY_READ, 1)                                           \
	X(METRIC_MEMORY_WRITE, SUBJECT_SOCKET, "memory_write_bytes_per_second", "MEM WRITE B/S",     \
		EVENT_MEMORY_WRITE, EVENT_MEMORY_WRITE, 1)                                         \
	X(METRIC_PACKAGE_POWER, SUBJECT_SOCKET, "package_watts", "PACKAGE W", EVENT_PACKAGE_ENERGY,  \
		EVENT_PACKAGE_ENERGY, 1)                                                           \
	X(METRIC_DRAM_POWER, SUBJECT_SOCKET, "dram_watts", "DRAM W", EVENT_DRAM_ENERGY,              \
		EVENT_DRAM_ENERGY, 1)

enum metric_id {
#define X(metric, scope, name, heading, event, divisor, factor) metric,
	METRICS(X)
#undef X
};
#define N_METRICS (METRIC_DRAM_POWER + 1)

struct metric {
	enum scope scope;
	const char *name, *heading;
	enum event_id event, divisor; /* the same: it is a plain rate */
	double factor;
};

const struct metric *metric_get(enum metric_id id);

/* "cpu", "socket" */
const char *scope_name(enum scope scope);

/* The time that a count is about: that of its counter, or the middle of several. */
struct span {
	struct instant begin, end;
};

/* One figure. */
struct figure {
	double value;			/* NAN: not measured, or not of this scope */
	struct span span, divisor_span; /* of its event, and of what it is divided by */
};

/* All figures of a CPU or socket. */
struct metrics_row {
	enum scope scope;
	uint32_t number;
	struct figure figures[N_METRICS];
	char cause[MSRD_ERROR_SIZE]; /* why there are NANs, or "" */
	bool has_failure;	     /* something that the machine has could not be measured */
};

struct metrics {
	struct metrics_row *rows; /* as the plan's subjects */
	size_t n_rows;
};

/* The figures of the interval. 0 or -ENOMEM. */
int metrics_init(struct metrics *metrics, const struct readings *readings);
void metrics_deinit(struct metrics *metrics);

#endif
