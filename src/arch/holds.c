/* SPDX-License-Identifier: MIT */
/*
 * Which register of the core's PMU tells whose another one is. Bits and
 * addresses are the model's; what follows of it is the policy's to say.
 */
#include "arch/holds.h"

#include <errno.h>

/* Adds the register of that part, if the model has it. */
static bool add(struct policy *policy, const struct arch *arch, enum arch_core_part part,
	uint32_t index, struct policy_hold hold)
{
	return !arch_core_register(arch, part, index, &hold.reg) || policy_add_hold(policy, &hold);
}

/* An event select, and its counter under both of its names. */
static bool add_general(struct policy *policy, const struct arch *arch, uint32_t index)
{
	struct policy_hold hold = {.interrupt = PMU_SELECT_INTERRUPT, .field = UINT64_MAX};

	return !arch_core_register(arch, ARCH_SELECT, index, &hold.control) ||
	       (add(policy, arch, ARCH_SELECT, index, hold) &&
		       add(policy, arch, ARCH_GENERAL, index, hold) &&
		       add(policy, arch, ARCH_GENERAL_FULL, index, hold));
}

/* A field of the control that all fixed counters share, or the counter itself. */
static bool add_fixed(
	struct policy *policy, const struct arch *arch, enum arch_core_part part, uint32_t index)
{
	const struct arch_core *core = arch->core;
	unsigned shift = core->fixed_control_bits * index;
	struct policy_hold hold = {
		.interrupt = (uint64_t)PMU_FIXED_INTERRUPT << shift,
		.field = (UINT64_MAX >> (64 - core->fixed_control_bits)) << shift,
	};

	return !arch_core_register(arch, ARCH_FIXED_CONTROL, 0, &hold.control) ||
	       add(policy, arch, part, part == ARCH_FIXED ? index : 0, hold);
}

int arch_add_holds(const struct arch *arch, struct policy *policy)
{
	bool ok = true;

	for (uint32_t i = 0; ok && i < ARCH_MAX_GENERAL; i++)
		ok = add_general(policy, arch, i);
	for (uint32_t i = 0; ok && i < arch->core->n_fixed; i++)
		ok = add_fixed(policy, arch, ARCH_FIXED, i);
	for (uint32_t i = 0; ok && i < arch->core->n_fixed; i++)
		ok = add_fixed(policy, arch, ARCH_FIXED_CONTROL, i);
	return ok ? 0 : -ENOSPC;
}
