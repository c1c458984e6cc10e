/* SPDX-License-Identifier: MIT */
/*
 * The policy judges one access by one or more allowlists. Pure and immutable:
 * what it is given must outlive it.
 */
#ifndef MSRD_POLICY_POLICY_H
#define MSRD_POLICY_POLICY_H

#include <stdbool.h>

#include "op.h"
#include "policy/allowlist.h"
#include "policy/readable.h"

/* Chosen, not tuned: the profiles and the lists that a site may have (policy/config.h). */
#define POLICY_MAX_LISTS 12

/*
 * What the kernel may hold: while the bits of interrupt are on in the MSR
 * control, the counter interrupts the kernel, which programmed it, and nobody
 * else may write its register reg. Where reg is the control itself, field is
 * the part of it that is the counter's: it may be released only, by clearing
 * interrupt.
 */
struct policy_hold {
	uint32_t reg, control;
	uint64_t interrupt, field;
};

/* Chosen, not tuned: more registers than any core's PMU has. */
#define POLICY_MAX_HOLDS 40

struct policy {
	const struct allowlist *lists[POLICY_MAX_LISTS];
	size_t n_lists;
	struct readable readable; /* of the lists that were added */
	/* those of one register stand together */
	struct policy_hold holds[POLICY_MAX_HOLDS];
	size_t n_holds;
};

/* Adds a list: what any of them allows is allowed. 0, or -ENOSPC. */
int policy_add(struct policy *policy, const struct allowlist *list);

enum policy_verdict {
	POLICY_REFUSED,
	POLICY_ALLOWED,
	/* A write to a register of which only some bits may change: allowed if
	 * policy_change_is_allowed says so of the value it has now. */
	POLICY_ASK_OLD_VALUE,
};

/*
 * Why an access is refused, for the log and for the client. X(reason, text); a
 * %s of the text is the bits in question.
 */
#define POLICY_REASONS(X)                                                                          \
	X(POLICY_NO_REASON, "allowed")                                                             \
	X(POLICY_NOT_LISTED, "not listed")                                                         \
	X(POLICY_READ_ONLY, "may only be read")                                                    \
	X(POLICY_TOO_WIDE, "bits %s are not in a register of this space")                          \
	X(POLICY_OUTSIDE_MASK, "bits %s outside the mask")                                         \
	X(POLICY_CLEAR_ONLY, "bits %s may only be cleared, and would be on")                       \
	X(POLICY_KERNELS, "the kernel holds this counter")                                         \
	X(POLICY_OWNERS, "the profile is off: only for the owner of the lock file")                \
	X(POLICY_OTHERS, "the profile or allowlist is off: others have it, or could")              \
	X(POLICY_NOT_KEPT, "too many: what it holds now could not be put back later")

enum policy_reason {
#define X(reason, text) reason,
	POLICY_REASONS(X)
#undef X
};

#define POLICY_N_REASONS (POLICY_NOT_KEPT + 1)

struct policy_refusal {
	enum policy_reason reason;
	uint64_t bits; /* where the reason is about some */
};

/* "bits 0x1 outside the mask". Returns text. */
#define POLICY_TEXT_SIZE 80
const char *policy_refusal_describe(
	const struct policy_refusal *refusal, char text[POLICY_TEXT_SIZE]);

/* What the lists together say of a register. */
struct policy_rule {
	uint64_t write_mask;
	uint64_t clear_mask;
	uint64_t w1c_mask;
	struct policy_refusal refusal; /* why the verdict is POLICY_REFUSED */
	/* who may hold the register that is to be written; NULL: nobody */
	const struct policy_hold *holds;
	size_t n_holds;
};

/* False when there are too many for a policy. */
bool policy_add_hold(struct policy *policy, const struct policy_hold *hold);

/* False when no list has the register, or when it cannot be one (a PCI offset
 * that is not a multiple of 4). */
bool policy_find(const struct policy *policy, const struct op *op, struct policy_rule *rule);

/* The first register at or behind op's that any list has; op->place.reg becomes it. False: there is
 * none. rule->holds are set. */
bool policy_next(const struct policy *policy, struct op *op, struct policy_rule *rule);

/* The same for what is no check, nor known to be readable. */
enum policy_verdict policy_check_lists(
	const struct policy *policy, const struct op *op, struct policy_rule *rule);

/*
 * rule->refusal is set when the verdict is POLICY_REFUSED, the masks of a write when a list has the
 * register. Most accesses are reads, and many: they end here.
 */
static inline enum policy_verdict policy_check(
	const struct policy *policy, const struct op *op, struct policy_rule *rule)
{
	/* a check looks at no register: whether a device exists is no secret */
	if (op->verb != OP_CHECK &&
		(op->verb != OP_READ || !readable_has(&policy->readable, &op->place)))
		return policy_check_lists(policy, op, rule);
	*rule = (struct policy_rule){0};
	return POLICY_ALLOWED;
}

/*
 * May a register that reads old be written with value? POLICY_NO_REASON: yes. A
 * bit that may only be cleared has to be 0 in value, also where it is 1 now: who
 * leaves it on makes use of what is not his.
 */
struct policy_refusal policy_judge_change(
	const struct policy_rule *rule, uint64_t old, uint64_t value);

static inline bool policy_change_is_allowed(
	const struct policy_rule *rule, uint64_t old, uint64_t value)
{
	return policy_judge_change(rule, old, value).reason == POLICY_NO_REASON;
}

/*
 * Another MSR of the same CPU, hold->control, has to be looked at before a write
 * that is allowed otherwise, and given to policy_judge_holder. NULL: none.
 */
const struct policy_hold *policy_asks_control(const struct policy_rule *rule);
struct policy_refusal policy_judge_holder(const struct policy_hold *hold, uint64_t control);

/* Does any list allow any write in this section (ALLOW_MSR, ALLOW_PCI(unit))?
 * Where not, the device files are opened read-only. */
bool policy_allows_writes(const struct policy *policy, unsigned section);

/* Is any register of this section in a list? Where not, its device files stay shut. */
bool policy_allows_any(const struct policy *policy, unsigned section);

#endif
