/* SPDX-License-Identifier: MIT */
/*
 * Reckons as the daemon does, with what the register holds now and what this daemon says that
 * its policy lets this user write. One that can't say it is judged by the built-in profiles; who
 * has which of them msrctl policy show knows.
 */
#include "cli/refused.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>

#include "cli/reach.h"
#include "policy/policy.h"

static bool has_writable(const struct policy_rule *rule)
{
	return (rule->write_mask | rule->clear_mask | rule->w1c_mask) != 0;
}

/* All that any profile allows there; the name of the last that lets it be written, or NULL. */
static const char *find_rule(const struct arch *arch, const struct op *op, struct policy_rule *rule)
{
	struct policy all = {.n_lists = 0};
	const char *name = NULL;

	for (size_t i = 0; i < arch->n_profiles; i++) {
		struct policy one = {.lists = {arch->profiles[i].list}, .n_lists = 1};

		policy_add(&all, arch->profiles[i].list);
		if (policy_find(&one, op, rule) && has_writable(rule))
			name = arch->profiles[i].name;
	}
	policy_find(&all, op, rule);
	return name;
}

/* False: a daemon that speaks LIKWID's protocol alone can't say what it lets be written. */
static bool ask_daemon(struct msrd *msrd, const struct place *place, struct policy_rule *rule)
{
	const struct msrd_op op = reach_op(OP_WRITE, place, 0);
	struct msrd_rule told = {.write_mask = 0};
	int r = msrd_allowed(
		msrd, (enum msrd_space)op.space, (enum msrd_unit)op.unit, op.reg, &told);

	*rule = (struct policy_rule){
		.write_mask = told.write_mask,
		.clear_mask = told.clear_mask,
		.w1c_mask = told.w1c_mask,
	};
	return r == 0 || r == MSRD_REFUSED;
}

/* What to write instead; whose is the rule's owner in words. */
static void explain_rule(
	struct msrd *msrd, const struct op *op, const struct policy_rule *rule, const char *whose)
{
	uint64_t may = rule->write_mask | rule->w1c_mask, all = may | rule->clear_mask, now;
	char why[POLICY_TEXT_SIZE];

	if (reach_read(msrd, &op->place, &now) != 0)
		return;
	struct policy_refusal refusal = policy_judge_change(rule, now, op->value);

	if (refusal.reason == POLICY_NO_REASON)
		warnx("%s lets that be written: to whom, says `msrctl policy show 0x%x`; "
		      "what the kernel holds, to nobody",
			whose, op->place.reg);
	else /* bits that may only be cleared are, and what may not change stays */
		warnx("%s; the mask is 0x%" PRIx64 " (%s): write 0x%" PRIx64,
			policy_refusal_describe(&refusal, why), all, whose,
			(now & ~all) | (op->value & may));
}

void refused_explain(
	const struct arch *arch, struct msrd *msrd, const struct place *place, uint64_t value)
{
	const struct op op = {.verb = OP_WRITE, .place = *place, .value = value};
	struct policy_rule rule, told;
	const char *profile = find_rule(arch, &op, &rule);
	char name[64];

	bool is_told = ask_daemon(msrd, place, &told);

	if (is_told && has_writable(&told)) {
		explain_rule(msrd, &op, &told, "this daemon's policy");
	} else if (profile) {
		if (is_told)
			warnx("this daemon does not let you write it");
		snprintf(name, sizeof name, "profile %s", profile);
		explain_rule(msrd, &op, &rule, name);
	} else {
		warnx("no profile lets it be written%s", is_told ? ", nor does this daemon" : "");
	}
}
