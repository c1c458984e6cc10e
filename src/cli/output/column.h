/* SPDX-License-Identifier: MIT */
/*
 * The columns of a list of values, which are the keys of NDJSON as well: their names stay what they
 * are, new ones come behind. One table, from which --columns, its help and all lists follow.
 */
#ifndef MSRD_CLI_OUTPUT_COLUMN_H
#define MSRD_CLI_OUTPUT_COLUMN_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/output/record.h"

/* Those that only --regions has. */
#define REGION_COLUMNS(X)                                                                          \
	X(COLUMN_REGION, "region", "REGION", false, false, "the region that it is of")             \
	X(COLUMN_BY, "by", "BY", false, false, "who marks it: program or script")                  \
	X(COLUMN_PROCESS, "process", "PROCESS", true, false, "the process that was in it")         \
	X(COLUMN_THREAD, "thread", "THREAD", true, false, "the thread that was in it")             \
	X(COLUMN_CPU, "cpu", "CPU", true, false, "the CPU that the thread was on")                 \
	X(COLUMN_NOTE, "note", "NOTE", false, false, "what there is to say of it")

/* X(column, name, heading, is it a number, is it the interval's, what it is) */
#define COLUMNS(X)                                                                                 \
	X(COLUMN_KIND, "kind", "KIND", false, true,                                                \
		"interval; total: of the whole run; summary: of the runs of --repeat; nodes: of "  \
		"all together")                                                                    \
	X(COLUMN_INTERVAL, "interval", "INTERVAL", true, true, "number of the interval, from 1")   \
	X(COLUMN_BEGIN_NS, "begin_ns", "BEGIN NS", true, true,                                     \
		"its begin, in ns of CLOCK_MONOTONIC")                                             \
	X(COLUMN_END_NS, "end_ns", "END NS", true, true, "its end, in ns of CLOCK_MONOTONIC")      \
	X(COLUMN_BEGIN, "begin", "BEGIN", false, true, "its begin, date and time (UTC)")           \
	X(COLUMN_END, "end", "END", false, true, "its end, date and time (UTC)")                   \
	X(COLUMN_SECONDS, "seconds", "SECONDS", true, true, "its length")                          \
	X(COLUMN_COMMAND, "command", "COMMAND", false, true, "what became of COMMAND so far")      \
	X(COLUMN_PLACE, "place", "PLACE", false, false, "whose value it is, in words")             \
	X(COLUMN_SCOPE, "scope", "SCOPE", false, false,                                            \
		"what that is: box, cpu, core, numa, socket or node")                              \
	X(COLUMN_NUMBER, "number", "NUMBER", true, false, "its number")                            \
	X(COLUMN_SOCKET, "socket", "SOCKET", true, false, "the socket it is on")                   \
	X(COLUMN_GROUP, "group", "GROUP", false, false, "the group of -g that the metric is of")   \
	X(COLUMN_METRIC, "metric", "METRIC", false, false, "figure, event or metric of a group")   \
	X(COLUMN_TYPE, "type", "TYPE", false, false,                                               \
		"count: so much there was of it; gauge: it was so much")                           \
	X(COLUMN_VALUE, "value", "VALUE", true, false, "the value; of a summary the mean")         \
	X(COLUMN_UNIT, "unit", "UNIT", false, false, "its unit")                                   \
	X(COLUMN_PER_SECOND, "per_second", "PER SECOND", true, false, "a count by the seconds")    \
	X(COLUMN_N, "n", "OF", true, false,                                                        \
		"how many CPUs, boxes or sockets are added up; of a summary: how many runs")       \
	X(COLUMN_MIN, "min", "MIN", true, false, "the least of them")                              \
	X(COLUMN_MAX, "max", "MAX", true, false, "the most of them")                               \
	X(COLUMN_AVERAGE, "average", "AVERAGE", true, false, "their average")                      \
	X(COLUMN_DEVIATION, "stddev", "STDDEV", true, false, "standard deviation of a summary")    \
	X(COLUMN_SHARE, "counted_percent", "TIME %", true, false,                                  \
		"how much of the interval it was counted")                                         \
	X(COLUMN_GRAIN, "grain_percent", "GRAIN %", true, false,                                   \
		"how far an energy may be off, as its counter moves in steps")                     \
	X(COLUMN_EXPECTED, "expected", "EXPECTED", true, false, "what --expect has")               \
	X(COLUMN_OFF, "deviation_percent", "DEV %", true, false, "how far the value is off that")  \
	X(COLUMN_ENCODING, "encoding", "ENCODING", false, false,                                   \
		"the event as it could be written raw")                                            \
	X(COLUMN_REASON, "reason", "WHY N/A", false, false, "why there is no value")               \
	X(COLUMN_NODE, "node", "NODE", false, true, "the node, by its host name")                  \
	X(COLUMN_MODEL, "model", "MODEL", false, true, "the model of its CPUs")                    \
	X(COLUMN_RANKS, "ranks", "RANKS", true, true, "how many ranks of a job are measured")      \
	X(COLUMN_JOB_RANKS, "job_ranks", "JOB RANKS", true, true, "how many the job has")          \
	X(COLUMN_TOGETHER, "together", "TOGETHER", false, false,                                   \
		"of many places it is the sum of values, or the ratio of dividends by divisors")   \
	X(COLUMN_DIVIDEND, "dividend", "DIVIDEND", true, false, "of a ratio: what is divided")     \
	X(COLUMN_DIVISOR, "divisor", "DIVISOR", true, false, "of a ratio: by what")                \
	REGION_COLUMNS(X)

enum column_id {
#define X(column, name, heading, is_number, is_intervals, help) column,
	COLUMNS(X)
#undef X
};
#define N_COLUMNS	(COLUMN_NOTE + 1)
#define N_PLAIN_COLUMNS (COLUMN_DIVISOR + 1) /* without those of regions */

struct column {
	const char *name, *heading, *help;
	bool is_number, is_intervals;
};

const struct column *column_get(enum column_id id);

/* Which columns, in which order. */
struct columns {
	enum column_id list[N_COLUMNS];
	size_t n;
};

/* All of them, with those of regions or without. */
void columns_all(struct columns *columns, bool has_regions);
/* Those of a table for people. */
void columns_few(struct columns *columns);

#define COLUMNS_ERROR_SIZE 128
/* NAME,...: these; +NAME and -NAME: columns and this, or without it. False: error says why. */
bool columns_choose(struct columns *columns, const char *list, char error[COLUMNS_ERROR_SIZE]);

/* One value of a row. */
enum cell_kind { CELL_NONE, CELL_TEXT, CELL_NUMBER, CELL_INTEGER };
struct cell {
	enum cell_kind kind;
	const char *text; /* of the record, or buffer */
	double number;
	uint64_t integer;
	char buffer[40];
};

/* record may be NULL for what is the interval's. Of a cell that stays where it is. */
void cell_get(struct cell *cell, enum column_id id, const struct interval *interval,
	const struct record *record);

#endif
