/* SPDX-License-Identifier: MIT */
/*
 * Reasons that others have found, in the numbers of the wire. Nothing is looked
 * at anew but whose the lock file is. Knows no bytes.
 */
#include "daemon/explain.h"

#include <stdio.h>

#include "node/lock.h"

static const enum reason policy_reasons[] = {
	[POLICY_NO_REASON] = REASON_NONE,
	[POLICY_NOT_LISTED] = REASON_NOT_LISTED,
	[POLICY_READ_ONLY] = REASON_READ_ONLY,
	[POLICY_TOO_WIDE] = REASON_TOO_WIDE,
	[POLICY_OUTSIDE_MASK] = REASON_OUTSIDE_MASK,
	[POLICY_CLEAR_ONLY] = REASON_CLEAR_ONLY,
	[POLICY_KERNELS] = REASON_KERNELS,
	[POLICY_OWNERS] = REASON_OWNERS,
	[POLICY_OTHERS] = REASON_OTHERS,
	[POLICY_NOT_KEPT] = REASON_NOT_KEPT,
};
_Static_assert(sizeof policy_reasons / sizeof *policy_reasons == POLICY_N_REASONS,
	"each reason of the policy has a number");

static const enum reason causes[] = {
#define X(cause, reason, text, cure) [cause] = REASON_##reason,
	MACHINE_CAUSES(X)
#undef X
};
_Static_assert(sizeof causes / sizeof *causes == N_MACHINE_CAUSES, "each cause has a number");

enum reason explain_cause(enum machine_cause cause)
{
	return causes[cause];
}

static void tell(struct reason_told *told, enum reason reason, const char *text)
{
	told->reason = (uint16_t)reason;
	snprintf(told->text, sizeof told->text, "%s", text);
}

static void tell_refusal(const struct access *access, struct reason_told *told)
{
	char why[POLICY_TEXT_SIZE];

	tell(told, policy_reasons[access->refusal.reason],
		policy_refusal_describe(&access->refusal, why));
}

/* False, and nothing is told: there is no cause. */
static bool tell_cause(struct reason_told *told, enum machine_cause cause)
{
	if (cause == CAUSE_NONE)
		return false;
	told->reason = (uint16_t)explain_cause(cause);
	snprintf(told->text, sizeof told->text, "%s (%s)", machine_cause_text(cause),
		machine_cause_cure(cause));
	return true;
}

static void tell_lock(const struct access *access, struct reason_told *told)
{
	told->reason = REASON_LOCKED;
	lock_describe(access->lock_path, told->text, sizeof told->text);
}

static enum machine_cause cause_of(const enum machine_cause *of_spaces, const struct op *op)
{
	return of_spaces ? of_spaces[op->place.space] : CAUSE_NONE;
}

static void tell_failure(const struct access *access, const struct op *op, struct reason_told *told)
{
	if (op->verb == OP_WRITE && tell_cause(told, cause_of(access->write_causes, op)))
		return;
	/* it is not known which: what could tell them apart can't be opened any more */
	if (op_space_has_units(op->place.space))
		tell(told, REASON_FAULT,
			"the unit's config space may end before this register, or be hidden or "
			"locked down since the session began");
	else if (op->verb == OP_WRITE)
		tell(told, REASON_FAULT,
			"this CPU may not have the register, or not these bits, or the kernel "
			"refuses writes since the session began");
	else
		tell(told, REASON_FAULT, "this CPU may not have the register");
}

/* A file that can't be opened is no reason for a device not to be there. */
static void tell_absence(const struct access *access, const struct op *op, struct reason_told *told)
{
	enum machine_cause cause = cause_of(access->causes, op);

	if (cause == CAUSE_NO_UNCORE || cause == CAUSE_HIDDEN)
		tell_cause(told, cause);
	else
		tell(told, REASON_NO_DEVICE, "this machine shows none, or it is offline");
}

void explain_op(const struct access *access, const struct op *op, struct reason_told *told)
{
	switch (op->status) {
	case OP_OK:
	case OP_UNKNOWN:
	case OP_SKIPPED:
		break;
	case OP_REFUSED:
		tell_refusal(access, told);
		break;
	case OP_NO_FILE:
	case OP_UNSUPPORTED:
		tell_cause(told, cause_of(access->causes, op));
		break;
	case OP_FAILED:
		tell_failure(access, op, told);
		break;
	case OP_BUSY:
		tell(told, REASON_DELAYED,
			"the daemon was kept from its processor between the look and the write: "
			"try again");
		break;
	case OP_ABSENT:
		tell_absence(access, op, told);
		break;
	case OP_LOCKED:
		tell_lock(access, told);
		break;
	}
}
