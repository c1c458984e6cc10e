/* SPDX-License-Identifier: MIT */
/*
 * Whatever the client asks for, nothing of it is used as an index or a length
 * here: the wire has bounded it, and the back ends look it up. Knows no bytes.
 */
#include "daemon/access.h"

#include "daemon/lock.h"
#include "util/clock.h"
#include "util/log.h"

static void log_suppressed(struct access *access)
{
	unsigned suppressed = refusals_take_suppressed(&access->refusals);

	if (suppressed > 0)
		log_line(LOG_WARNING, "uid %u pid %d: %u more refusals not logged",
			(unsigned)access->peer.uid, (int)access->peer.pid, suppressed);
}

static void log_refusal(struct access *access, const struct op *op)
{
	char text[OP_TEXT_SIZE], why[POLICY_TEXT_SIZE];

	if (!refusals_may_log(&access->refusals, clock_now_ms()))
		return;
	log_suppressed(access);
	log_line(LOG_WARNING, "refused: uid %u pid %d: %s (%s)", (unsigned)access->peer.uid,
		(int)access->peer.pid, op_describe(op, text),
		policy_refusal_describe(&access->refusal, why));
}

static void refuse(struct access *access, struct op *op, const struct policy_refusal *refusal)
{
	access->refusal = *refusal;
	op->status = OP_REFUSED;
	log_refusal(access, op);
}

/* What another register of the op's device holds. False, and the op is left undone,
 * when that can't be read: op->status tells why. */
static bool look(struct device *device, struct op *op, uint32_t reg, uint64_t *value)
{
	struct op read = *op;

	read.verb = OP_READ;
	read.place.reg = reg;
	device->ops->access(device, &read);
	op->status = read.status;
	*value = read.value;
	return op->status == OP_OK;
}

static bool is_fine(struct access *access, struct op *op, const struct policy_refusal *refusal)
{
	if (refusal->reason == POLICY_NO_REASON)
		return true;
	refuse(access, op, refusal);
	return false;
}

/* Some bits only: what the register holds now decides. */
static bool old_value_allows(
	struct access *access, struct device *device, const struct policy_rule *rule, struct op *op)
{
	struct policy_refusal refusal;
	uint64_t old;

	if (!look(device, op, op->place.reg, &old))
		return false;
	refusal = policy_judge_change(rule, old, op->value);
	return is_fine(access, op, &refusal);
}

/* A counter that interrupts the kernel is the kernel's: its control tells. */
static bool holder_allows(
	struct access *access, struct device *device, const struct policy_rule *rule, struct op *op)
{
	const struct policy_hold *hold = policy_asks_control(rule);
	struct policy_refusal refusal;
	uint64_t control;

	if (!hold)
		return true;
	if (!look(device, op, hold->control, &control))
		return false;
	refusal = policy_judge_holder(hold, control);
	return is_fine(access, op, &refusal);
}

/* Would the lock file make a difference? Then that is the reason to tell. */
static void explain_owners(
	const struct access *access, const struct op *op, struct policy_refusal *refusal)
{
	struct policy_rule rule;

	if (access->owner_policy && policy_check(access->owner_policy, op, &rule) != POLICY_REFUSED)
		refusal->reason = POLICY_OWNERS;
}

static void judge_and_carry_out(struct access *access, const struct policy *policy, struct op *op)
{
	struct device *device = access->devices[op->place.space];
	struct policy_rule rule;

	switch (policy_check(policy, op, &rule)) {
	case POLICY_ASK_OLD_VALUE:
		if (!old_value_allows(access, device, &rule, op))
			return;
		break;
	case POLICY_ALLOWED:
		break;
	case POLICY_REFUSED:
		explain_owners(access, op, &rule.refusal);
		refuse(access, op, &rule.refusal);
		return;
	}
	if (holder_allows(access, device, &rule, op))
		device->ops->access(device, op);
}

void access_run(struct access *access, struct op *op)
{
	/* on every access: an administrator may give or take the counters at any time */
	bool is_owner;
	enum op_status lock = lock_check(access->lock_path, access->peer.uid, &is_owner);
	const struct policy *policy =
		is_owner && access->owner_policy ? access->owner_policy : access->policy;

	if (lock != OP_OK)
		op->status = lock;
	else if (access->unready != OP_OK)
		op->status = access->unready;
	else if (op->status == OP_OK)
		judge_and_carry_out(access, policy, op);
}

void access_finish(struct access *access)
{
	log_suppressed(access);
}
