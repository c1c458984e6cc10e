/* SPDX-License-Identifier: MIT */
/* Logs of register accesses that others have recorded become traces, line by line. */
#ifndef MSRD_SIM_IMPORT_TRACE_IMPORT_H
#define MSRD_SIM_IMPORT_TRACE_IMPORT_H

#include <stdio.h>

#include "sim/tap/trace.h"

/* What a line of a log is. */
enum trace_line {
	TRACE_LINE_OTHER,  /* nothing of ours: passed over */
	TRACE_LINE_ACCESS, /* an access */
	TRACE_LINE_WRONG,  /* should be one, and can't be understood */
	TRACE_LINE_LOST,   /* says that accesses are missing */
};

/* A kind of log. */
struct trace_format {
	const char *option; /* as on the command line */
	const char *help;
	const char *example; /* of a line, for messages */
	/* A line without its end. What is wrong: *why, a literal. */
	enum trace_line (*parse)(const char *line, struct trace_access *access, const char **why);
};

/*
 * The tracepoints msr:read_msr and msr:write_msr, as ftrace or trace-cmd and as perf script print
 * them. A fault is EIO. rdpmc and what else there is are other lines.
 */
extern const struct trace_format trace_ftrace;
extern const struct trace_format trace_perf;

/* SerialICE's log. It has no times (0 here) and knows one CPU (0). */
extern const struct trace_format trace_serialice;

struct trace_import {
	const struct trace_format *format;
	const char *name; /* of the log, for messages */
	FILE *log;
	void (*put)(void *context, const struct trace_access *access);
	/* "NAME:LINE: what is wrong and what to do" */
	void (*complain)(void *context, const char *message);
	void (*progress)(void *context); /* now and then; may be NULL */
	void *context;
	/* results */
	uint64_t n_lines, n_accesses, n_lost;
	uint32_t max_cpu; /* the highest CPU number in it */
};

/* All lines. False after a complaint; a log without a single access is one. */
bool trace_import(struct trace_import *import);

#endif
