/* SPDX-License-Identifier: MIT */
/* What of a core's PMU may be the kernel's. */
#ifndef MSRD_ARCH_HOLDS_H
#define MSRD_ARCH_HOLDS_H

#include "arch/arch.h"
#include "policy/policy.h"

/* Tells the policy. 0, or -ENOSPC: it can't know all, and is to allow nothing. */
int arch_add_holds(const struct arch *arch, struct policy *policy);

#endif
