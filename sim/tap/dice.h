/* SPDX-License-Identifier: MIT */
/* Chance that comes again with its seed: SplitMix64 (Steele, Lea and Flood, 2014). */
#ifndef MSRD_SIM_TAP_DICE_H
#define MSRD_SIM_TAP_DICE_H

#include "sim/fixture/directive.h"

struct dice {
	uint64_t state;
};

static inline void dice_init(struct dice *dice, uint64_t seed)
{
	dice->state = seed;
}

/* True in chance of CHANCE_ALWAYS throws, of which each moves the dice. */
static inline bool dice_throw(struct dice *dice, uint32_t chance)
{
	uint64_t bits = dice->state += UINT64_C(0x9e3779b97f4a7c15);

	bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
	bits ^= bits >> 31;
	/* what a division by 10^9 leaves uneven is less than 10^-10 */
	return bits % CHANCE_ALWAYS < chance;
}

#endif
