/* SPDX-License-Identifier: MIT */
/*
 * Writes a trace. What can't be written (a full disk) is complained of once, at once; the file then
 * has no last line "end", by which readers tell that it is cut.
 */
#ifndef MSRD_SIM_TAP_TRACE_WRITER_H
#define MSRD_SIM_TAP_TRACE_WRITER_H

#include "sim/tap/trace.h"

struct trace_writer;

/* A new file at path, in place of one that is there; zstd when it ends in .zst. NULL after a
 * complaint. */
struct trace_writer *trace_writer_open(const char *path, const struct trace_header *header,
	void (*complain)(void *context, const char *message), void *context);

void trace_writer_put(struct trace_writer *writer, const struct trace_access *access);

/* The last line, and all that is still here. False: something could not be written, then or before,
 * and has been complained of. */
bool trace_writer_end(struct trace_writer *writer);

/* Closes; NULL is fine; returns NULL. Without trace_writer_end the file is removed: half of one is
 * no use. */
struct trace_writer *trace_writer_free(struct trace_writer *writer);

#endif
