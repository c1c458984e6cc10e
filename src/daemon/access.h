/* SPDX-License-Identifier: MIT */
/*
 * One op of one client: judged and carried out. The only place where lock,
 * policy and device meet.
 */
#ifndef MSRD_DAEMON_ACCESS_H
#define MSRD_DAEMON_ACCESS_H

#include "daemon/peer.h"
#include "daemon/refusals.h"
#include "device/device.h"
#include "op.h"
#include "policy/policy.h"

struct access {
	struct peer peer; /* for whom */
	const struct policy *policy;
	/* ... while the lock file is the peer's; NULL: the same */
	const struct policy *owner_policy;
	struct device *const *devices; /* of each space */
	const char *lock_path;
	/* Not OP_OK: the daemon could not get ready; the answer to every access. */
	enum op_status unready;

	struct refusals refusals;
	struct policy_refusal refusal; /* why, of the last op that was refused */
};

/* Judges op and carries it out; op->status says how it went. One that has a
 * status already, because the wire knows that it can't be, keeps it. */
void access_run(struct access *access, struct op *op);

/* The last word in the log: how many refusals were not logged. */
void access_finish(struct access *access);

#endif
