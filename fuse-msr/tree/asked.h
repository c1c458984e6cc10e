/* SPDX-License-Identifier: MIT */
/*
 * What a caller asked for, where a request of FUSE doesn't say: which call it is in, the offset
 * that O_APPEND has hidden, the parts of a vector, the offset of a read that came in pieces. Linux
 * tells it of a process that waits for its answer (/proc/PID/syscall), to whom may trace it. That
 * costs, and so is asked only where a request leaves it open. It must not know files.
 */
#ifndef MSRD_FUSE_MSR_TREE_ASKED_H
#define MSRD_FUSE_MSR_TREE_ASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ASKED_PARTS 16 /* of a vector; chosen: who reads registers has few */

struct asked {
	bool has_offset; /* a read or write that says where */
	uint64_t offset;
	size_t parts[ASKED_PARTS]; /* bytes of each buffer, those behind the last one we look at
				      left out */
	unsigned n_parts;	   /* 0: not a vector */
	bool is_access;		   /* access(2), which judges by real and not by effective ids */
};

/* The call in which thread pid waits, by the /proc in which it has that number. False when it can't
 * be looked at. */
bool asked_find(int proc, pid_t pid, struct asked *asked);

/*
 * How many of count bytes a driver does that wants each buffer to be a multiple of unit: those
 * before the first buffer that is not. count itself when it was not a vector.
 */
size_t asked_whole(const struct asked *asked, size_t unit, size_t count);

#endif
