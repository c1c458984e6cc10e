/* SPDX-License-Identifier: MIT */
/* Trace files as the verbs take them: what is wrong with them is told on standard error. */
#ifndef MSRD_FUSE_MSR_TRACEFILE_H
#define MSRD_FUSE_MSR_TRACEFILE_H

#include "sim/tap/trace_reader.h"

/* NULL after a message. */
struct trace_reader *tracefile_open(const char *path);

/* Reads all of it first, so that what is wrong is told before anything is done with it. NULL after
 * a message. */
struct trace_reader *tracefile_open_checked(const char *path);

/* Is the text a list like 0x186-0x189,0x38f? is_in, unless NULL, is whether number is in it. */
bool tracefile_has_number(const char *list, uint32_t number, bool *is_in);

/* Is it the same file? Neither has to exist. */
bool tracefile_is_same(const char *a, const char *b);

#endif
