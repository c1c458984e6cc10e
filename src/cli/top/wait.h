/* SPDX-License-Identifier: MIT */
/* Waiting for time, keys and signals in one place, without a handler. */
#ifndef MSRD_CLI_TOP_WAIT_H
#define MSRD_CLI_TOP_WAIT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct wait {
	int signals, keys;
	sigset_t old_mask;
	uint32_t signal; /* the one that ends it, or 0 */
};

enum wait_event {
	WAIT_TIME,
	WAIT_KEY,
	WAIT_SIGNAL,	/* one that ends a program */
	WAIT_STOP,	/* as by Ctrl-Z */
	WAIT_CONTINUED, /* it was stopped, and nobody has asked */
	WAIT_RESIZED,
	WAIT_GONE, /* the terminal */
};

/* From here on signals are events, but for those that we were told to ignore. keys: a descriptor,
 * or -1. 0 or -errno. */
int wait_init(struct wait *wait, int keys);
/* Signals do what they did; one that came meanwhile does it now, but for the one that ended it. */
void wait_deinit(struct wait *wait);

/* Until CLOCK_MONOTONIC shows ns, or something comes before that. */
enum wait_event wait_next(struct wait *wait, uint64_t until_ns);

/* Stops this process as SIGTSTP does, until somebody lets it go on. */
void wait_stop(void);

#endif
