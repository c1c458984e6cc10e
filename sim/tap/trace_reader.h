/* SPDX-License-Identifier: MIT */
/* Reads a trace, access by access. What is wrong is complained of with FILE:LINE. */
#ifndef MSRD_SIM_TAP_TRACE_READER_H
#define MSRD_SIM_TAP_TRACE_READER_H

#include "sim/tap/trace.h"

struct trace_reader;

/* "FILE:LINE: what is wrong and what to do" */
typedef void trace_complain(void *context, const char *message);

/*
 * Opens a trace and reads its header. NULL after a complaint. zstd when the path
 * ends in .zst. Memory: some 300 KiB, and 8 MiB more of a compressed one.
 */
struct trace_reader *trace_reader_open(const char *path, trace_complain *complain, void *context);

/* The same of a descriptor, which it takes over; name decides as the path does. */
struct trace_reader *trace_reader_new(
	int fd, const char *name, trace_complain *complain, void *context);

const struct trace_header *trace_reader_header(const struct trace_reader *reader);

/* 1: an access; 0: the end, all is well; -1: after a complaint, and so from then on. */
int trace_reader_next(struct trace_reader *reader, struct trace_access *access);

/* The line of the last access. */
uint64_t trace_reader_line(const struct trace_reader *reader);

/* How much of the file has been read, 0 to 1; 0 where that can't be known. */
double trace_reader_share(const struct trace_reader *reader);

/* NULL is fine; returns NULL. */
struct trace_reader *trace_reader_free(struct trace_reader *reader);

#endif
