/* SPDX-License-Identifier: MIT */
/*
 * The verdict. Pure: an access and some lists in, a verdict out. Nobody is
 * exempt, and every access comes through policy_check (policy.h).
 */
#include "policy/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"

int policy_add(struct policy *policy, const struct allowlist *list)
{
	if (policy->n_lists == N_ELEMENTS(policy->lists))
		return -ENOSPC;
	policy->lists[policy->n_lists++] = list;
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		for (size_t i = 0; i < list->section[section].n_entries; i++)
			readable_add(
				&policy->readable, section, list->section[section].entries[i].reg);
	return 0;
}

bool policy_add_hold(struct policy *policy, const struct policy_hold *hold)
{
	if (policy->n_holds == N_ELEMENTS(policy->holds))
		return false;
	policy->holds[policy->n_holds++] = *hold;
	return true;
}

/* Who may hold the register of a write: MSRs alone. */
static void find_holds(const struct policy *policy, const struct op *op, struct policy_rule *rule)
{
	for (size_t i = 0; allow_section(&op->place) == ALLOW_MSR && i < policy->n_holds; i++) {
		if (policy->holds[i].reg != op->place.reg)
			continue;
		if (!rule->holds)
			rule->holds = &policy->holds[i];
		rule->n_holds++;
	}
}

/* The first entry at or behind reg; NULL: there is none. Halved without a branch to be guessed
 * wrong: each op of a batch has another register. */
static const struct allow_entry *find_from(
	const struct allowlist *list, unsigned section, uint32_t reg)
{
	const struct allow_entry *entry = list->section[section].entries;
	size_t n = list->section[section].n_entries;

	if (n == 0)
		return NULL;
	const struct allow_entry *end = entry + n;

	while (n > 1) {
		size_t half = n / 2;

		entry += entry[half].reg <= reg ? half : 0;
		n -= half;
	}
	entry += entry->reg < reg;
	return entry < end ? entry : NULL;
}

static const struct allow_entry *find_entry(
	const struct allowlist *list, unsigned section, uint32_t reg)
{
	const struct allow_entry *entry = find_from(list, section, reg);

	return entry && entry->reg == reg ? entry : NULL;
}

bool policy_find(const struct policy *policy, const struct op *op, struct policy_rule *rule)
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

bool policy_next(const struct policy *policy, struct op *op, struct policy_rule *rule)
{
	unsigned section = allow_section(&op->place);
	const struct allow_entry *first = NULL;

	for (size_t i = 0; i < policy->n_lists; i++) {
		const struct allow_entry *entry =
			find_from(policy->lists[i], section, op->place.reg);

		if (entry && (!first || entry->reg < first->reg))
			first = entry;
	}
	if (!first)
		return false;
	op->place.reg = first->reg;
	policy_find(policy, op, rule);
	find_holds(policy, op, rule);
	return true;
}

static enum policy_verdict refuse(
	struct policy_rule *rule, enum policy_reason reason, uint64_t bits)
{
	rule->refusal = (struct policy_refusal){.reason = reason, .bits = bits};
	return POLICY_REFUSED;
}

/* Those that no list lets anybody set. */
static uint64_t clear_only_bits(const struct policy_rule *rule)
{
	return rule->clear_mask & ~rule->write_mask & ~rule->w1c_mask;
}

/* Is it a control, whose own value tells who holds the counter? */
static bool holds_itself(const struct policy_rule *rule)
{
	return rule->holds && rule->holds->control == rule->holds->reg;
}

/* As far as it goes without the value that the register has now. */
static enum policy_verdict check_write(
	const struct policy *policy, const struct op *op, struct policy_rule *rule)
{
	uint64_t all = op_space_mask(op->place.space);

	if ((rule->write_mask | rule->clear_mask | rule->w1c_mask) == 0)
		return refuse(rule, POLICY_READ_ONLY, 0);
	if (op->value & ~all)
		return refuse(rule, POLICY_TOO_WIDE, op->value & ~all);
	if (op->value & clear_only_bits(rule))
		return refuse(rule, POLICY_CLEAR_ONLY, op->value & clear_only_bits(rule));
	find_holds(policy, op, rule);
	if (rule->write_mask == all && !holds_itself(rule))
		return POLICY_ALLOWED;
	if (rule->w1c_mask != 0 && rule->write_mask == 0 && rule->clear_mask == 0 &&
		!holds_itself(rule)) {
		rule->refusal = policy_judge_change(rule, 0, op->value);
		return rule->refusal.reason == POLICY_NO_REASON ? POLICY_ALLOWED : POLICY_REFUSED;
	}
	return POLICY_ASK_OLD_VALUE;
}

enum policy_verdict policy_check_lists(
	const struct policy *policy, const struct op *op, struct policy_rule *rule)
{
	if (!policy_find(policy, op, rule))
		return refuse(rule, POLICY_NOT_LISTED, 0);
	return op->verb == OP_READ ? POLICY_ALLOWED : check_write(policy, op, rule);
}

/*
 * The kernel's until released, and that takes a list which says that the bits may be
 * cleared: a mask that lets them be set as well does not say that the counter is free.
 */
static bool takes_from_kernel(const struct policy_rule *rule, const struct policy_hold *hold,
	uint64_t old, uint64_t value)
{
	bool is_released =
		(value & hold->interrupt) == 0 && (~rule->clear_mask & hold->interrupt) == 0;

	return (old & hold->interrupt) && ((old ^ value) & hold->field) && !is_released;
}

struct policy_refusal policy_judge_change(
	const struct policy_rule *rule, uint64_t old, uint64_t value)
{
	/* a write-1-to-clear bit is written with 0 or 1 whatever it reads */
	uint64_t changed = (old ^ value) & ~rule->w1c_mask;
	uint64_t outside = changed & ~rule->write_mask & ~rule->clear_mask;
	uint64_t on = value & clear_only_bits(rule);

	for (size_t i = 0; holds_itself(rule) && i < rule->n_holds; i++)
		if (takes_from_kernel(rule, &rule->holds[i], old, value))
			return (struct policy_refusal){.reason = POLICY_KERNELS};
	if (outside)
		return (struct policy_refusal){POLICY_OUTSIDE_MASK, outside};
	if (on)
		return (struct policy_refusal){POLICY_CLEAR_ONLY, on};
	return (struct policy_refusal){0};
}

const struct policy_hold *policy_asks_control(const struct policy_rule *rule)
{
	return holds_itself(rule) ? NULL : rule->holds;
}

struct policy_refusal policy_judge_holder(const struct policy_hold *hold, uint64_t control)
{
	return (struct policy_refusal){
		.reason = control & hold->interrupt ? POLICY_KERNELS : POLICY_NO_REASON};
}

const char *policy_refusal_describe(
	const struct policy_refusal *refusal, char text[POLICY_TEXT_SIZE])
{
	static const char *const formats[] = {
#define X(reason, format) [reason] = format,
		POLICY_REASONS(X)
#undef X
	};
	const char *format = formats[refusal->reason], *bits = strstr(format, "%s");

	if (bits)
		snprintf(text, POLICY_TEXT_SIZE, "%.*s0x%" PRIx64 "%s", (int)(bits - format),
			format, refusal->bits, bits + 2);
	else
		snprintf(text, POLICY_TEXT_SIZE, "%s", format);
	return text;
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
