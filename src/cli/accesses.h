/* SPDX-License-Identifier: MIT */
/* Accesses to many places as one batch, and how each of them ended. */
#ifndef MSRD_CLI_ACCESSES_H
#define MSRD_CLI_ACCESSES_H

#include "client/msrd.h"
#include "op.h"

struct accesses {
	struct op *list; /* value: to write, or as the last run has read it */
	size_t n;
	/* the rest is accesses.c's; nothing may be added after the first run */
	struct msrd *msrd;
	struct msrd_batch *batch;
	int result;
	uint64_t run_ns;
};

/* How one access ended. */
struct outcome {
	int result;	 /* as in msrd.h */
	unsigned reason; /* where it is not 0 */
	char text[MSRD_ERROR_SIZE];
};

/* 0 or -ENOMEM. */
int accesses_add(
	struct accesses *accesses, enum op_verb verb, const struct place *place, uint64_t value);

/* All of them, again each time. Results are msrd_batch's. */
int accesses_run(struct accesses *accesses, struct msrd *msrd, enum msrd_mode mode);

/* Of access i in the last run. */
struct outcome accesses_outcome(const struct accesses *accesses, size_t i);
/* The same without the text. */
int accesses_result(const struct accesses *accesses, size_t i);
unsigned accesses_reason(const struct accesses *accesses, size_t i);

/* When the last run was, in ns of CLOCK_MONOTONIC: as the daemon says, or else as seen from here.
 */
uint64_t accesses_time_ns(const struct accesses *accesses);

/* The handle is closed next; the accesses can be run again by another one. */
void accesses_leave(struct accesses *accesses);

/* Before the daemon's handle is closed. */
void accesses_deinit(struct accesses *accesses);
#define cleanup_accesses __attribute__((cleanup(accesses_deinit)))

#endif
