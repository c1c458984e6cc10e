/* SPDX-License-Identifier: MIT */
/*
 * Reckons with the built-in profiles, as the daemon does, with what the register holds now. Who
 * has which of them it does not know, nor the lists of a site: msrctl policy show does.
 */
#include "cli/refused.h"

#include <err.h>
#include <inttypes.h>

#include "cli/reach.h"
#include "policy/policy.h"

/* All that any profile allows there; the name of the last that lets it be written, or NULL. */
static const char *find_rule(const struct arch *arch, const struct op *op, struct policy_rule *rule)
{
	struct policy all = {.n_lists = 0};
	const char *name = NULL;

	for (size_t i = 0; i < arch->n_profiles; i++) {
		struct policy one = {.lists = {arch->profiles[i].list}, .n_lists = 1};

		policy_add(&all, arch->profiles[i].list);
		if (policy_find(&one, op, rule) &&
			(rule->write_mask | rule->clear_mask | rule->w1c_mask) != 0)
			name = arch->profiles[i].name;
	}
	policy_find(&all, op, rule);
	return name;
}

void refused_explain(
	const struct arch *arch, struct msrd *msrd, const struct place *place, uint64_t value)
{
	const struct op op = {.verb = OP_WRITE, .place = *place, .value = value};
	char why[POLICY_TEXT_SIZE];
	struct policy_rule rule;
	const char *profile = find_rule(arch, &op, &rule);
	uint64_t may = rule.write_mask | rule.w1c_mask, all = may | rule.clear_mask, now;

	if (!profile) {
		warnx("no profile lets it be written");
		return;
	}
	if (reach_read(msrd, place, &now) != 0)
		return;
	struct policy_refusal refusal = policy_judge_change(&rule, now, value);

	if (refusal.reason == POLICY_NO_REASON)
		warnx("profile %s lets that be written: to whom, says `msrctl policy show 0x%x`; "
		      "what the kernel holds, to nobody",
			profile, place->reg);
	else /* bits that may only be cleared are, and what may not change stays */
		warnx("%s; the mask is 0x%" PRIx64 " (profile %s): write 0x%" PRIx64,
			policy_refusal_describe(&refusal, why), all, profile,
			(now & ~all) | (value & may));
}
