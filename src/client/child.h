/* SPDX-License-Identifier: MIT */
/* The daemon as a process of ours: start it, see it end, end it. */
#ifndef MSRD_CLIENT_CHILD_H
#define MSRD_CLIENT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	int pidfd; /* -1 where the kernel has none; readable when the process has ended */
	enum {
		CHILD_RUNS,
		CHILD_EXITED,  /* status is its exit status */
		CHILD_KILLED,  /* status is the signal */
		CHILD_UNKNOWN, /* it ended, but somebody else waited for it */
		CHILD_NOT_OURS /* a service manager's: nothing to wait for, or to end */
	} state;
	int status;
};

/* A daemon that somebody else has started. */
struct child child_of_nobody(void);

/* Runs path with no argument and no environment, and input (-1: nothing) as its standard input. 0
 * or -errno. */
int child_start(struct child *child, const char *path, int input);

/* Has it ended? Waits for that at most timeout_ms. */
bool child_has_ended(struct child *child, unsigned timeout_ms);

/* Has it ended well? LIKWID's own daemon does so at once, and leaves a child under its name that
 * is none of ours. */
bool child_has_stepped_aside(struct child *child);

/* Lets it end by itself for patience_ms, then asks it to, and after asked_ms more kills it, which
 * may take as long again. */
void child_end(struct child *child, unsigned patience_ms, unsigned asked_ms);

/* "it ended with exit status 3" and the like, into text. */
void child_describe(const struct child *child, char *text, size_t size);

#endif
