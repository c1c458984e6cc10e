/* SPDX-License-Identifier: MIT */
/* What is between the node's files and its machine: traces and faults. */
#ifndef MSRD_FUSE_MSR_TAPS_H
#define MSRD_FUSE_MSR_TAPS_H

#include "fuse-msr/verb.h"
#include "sim/tap/fault.h"
#include "sim/tap/tap.h"

struct taps {
	struct tap *first;  /* where accesses go; owns the others */
	struct tap *record; /* of --trace, or NULL */
	struct tap *replay; /* of --replay, or NULL */
	const char *name;   /* of the trace that is replayed */
	struct fault *fault;
};

/* 0, or an exit status after a message. The machine has to outlive them. */
int taps_init(struct taps *taps, struct machine *machine);

/* What the options want in front of these: the file of a trace is made. */
int taps_begin(struct taps *taps, const struct options *options, const struct fixture *fixture,
	struct machine *machine);

/* All accesses have been made: the trace ends, and the replay is reported. The exit status, which
 * is the given one unless there is something worse to tell. */
int taps_end(struct taps *taps, int status);

void taps_deinit(struct taps *taps);

#endif
