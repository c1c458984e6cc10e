/* SPDX-License-Identifier: MIT */
/*
 * A directive that is met: which of the accesses that match are meant. Chance
 * comes again with its seed: SplitMix64 (Steele, Lea and Flood, 2014).
 */
#ifndef MSRD_SIM_TAP_MEET_H
#define MSRD_SIM_TAP_MEET_H

#include "sim/fixture/directive.h"

struct meet {
	struct directive *directive; /* whoever has the meet frees it */
	uint64_t n_seen, n_met;	     /* accesses that match, and those of them that were meant */
	uint64_t dice;
};

static inline void meet_init(struct meet *meet, struct directive *directive)
{
	*meet = (struct meet){.directive = directive, .dice = directive->when.seed};
}

/* True in chance of CHANCE_ALWAYS throws, of which each moves the dice. */
static inline bool meet_throw(struct meet *meet)
{
	uint64_t bits = meet->dice += UINT64_C(0x9e3779b97f4a7c15);

	bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
	bits ^= bits >> 31;
	/* what a division by 10^9 leaves uneven is less than 10^-10 */
	return bits % CHANCE_ALWAYS < meet->directive->when.chance;
}

/* Counts one that matches; is it meant? */
static inline bool meet_is_meant(struct meet *meet)
{
	const struct directive_when *when = &meet->directive->when;
	uint64_t number = ++meet->n_seen;

	if (number < when->first || number - when->first >= when->count || !meet_throw(meet))
		return false;
	meet->n_met++;
	return true;
}

#endif
