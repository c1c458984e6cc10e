/* SPDX-License-Identifier: MIT */
/* What a daemon takes of the machine while it serves: memory, system calls, context switches. It
 * must not know what daemon that is. */
#ifndef MSRD_BENCH_FOOTPRINT_H
#define MSRD_BENCH_FOOTPRINT_H

#include <sys/types.h>

#include "candidate.h"

/* NAN: could not be found out here; why is said on stderr. */
struct footprint {
	double rss_kib, pss_kib, calls, switches; /* the latter two an access */
};

/* Of the process pid that serves the candidate, with reads like access. 0, or -errno: it is gone.
 */
int footprint_take(struct footprint *footprint, struct candidate *daemon, pid_t pid,
	const struct timed_access *access);

#endif
