/* SPDX-License-Identifier: MIT */
/*
 * Which registers may be read: a bit each, for what a list would have to be
 * searched for. What is not said here may be in a list all the same.
 */
#ifndef MSRD_POLICY_READABLE_H
#define MSRD_POLICY_READABLE_H

#include <stdbool.h>

#include "op.h"
#include "policy/allowlist.h"

/* MSRs of the models are below this. Chosen. */
#define READABLE_N_MSRS 4096
/* Of a unit: all that there can be in config space. */
#define READABLE_N_DWORDS 1024
#define READABLE_N_BITS	  (READABLE_N_MSRS + OP_N_UNITS * READABLE_N_DWORDS)

struct readable {
	uint64_t words[READABLE_N_BITS / 64];
};
_Static_assert(READABLE_N_BITS % 64 == 0, "no bit is left over");

/* READABLE_N_BITS: it has none. */
static inline uint32_t readable_bit(unsigned section, uint32_t reg)
{
	if (section == ALLOW_MSR)
		return reg < READABLE_N_MSRS ? reg : READABLE_N_BITS;
	if (section >= ALLOW_N_SECTIONS || reg % 4 != 0 || reg / 4 >= READABLE_N_DWORDS)
		return READABLE_N_BITS;
	return READABLE_N_MSRS + (section - ALLOW_PCI(0)) * READABLE_N_DWORDS + reg / 4;
}

static inline void readable_add(struct readable *readable, unsigned section, uint32_t reg)
{
	uint32_t bit = readable_bit(section, reg);

	if (bit < READABLE_N_BITS)
		readable->words[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* False: that is not said. */
static inline bool readable_has(const struct readable *readable, const struct place *place)
{
	uint32_t bit = readable_bit(allow_section(place), place->reg);

	return bit < READABLE_N_BITS && (readable->words[bit / 64] >> bit % 64 & 1);
}

#endif
