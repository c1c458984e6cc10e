/* SPDX-License-Identifier: MIT */
/*
 * What was measured, whatever measured it: a list of values, each with whose it is, what it is and,
 * where there is none, why. Every format is written from this. Knows no counter and no format.
 */
#ifndef MSRD_CLI_OUTPUT_RECORD_H
#define MSRD_CLI_OUTPUT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_PLACE_SIZE    64
#define RECORD_ENCODING_SIZE 160
#define RECORD_REASON_SIZE   512
#define RECORD_REGION_SIZE   64

/* What the values of several places are together; none: nothing that follows from them.
 * X(together, name) */
#define RECORD_TOGETHER(X)                                                                         \
	X(RECORD_APART, NULL)                                                                      \
	X(RECORD_SUM, "sum")                                                                       \
	X(RECORD_RATIO, "ratio")

enum record_together {
#define X(together, name) together,
	RECORD_TOGETHER(X)
#undef X
};
/* Its name, or NULL. */
const char *record_together(enum record_together together);

enum record_source { RECORD_FIGURE, RECORD_EVENT, RECORD_GROUP };

/* One value. Texts by pointer live as long as the measurement. */
struct record {
	char place[RECORD_PLACE_SIZE]; /* "cpu 0" */
	const char *scope;	       /* "cpu", "socket", ... */
	bool has_number, has_socket;
	uint32_t number, socket;
	enum record_source source;
	const char *group; /* GROUP */
	const char *metric;
	const char *node; /* where values of several are put side by side; else NULL */
	const char *unit; /* "" is none */
	bool is_count;	  /* so much there was of it in the interval; else it was so much */
	double value;	  /* NAN: not measured, and reason says why */
	double per_second;
	uint64_t n; /* CPUs, boxes or places that are added up; of a summary: runs */
	double min, max, average, deviation; /* of them; deviation: of a summary */
	double share;			     /* of the interval that it was counted */
	double expected, off_percent;
	char encoding[RECORD_ENCODING_SIZE]; /* "" is none */
	char reason[RECORD_REASON_SIZE];     /* "" where there is a value */
	enum record_together together;
	double dividend, divisor;	 /* of RECORD_RATIO */
	double grain_percent;		 /* so far it may be off, as the counter moves in steps */
	char region[RECORD_REGION_SIZE]; /* that it is of; "" is the whole measurement */
	const char *by;			 /* who marks the region: program, script */
	bool is_thread;			 /* of one that was in the region, on that CPU */
	int32_t process, thread;
	uint32_t cpu;
	const char *note;
};

struct records {
	struct record *list;
	size_t n;
};

/* Another one: no value, nor what else there need not be. NULL when out of memory. */
struct record *records_add(struct records *records);
void records_deinit(struct records *records);

/* When something was, by two clocks. */
struct moment {
	uint64_t ns;	  /* CLOCK_MONOTONIC of the machine, or the time of a simulated node */
	uint64_t wall_ns; /* CLOCK_REALTIME */
};

/* X(kind, name) */
#define INTERVAL_KINDS(X)                                                                          \
	X(INTERVAL_ONE, "interval")                                                                \
	X(INTERVAL_TOTAL, "total")                                                                 \
	X(INTERVAL_SUMMARY, "summary")                                                             \
	X(INTERVAL_NODES, "nodes")

enum interval_kind {
#define X(kind, name) kind,
	INTERVAL_KINDS(X)
#undef X
};
#define INTERVAL_N_KINDS (INTERVAL_NODES + 1)
const char *interval_kind(enum interval_kind kind);

/* What records are about. */
struct interval {
	enum interval_kind kind;
	uint64_t number; /* ONE: from 1 */
	struct moment begin, end;
	bool has_command;
	char command[40];	   /* "exit status 0" */
	const char *node, *model;  /* NULL: not said */
	uint32_t ranks, job_ranks; /* 0: of no job */
};

double interval_seconds(const struct interval *interval);

#endif
