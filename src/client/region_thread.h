/* SPDX-License-Identifier: MIT */
/* What one thread has begun, and whether it ends that: where it did so is checked here. */
#ifndef MSRD_CLIENT_REGION_THREAD_H
#define MSRD_CLIENT_REGION_THREAD_H

#include "client/region_place.h"

/* A region on a CPU, as this thread has met it. */
struct region_mark {
	struct region_record *record;
	bool has_entries; /* it was begun there once */
	struct region_entry *entries[REGION_N_LEVELS];
};

struct region_thread {
	const struct region_file *file;
	int32_t pid, tid;
	struct region_mark *marks;
	size_t n_marks;
	struct region_sample sample;
	uint64_t *memory; /* of the sample */
};

/* 0 or -ENOMEM. file must outlive it. */
int region_thread_init(
	struct region_thread *thread, const struct region_file *file, int32_t pid, int32_t tid);

/* The thread ends: what it has not ended says nothing. */
void region_thread_end_all(struct region_thread *thread, const struct region_reader *reader);
/* Frees what it has, and nothing else. */
void region_thread_deinit(struct region_thread *thread);

/* 0; -EINVAL: no name; -ENOENT: it has not begun it; -ENOSPC: there is no room for more of them;
 * -ENOMEM. */
int region_thread_begin(
	struct region_thread *thread, const struct region_reader *reader, const char *name);
int region_thread_end(
	struct region_thread *thread, const struct region_reader *reader, const char *name);

#endif
