/* SPDX-License-Identifier: MIT */
/* Coming to and going from the places of a CPU: what counters showed at both ends of it. */
#ifndef MSRD_CLIENT_REGION_PLACE_H
#define MSRD_CLIENT_REGION_PLACE_H

#include "client/region_file.h"

/* What one mark reads. */
struct region_sample {
	uint64_t ns;
	uint64_t *values[REGION_N_LEVELS]; /* room for max_values each */
	char error[REGION_ERROR_SIZE];	   /* "" where all was read */
};

/* How a mark gets to know what it needs; a test brings its own. */
struct region_reader {
	void *context;
	uint32_t (*cpu)(void *context);
	uint64_t (*now_ns)(void *context);
	/* The places of that CPU at those levels, a bit each, at once. */
	void (*read)(void *context, uint32_t cpu, unsigned levels, struct region_sample *sample);
};

/* A thread of the process pid comes to the places whose entries are not NULL. */
void region_enter(const struct region_file *file, struct region_entry *const entries[], int32_t pid,
	uint32_t cpu, const struct region_reader *reader, struct region_sample *sample);

/* It goes. At the levels of spoiled nothing can be said of what was counted; has_ended: it is a
 * call. */
void region_leave(const struct region_file *file, struct region_entry *const entries[], int32_t pid,
	uint32_t cpu, const struct region_reader *reader, struct region_sample *sample,
	unsigned spoiled, bool has_ended);

/* A process of that number begins: what one that had it before left open is not its own. */
void region_forget(const struct region_file *file, int32_t pid);

/*
 * What the reads of a place found, in ops, as numbers that do not wrap: values holds what
 * was seen of each before. False: two halves of a counter do not fit, it went on in between.
 */
bool region_decode(const struct region_file *file, const struct region_place *place,
	const struct msrd_op *ops, uint64_t *values);

#endif
