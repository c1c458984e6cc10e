/* SPDX-License-Identifier: MIT */
/*
 * The end of a session whose client did not say exit: what it has changed is put back, the newest
 * first. Only the bits that it has changed, so that what others made of the rest meanwhile stays.
 */
#ifndef MSRD_DAEMON_RESTORE_H
#define MSRD_DAEMON_RESTORE_H

#include "daemon/access.h"

/* What became of the registers that were not as before. X(outcome, text for the log) */
#define RESTORE_OUTCOMES(X)                                                                        \
	X(RESTORE_DONE, "restored")                                                                \
	X(RESTORE_PARTLY, "restored but for clear-only bits")                                      \
	X(RESTORE_FAILED, "not restored: failed")                                                  \
	X(RESTORE_REFUSED, "not restored: refused, or the kernel's")                               \
	X(RESTORE_LOCKED, "not restored: locked by another user")                                  \
	X(RESTORE_LASTS, "left switched")

enum restore_outcome {
#define X(outcome, text) outcome,
	RESTORE_OUTCOMES(X)
#undef X
};
#define RESTORE_N_OUTCOMES (0 RESTORE_OUTCOMES(OP_ONE))

struct restored {
	unsigned n[RESTORE_N_OUTCOMES];
	struct place first; /* of those that should have been put back wholly and were not */
};

/* How many registers a session may have to put back: all controls that the policy lets be written,
 * on as many devices as each section has. */
size_t restore_capacity(const struct arch *arch, const struct policy *policy,
	const size_t n_devices[ALLOW_N_SECTIONS]);

/*
 * Puts back all that is kept. has_closed: the client took all replies and closed between two
 * records, which with some is their way to say exit; then access->lasting stays. Waits for nothing,
 * and asks for no signal: once begun, it is done.
 */
void restore_run(struct access *access, bool has_closed, struct restored *restored);

/* How many were not as before. */
unsigned restore_total(const struct restored *restored);
/* Was any of them left otherwise than it had to be? */
bool restore_left_some(const struct restored *restored);

#endif
