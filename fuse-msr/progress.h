/* SPDX-License-Identifier: MIT */
/* How far something is that takes more than a second: a bar on standard error, if that is a
 * terminal. */
#ifndef MSRD_FUSE_MSR_PROGRESS_H
#define MSRD_FUSE_MSR_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* is being done, as in "reading FILE" */
	uint64_t started_ns, shown_ns;
	bool is_terminal;
};

void progress_init(struct progress *progress, const char *what);

/* share: 0 to 1. Cheap: may be called for every few thousand lines. */
void progress_show(struct progress *progress, double share);

/* Takes the bar away. */
void progress_end(struct progress *progress);

#endif
