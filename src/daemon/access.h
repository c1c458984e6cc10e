/* SPDX-License-Identifier: MIT */
/*
 * One op of one client: judged and carried out. The only place where lock,
 * policy and device meet.
 */
#ifndef MSRD_DAEMON_ACCESS_H
#define MSRD_DAEMON_ACCESS_H

#include "arch/arch.h"
#include "daemon/kept.h"
#include "daemon/peer.h"
#include "daemon/refusals.h"
#include "device/device.h"
#include "device/machine_cause.h"
#include "op.h"
#include "policy/policy.h"

/* How the accesses of a session ended; a look at whether something is there is none. */
struct access_counts {
	uint64_t read, written, refused, failed;
};

struct access {
	struct peer peer; /* for whom */
	const struct policy *policy;
	/* ... while the lock file is the peer's; NULL: the same */
	const struct policy *owner_policy;
	/* What others have or could have, to explain a refusal; NULL: nothing more. */
	const struct policy *anybody;
	/* What a client leaves as it wrote it if it just closes; NULL: nothing. */
	const struct policy *lasting;
	struct device *const *devices; /* of each space */
	const struct arch *arch;       /* NULL: not known */
	const char *lock_path;
	/* Not OP_OK: the daemon could not get ready; the answer to every access. */
	enum op_status unready;
	/* by space, to explain with; NULL: nothing is known (machine.h) */
	const enum machine_cause *causes, *write_causes;

	/* What control registers held before: one that does not fit in here is not written. */
	struct kept *kept;
	struct access_counts counts;
	struct refusals refusals;
	struct policy_refusal refusal; /* why, of the last op that was refused */
};

/* What holds for all accesses of the moment since_ns, and for those of a batch. */
struct access_look {
	enum op_status status; /* OP_OK, or the answer to all of them */
	const struct policy *policy;
	bool is_owner; /* the lock file is the peer's */
	uint64_t since_ns;
};

/* Looks at the lock file: an administrator may give or take the counters at any time. */
struct access_look access_look(const struct access *access);

/* Hears of each op that was not done though it was tried, when access->refusal is about it. */
typedef void access_hear(void *closure, const struct access *access, size_t i);

/*
 * Judges all ops by what is known before the first is carried out, then carries them out in
 * order, as batch->mode says; op->status tells how each went. One that has a status already,
 * because the wire knows that it can't be, keeps it. hear may be NULL.
 */
void access_run(struct access *access, struct batch *batch, access_hear *hear, void *closure);

/* May the peer do the write, as things are now? Else op->status says why not. Writes nothing, and
 * logs nothing. */
bool access_judge_again(struct access *access, struct op *op);

/* The last word in the log: how many refusals were not logged. */
void access_finish(struct access *access);

#endif
