/* SPDX-License-Identifier: MIT */
/*
 * Whatever the client asks for, nothing of it is used as an index or a length
 * here: the wire has bounded it, and the back ends look it up. Knows no bytes.
 */
#include "daemon/access.h"

#include "arch/controls.h"
#include "node/lock.h"
#include "util/clock.h"
#include "util/log.h"

/*
 * A user who may not stop the daemon can still keep it from its processor: by cgroup.freeze, or by
 * a crowd where it runs. If that happens between a look, at the lock file or at a register, and the
 * write, the looks are repeated. Chosen, not tuned: a look takes some microseconds.
 */
#define FRESH_NS    (CLOCK_SECOND_NS / 1000)
#define PATIENCE_NS CLOCK_SECOND_NS

/* An op before it is carried out: what the lists say of it, and what is known of its register. */
struct judgement {
	struct policy_rule rule;
	struct policy_refusal refusal; /* where op->status is OP_REFUSED */
	uint64_t since_ns;	       /* it is of what is looked at from then on */
	bool has_old;
	uint64_t old;
};

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

/* What another register of the op's device holds. False, and the op is left undone,
 * when that can't be read: op->status tells why. */
static bool look(struct access *access, struct op *op, uint32_t reg, uint64_t *value)
{
	struct device *device = access->devices[op->place.space];
	struct op read = *op;

	read.verb = OP_READ;
	read.place.reg = reg;
	device_access(device, &read);
	op->status = read.status;
	*value = read.value;
	return op->status == OP_OK;
}

static bool is_fine(struct op *op, struct judgement *judgement, struct policy_refusal refusal)
{
	if (refusal.reason == POLICY_NO_REASON)
		return true;
	judgement->refusal = refusal;
	op->status = OP_REFUSED;
	return false;
}

/* Some bits only: what the register holds now decides. */
static bool old_value_allows(struct access *access, struct op *op, struct judgement *judgement)
{
	judgement->has_old = look(access, op, op->place.reg, &judgement->old);
	return judgement->has_old &&
	       is_fine(op, judgement,
		       policy_judge_change(&judgement->rule, judgement->old, op->value));
}

/* A counter that interrupts the kernel is the kernel's: its control tells. */
static bool holder_allows(struct access *access, struct op *op, struct judgement *judgement)
{
	const struct policy_hold *hold = policy_asks_control(&judgement->rule);
	uint64_t control;

	if (!hold)
		return true;
	return look(access, op, hold->control, &control) &&
	       is_fine(op, judgement, policy_judge_holder(hold, control));
}

/* False: op->status says why not. */
static bool judge(struct access *access, const struct policy *policy, struct op *op,
	struct judgement *judgement)
{
	enum policy_verdict verdict = policy_check(policy, op, &judgement->rule);

	judgement->has_old = false;
	if (verdict == POLICY_REFUSED)
		return is_fine(op, judgement, judgement->rule.refusal);
	if (verdict == POLICY_ASK_OLD_VALUE && !old_value_allows(access, op, judgement))
		return false;
	return holder_allows(access, op, judgement);
}

static const struct policy *policy_of(const struct access *access, bool is_owner)
{
	return is_owner && access->owner_policy ? access->owner_policy : access->policy;
}

/* All of it, as of now. False: op->status says why not. */
static bool look_and_judge(struct access *access, struct op *op, struct judgement *judgement)
{
	bool is_owner;

	judgement->since_ns = clock_now_ns();
	op->status = lock_check(access->lock_path, access->peer.uid, &is_owner);
	return op->status == OP_OK && judge(access, policy_of(access, is_owner), op, judgement);
}

/* Right before the write. False: op->status says why not. */
static bool renew(struct access *access, struct op *op, struct judgement *judgement)
{
	/* of a batch, the look may be old by then for what came before */
	uint64_t first_ns = clock_now_ns(), now_ns;

	while ((now_ns = clock_now_ns()) - judgement->since_ns > FRESH_NS) {
		if (now_ns - first_ns > PATIENCE_NS) {
			op->status = OP_BUSY;
			return false;
		}
		if (!look_and_judge(access, op, judgement))
			return false;
	}
	return true;
}

static bool would_allow(const struct policy *policy, const struct op *op)
{
	struct policy_rule rule;

	return policy && policy_check(policy, op, &rule) != POLICY_REFUSED;
}

/* Would the lock file make a difference, or the configuration? Then that is the reason to tell. */
static void explain(const struct access *access, const struct policy *policy, const struct op *op,
	struct policy_refusal *refusal)
{
	if (would_allow(policy, op))
		return; /* it depends on the old value, whoever asks */
	if (would_allow(access->owner_policy, op))
		refusal->reason = POLICY_OWNERS;
	else if (would_allow(access->anybody, op))
		refusal->reason = POLICY_OTHERS;
}

/* What the register held is remembered before it is written. False: then it must not be. */
static bool keep(struct access *access, struct op *op, struct judgement *judgement)
{
	struct kept_value *value = kept_find(access->kept, &op->place);

	if (!value && !judgement->has_old && !look(access, op, op->place.reg, &judgement->old))
		return false;
	if (!value)
		value = kept_add(access->kept, &op->place, judgement->old);
	if (!value)
		return is_fine(op, judgement, (struct policy_refusal){.reason = POLICY_NOT_KEPT});
	/* writing 1 to a bit that is cleared by it changes nothing that could be put back */
	value->changed |= (value->old ^ op->value) & ~judgement->rule.w1c_mask;
	value->written = op->value;
	return true;
}

/* Selects that a box clears with its control, as far as the peer could have written them. */
static bool keep_cleared(struct access *access, const struct policy *policy, struct op *op,
	struct judgement *judgement)
{
	struct op cleared = {.verb = OP_WRITE, .place = op->place};
	struct judgement its;

	for (size_t i = 0;
		arch_cleared_by(access->arch, &op->place, op->value, i, &cleared.place.reg); i++) {
		if (policy_check(policy, &cleared, &its.rule) == POLICY_REFUSED)
			continue;
		its.has_old = false;
		if (keep(access, &cleared, &its))
			continue;
		op->status = cleared.status;
		judgement->refusal = its.refusal;
		return false;
	}
	return true;
}

/* Whoever refused it: remembered for the client, and logged. */
static void note_refusal(struct access *access, const struct policy *policy, const struct op *op,
	struct policy_refusal refusal)
{
	explain(access, policy, op, &refusal);
	access->refusal = refusal;
	log_refusal(access, op);
}

/* What is known before anything of the batch is carried out. False: op->status says why not. */
static bool may(struct access *access, const struct access_look *look, struct op *op)
{
	struct policy_rule rule;

	if (look->status != OP_OK)
		op->status = look->status;
	else if (op->status == OP_OK && policy_check(look->policy, op, &rule) == POLICY_REFUSED) {
		op->status = OP_REFUSED;
		note_refusal(access, look->policy, op, rule.refusal);
	}
	return op->status == OP_OK;
}

/* At its turn: what the register holds now, and who holds it, is looked at. */
static void carry_out_write(struct access *access, const struct access_look *look, struct op *op)
{
	struct device *device = access->devices[op->place.space];
	const struct policy *policy = look->policy;
	struct judgement judgement = {.since_ns = look->since_ns};
	bool may = judge(access, policy, op, &judgement);

	if (may && arch_is_control(access->arch, &op->place))
		may = keep(access, op, &judgement) && keep_cleared(access, policy, op, &judgement);
	if (may)
		may = renew(access, op, &judgement);
	if (may)
		device_access(device, op);
	else if (op->status == OP_REFUSED)
		note_refusal(access, policy, op, judgement.refusal);
}

/* How many, with ops[0] which may be done, are no writes and of one space: they were judged wholly,
 * and nothing comes in between. */
static size_t count_alike(const struct op *ops, size_t n)
{
	size_t i = 0;

	while (i < n && ops[i].status == OP_OK && ops[i].verb != OP_WRITE &&
		ops[i].place.space == ops[0].place.space)
		i++;
	return i;
}

/* The first, which may, and those of n that can go with it. How many. */
static size_t carry_out(
	struct access *access, const struct access_look *look, struct op *ops, size_t n)
{
	struct device *device = access->devices[ops->place.space];

	if (ops->verb == OP_WRITE) {
		carry_out_write(access, look, ops);
		return 1;
	}
	n = count_alike(ops, n);
	device->ops->access(device, ops, n);
	return n;
}

/* Of what was tried. */
static void count(struct access_counts *counts, const struct op *op)
{
	if (op->status == OP_REFUSED)
		counts->refused++;
	else if (op->status != OP_OK)
		counts->failed++;
	else if (op->verb != OP_CHECK)
		(*(op->verb == OP_READ ? &counts->read : &counts->written))++;
}

struct access_look access_look(const struct access *access)
{
	struct access_look look = {.since_ns = clock_now_ns()};

	look.status = lock_check(access->lock_path, access->peer.uid, &look.is_owner);
	look.policy = policy_of(access, look.is_owner);
	if (look.status == OP_OK)
		look.status = access->unready;
	return look;
}

/* Ops first to first + n - 1, none of which is about another refusal than the last. */
static void finish(struct access *access, const struct batch *batch, size_t first, size_t n,
	access_hear *hear, void *closure)
{
	for (size_t i = first; i < first + n; i++) {
		count(&access->counts, &batch->ops[i]);
		if (batch->ops[i].status != OP_OK && hear)
			hear(closure, access, i);
	}
}

/* How many may not. */
static size_t judge_all(struct access *access, const struct access_look *look, struct batch *batch,
	access_hear *hear, void *closure)
{
	size_t n = 0;

	for (size_t i = 0; i < batch->n; i++) {
		if (may(access, look, &batch->ops[i]))
			continue;
		n++;
		finish(access, batch, i, 1, hear, closure);
	}
	return n;
}

void access_run(struct access *access, struct batch *batch, access_hear *hear, void *closure)
{
	const struct access_look look = access_look(access);
	size_t n_refused = judge_all(access, &look, batch, hear, closure);
	bool stops = batch->mode == BATCH_UNTIL_FAILURE;
	bool goes_on = n_refused == 0 || batch->mode != BATCH_ALL_OR_NONE;

	batch->begin_ns = look.since_ns;
	for (size_t i = 0, n; i < batch->n; i += n) {
		struct op *op = &batch->ops[i];

		n = 1;
		if (op->status == OP_OK && !goes_on) {
			op->status = OP_SKIPPED;
		} else if (op->status == OP_OK) {
			n = carry_out(access, &look, op, stops ? 1 : batch->n - i);
			finish(access, batch, i, n, hear, closure);
		}
		if (op->status != OP_OK && stops)
			goes_on = false;
	}
	batch->end_ns = clock_now_ns();
}

bool access_judge_again(struct access *access, struct op *op)
{
	struct judgement judgement;

	return look_and_judge(access, op, &judgement) && renew(access, op, &judgement);
}

void access_finish(struct access *access)
{
	log_suppressed(access);
}
