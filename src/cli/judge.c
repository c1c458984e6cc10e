/* SPDX-License-Identifier: MIT */
/*
 * Reckons as the daemon does, with its own rules (msrd_allowed), with what the registers hold now,
 * and with who holds the counters: so a batch of writes can be refused before its first one.
 */
#include "cli/judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "arch/holds.h"
#include "cli/accesses.h"
#include "policy/policy.h"
#include "util/array.h"

/* A rule of the daemon's, asked for once. */
struct known_rule {
	struct place place; /* of any device of the kind */
	struct policy_rule rule;
};

struct judge {
	const struct cli *cli;
	struct msrd *msrd;
	struct policy policy; /* its holds alone */
	struct known_rule *rules;
	size_t n_rules;
	/* what the registers hold, and what says who holds them; the first n are the writes' own */
	struct accesses reads;
};

static void add_holds(
	const struct judge *judge, const struct place *place, struct policy_rule *rule)
{
	const struct policy *policy = &judge->policy;

	if (op_space_has_units(place->space))
		return;
	for (size_t i = 0; i < policy->n_holds; i++)
		if (policy->holds[i].reg == place->reg) {
			rule->holds = rule->n_holds ? rule->holds : &policy->holds[i];
			rule->n_holds++;
		}
}

/* NULL: r says why. */
static const struct policy_rule *find_rule(struct judge *judge, const struct place *place, int *r)
{
	static const struct policy_rule none = {.write_mask = 0};
	struct known_rule *rules, *last = judge->rules + judge->n_rules;
	struct msrd_rule told = {.write_mask = 0};

	if (judge->cli->direct)
		return &none;
	/* most often it is the newest */
	for (size_t i = 1; i <= judge->n_rules; i++)
		if (last[-(ptrdiff_t)i].place.reg == place->reg &&
			place_same_kind(&last[-(ptrdiff_t)i].place, place))
			return &last[-(ptrdiff_t)i].rule;
	*r = msrd_allowed(judge->msrd, (enum msrd_space)place->space, (enum msrd_unit)place->unit,
		place->reg, &told);
	rules = *r < 0 ? NULL : array_grow(judge->rules, judge->n_rules, sizeof *rules);
	if (!rules) {
		*r = *r < 0 ? *r : -ENOMEM;
		return NULL;
	}
	judge->rules = rules;
	rules += judge->n_rules++;
	*rules = (struct known_rule){.place = *place,
		.rule = {.write_mask = told.write_mask,
			.clear_mask = told.clear_mask,
			.w1c_mask = told.w1c_mask}};
	if (*r == MSRD_REFUSED)
		rules->rule.refusal.reason = POLICY_NOT_LISTED;
	else if (!(told.write_mask | told.clear_mask | told.w1c_mask))
		rules->rule.refusal.reason = POLICY_READ_ONLY;
	if (told.may_be_held)
		add_holds(judge, place, &rules->rule);
	*r = 0;
	return &rules->rule;
}

static int add_reads(struct judge *judge, const struct op *writes, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = accesses_add(&judge->reads, OP_READ, &writes[i].place, 0);
	for (size_t i = 0; i < n && r == 0; i++) {
		const struct policy_rule *rule = find_rule(judge, &writes[i].place, &r);
		const struct policy_hold *hold = rule ? policy_asks_control(rule) : NULL;
		struct place control = writes[i].place;

		if (hold) {
			control.reg = hold->control;
			r = accesses_add(&judge->reads, OP_READ, &control, 0);
		}
	}
	return r;
}

static void refuse(struct verdict *verdict, struct policy_refusal refusal)
{
	char why[POLICY_TEXT_SIZE];

	/* both are numbered alike */
	verdict->reason = (unsigned)refusal.reason;
	snprintf(verdict->text, sizeof verdict->text, "%s", policy_refusal_describe(&refusal, why));
}

static struct policy_refusal judge_value(
	const struct policy_rule *rule, const struct op *write, const struct verdict *verdict)
{
	uint64_t beyond = write->value & ~op_space_mask(write->place.space);

	if (rule->refusal.reason != POLICY_NO_REASON)
		return rule->refusal;
	if (beyond)
		return (struct policy_refusal){.reason = POLICY_TOO_WIDE, .bits = beyond};
	return policy_judge_change(rule, verdict->now, write->value);
}

/* Write i; control is the read that says who holds its register. */
static void judge_one(struct judge *judge, const struct policy_rule *rule, const struct op *write,
	size_t i, const struct policy_hold *hold, size_t control, struct verdict *verdict)
{
	struct policy_refusal refusal = {.reason = POLICY_NO_REASON};

	verdict->has_now = accesses_result(&judge->reads, i) == 0;
	verdict->now = judge->reads.list[i].value;
	if (!verdict->has_now) {
		const struct outcome outcome = accesses_outcome(&judge->reads, i);

		verdict->reason = outcome.reason;
		snprintf(verdict->text, sizeof verdict->text, "%.*s", (int)sizeof verdict->text - 1,
			outcome.text);
		return;
	}
	if (!judge->cli->direct)
		refusal = judge_value(rule, write, verdict);
	if (refusal.reason == POLICY_NO_REASON && hold &&
		accesses_result(&judge->reads, control) == 0)
		refusal = policy_judge_holder(hold, judge->reads.list[control].value);
	verdict->is_allowed = refusal.reason == POLICY_NO_REASON;
	refuse(verdict, refusal);
}

static int judge_all(
	struct judge *judge, const struct op *writes, size_t n, struct verdict *verdicts)
{
	size_t control = n;
	int r = add_reads(judge, writes, n);

	if (r == 0)
		r = accesses_run(&judge->reads, judge->msrd, MSRD_EACH);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		int found = 0;
		const struct policy_rule *rule = find_rule(judge, &writes[i].place, &found);
		const struct policy_hold *hold = rule ? policy_asks_control(rule) : NULL;

		verdicts[i] = (struct verdict){.is_allowed = false};
		if (rule)
			judge_one(judge, rule, &writes[i], i, hold, control, &verdicts[i]);
		control += hold != NULL;
	}
	return r < 0 ? r : 0;
}

int judge_writes(const struct cli *cli, struct msrd *msrd, const struct op *writes, size_t n,
	struct verdict *verdicts)
{
	struct judge judge = {.cli = cli, .msrd = msrd};
	int r = 0;

	/* where it does not fit the daemon allows nothing, and says so itself */
	if (cli->node.arch && !cli->direct)
		arch_add_holds(cli->node.arch, &judge.policy);
	r = judge_all(&judge, writes, n, verdicts);
	accesses_deinit(&judge.reads);
	free(judge.rules);
	return r;
}
