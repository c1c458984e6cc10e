/* SPDX-License-Identifier: MIT */
/* What the hostile client and the judge of its trace know of the policy: the lists alone. */
#ifndef MSRD_TESTS_NODE_HOSTILE_H
#define MSRD_TESTS_NODE_HOSTILE_H

#include "daemon/grant.h"

#define PERFEVTSEL(n) (0x186u + (n))
#define PMC(n)	      (0xc1u + (n))
#define INTERRUPT     (1u << 20)
#define N_GENERAL     8

/* The bits that may be set there, and those that may be cleared, by the client's lists; and those
 * whose 1 is written to clear something. */
struct bits {
	uint64_t set, clear, w1c;
};

static inline void add_bits(
	struct bits *bits, const struct policy *policy, unsigned section, uint32_t reg)
{
	for (size_t i = 0; i < policy->n_lists; i++)
		for (size_t j = 0; j < policy->lists[i]->section[section].n_entries; j++) {
			const struct allow_entry *entry =
				&policy->lists[i]->section[section].entries[j];

			if (entry->reg != reg)
				continue;
			bits->set |= entry->write_mask;
			bits->clear |= entry->write_mask | entry->clear_mask | entry->w1c_mask;
			bits->w1c |= entry->w1c_mask;
		}
}

/* What a function is stands in the daemon alone: a dword is judged by all units' lists. */
static inline void add_config_bits(struct bits *bits, const struct policy *policy, uint32_t offset)
{
	for (unsigned section = ALLOW_MSR + 1; section < ALLOW_N_SECTIONS; section++)
		add_bits(bits, policy, section, offset);
}

#endif
