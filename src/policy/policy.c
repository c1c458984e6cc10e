/* SPDX-License-Identifier: MIT */
/*
 * The verdict. Pure: an access and some lists in, a verdict out. Nobody is
 * exempt, and every access comes through policy_check.
 */
#include "policy/policy.h"

#include <errno.h>

#include "util/array.h"

int policy_add(struct policy *policy, const struct allowlist *list)
{
	if (policy->n_lists == N_ELEMENTS(policy->lists))
		return -ENOSPC;
	policy->lists[policy->n_lists++] = list;
	return 0;
}

static const struct allow_entry *find_entry(
	const struct allowlist *list, unsigned section, uint32_t reg)
{
	const struct allow_entry *entries = list->section[section].entries;
	size_t begin = 0, end = list->section[section].n_entries;

	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;
		if (entries[middle].reg == reg)
			return &entries[middle];
		if (entries[middle].reg < reg)
			begin = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

/* False when no list has the register, or when it cannot be one (a PCI offset
 * that is not a multiple of 4). */
static bool find_rule(const struct policy *policy, const struct op *op, struct policy_rule *rule)
{
	unsigned section = allow_section(&op->place);
	bool found = false;

	*rule = (struct policy_rule){0};
	for (size_t i = 0; i < policy->n_lists; i++) {
		const struct allow_entry *entry =
			find_entry(policy->lists[i], section, op->place.reg);
		if (!entry)
			continue;
		found = true;
		rule->write_mask |= entry->write_mask;
		rule->clear_mask |= entry->clear_mask;
		rule->w1c_mask |= entry->w1c_mask;
	}
	return found;
}

enum policy_verdict policy_check(
	const struct policy *policy, const struct op *op, struct policy_rule *rule)
{
	uint64_t all = op_space_mask(op->place.space);

	if (op->verb == OP_CHECK) {
		/* looks at no register: whether a device exists is no secret */
		*rule = (struct policy_rule){0};
		return POLICY_ALLOWED;
	}
	if (!find_rule(policy, op, rule))
		return POLICY_REFUSED;
	if (op->verb == OP_READ)
		return POLICY_ALLOWED;
	if ((rule->write_mask | rule->clear_mask | rule->w1c_mask) == 0 || op->value > all)
		return POLICY_REFUSED;
	if (rule->write_mask == all)
		return POLICY_ALLOWED;
	if (rule->w1c_mask != 0 && rule->write_mask == 0 && rule->clear_mask == 0)
		return policy_change_is_allowed(rule, 0, op->value) ? POLICY_ALLOWED
								    : POLICY_REFUSED;
	return POLICY_ASK_OLD_VALUE;
}

bool policy_change_is_allowed(const struct policy_rule *rule, uint64_t old, uint64_t value)
{
	/* a write-1-to-clear bit is written with 0 or 1 whatever it reads */
	uint64_t changed = (old ^ value) & ~rule->w1c_mask;
	uint64_t cleared = changed & old;

	return (changed & ~rule->write_mask & ~(cleared & rule->clear_mask)) == 0;
}

bool policy_allows_writes(const struct policy *policy, unsigned section)
{
	for (size_t i = 0; i < policy->n_lists; i++) {
		const struct allow_entry *entries = policy->lists[i]->section[section].entries;
		for (size_t j = 0; j < policy->lists[i]->section[section].n_entries; j++)
			if (entries[j].write_mask | entries[j].clear_mask | entries[j].w1c_mask)
				return true;
	}
	return false;
}

bool policy_allows_any(const struct policy *policy, unsigned section)
{
	for (size_t i = 0; i < policy->n_lists; i++)
		if (policy->lists[i]->section[section].n_entries > 0)
			return true;
	return false;
}
