/* SPDX-License-Identifier: MIT */
/* The figures that people want to know, of each CPU and socket, of one interval. */
#ifndef MSRD_CLI_MEASURE_METRIC_H
#define MSRD_CLI_MEASURE_METRIC_H

#include "cli/measure/reading.h"

/*
 * What a metric is: a rate of an event's quantity, or one rate over another.
 * X(metric, kind, name in files and JSON, heading of the table's column, unit, event,
 *   event that it is divided by or itself, factor)
 */
#define METRICS(X)                                                                                 \
	X(METRIC_INSTRUCTIONS, SUBJECT_CPU, "instructions_per_second", "INSTR/S", "1/s",           \
		EVENT_INSTRUCTIONS, EVENT_INSTRUCTIONS, 1)                                         \
	X(METRIC_CYCLES, SUBJECT_CPU, "cycles_per_second", "CYCLES/S", "1/s", EVENT_CYCLES,        \
		EVENT_CYCLES, 1)                                                                   \
	X(METRIC_CPI, SUBJECT_CPU, "cpi", "CPI", "", EVENT_CYCLES, EVENT_INSTRUCTIONS, 1)          \
	X(METRIC_CLOCK, SUBJECT_CPU, "clock_mhz", "MHZ", "MHz", EVENT_CYCLES, EVENT_ACTIVE, 1e-6)  \
	X(METRIC_MEMORY_READ, SUBJECT_SOCKET, "memory_read_bytes_per_second", "MEM READ B/S",      \
		"B/s", EVENT_MEMORY_READ, EVENT_MEMORY_READ, 1)                                    \
	X(METRIC_MEMORY_WRITE, SUBJECT_SOCKET, "memory_write_bytes_per_second", "MEM WRITE B/S",   \
		"B/s", EVENT_MEMORY_WRITE, EVENT_MEMORY_WRITE, 1)                                  \
	X(METRIC_PACKAGE_POWER, SUBJECT_SOCKET, "package_watts", "PACKAGE W", "W",                 \
		EVENT_PACKAGE_ENERGY, EVENT_PACKAGE_ENERGY, 1)                                     \
	X(METRIC_DRAM_POWER, SUBJECT_SOCKET, "dram_watts", "DRAM W", "W", EVENT_DRAM_ENERGY,       \
		EVENT_DRAM_ENERGY, 1)

enum metric_id {
#define X(metric, kind, name, heading, unit, event, divisor, factor) metric,
	METRICS(X)
#undef X
};
#define N_METRICS (METRIC_DRAM_POWER + 1)

struct metric {
	enum subject_kind kind;
	const char *name, *heading, *unit;
	enum event_id event, divisor; /* the same: it is a plain rate */
	double factor;
};

const struct metric *metric_get(enum metric_id id);

/* "cpu", "socket" */
const char *subject_name(enum subject_kind kind);

/* The time that a count is about: that of its counter, or the middle of several. */
struct span {
	struct instant begin, end;
};

/* One figure. */
struct figure {
	double value;			/* NAN: not measured, or not of this kind */
	struct span span, divisor_span; /* of its event, and of what it is divided by */
};

/* How much of an event's quantity there was in the interval. */
struct amount {
	double value;	      /* NAN: not measured, or not of this kind */
	double raw;	      /* as the counters counted it */
	double grain_percent; /* so far it may be off, as its counter moves in steps; NAN: it does
				 not */
};

/* All figures of a CPU or socket. */
struct metrics_row {
	enum subject_kind kind;
	uint32_t number;
	uint32_t package; /* of the CPU, or NODE_NO_PACKAGE */
	struct amount amounts[N_EVENTS];
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
