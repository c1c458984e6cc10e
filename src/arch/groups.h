/* SPDX-License-Identifier: MIT */
/* The groups of msrctl stat -g that come with a model. Apart from arch.h: the daemon has no use for
 * them. */
#ifndef MSRD_ARCH_GROUPS_H
#define MSRD_ARCH_GROUPS_H

#include "arch/arch.h"

/* Text of a NAME.group: events and what is computed of them. */
struct arch_group {
	const char *name, *text;
};

struct arch_groups {
	const struct arch_group *list; /* ascending by name */
	size_t n;
};

/* NULL: none. */
const struct arch_groups *arch_groups_of(const struct arch *arch);

#endif
