/* SPDX-License-Identifier: MIT */
/*
 * What control registers held before the session wrote them, in the order of its first writes. The
 * table's size follows from what the policy lets be written and from how many devices there are: it
 * is made before the session, and nothing that a client sends makes it grow.
 */
#ifndef MSRD_DAEMON_KEPT_H
#define MSRD_DAEMON_KEPT_H

#include "op.h"

struct kept_value {
	struct place place;
	uint64_t old;	  /* before the session's first write */
	uint64_t changed; /* bits that it has ever written otherwise */
	uint64_t written; /* by its last write */
};

struct kept {
	struct kept_value *values; /* the oldest first */
	size_t n, capacity;
	uint32_t *slots; /* by place: 1 + the number of its value; 0 is free */
	size_t n_slots;	 /* a power of 2 */
};

/* 0; -ENOMEM: then nothing can be kept. kept_deinit releases. */
int kept_init(struct kept *kept, size_t capacity);
void kept_deinit(struct kept *kept);

/* Forgets all of it. */
void kept_clear(struct kept *kept);

/* NULL: the place's value is not kept. */
struct kept_value *kept_find(const struct kept *kept, const struct place *place);

/* A place that is not kept yet, with nothing changed. NULL: the table is full. */
struct kept_value *kept_add(struct kept *kept, const struct place *place, uint64_t old);

#endif
