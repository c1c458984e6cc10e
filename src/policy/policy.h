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

/* Chosen, not tuned: three profiles and a few lists of the site. */
#define POLICY_MAX_LISTS 8

struct policy {
	const struct allowlist *lists[POLICY_MAX_LISTS];
	size_t n_lists;
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

/* What the lists together say of a register. */
struct policy_rule {
	uint64_t write_mask;
	uint64_t clear_mask;
	uint64_t w1c_mask;
};

/* rule is set unless the verdict is POLICY_REFUSED. */
enum policy_verdict policy_check(
	const struct policy *policy, const struct op *op, struct policy_rule *rule);

/* May a register that reads old be written with value? */
bool policy_change_is_allowed(const struct policy_rule *rule, uint64_t old, uint64_t value);

/* Does any list allow any write in this section (ALLOW_MSR, ALLOW_PCI(unit))?
 * Where not, the device files are opened read-only. */
bool policy_allows_writes(const struct policy *policy, unsigned section);

/* Is any register of this section in a list? Where not, its device files stay shut. */
bool policy_allows_any(const struct policy *policy, unsigned section);

#endif
