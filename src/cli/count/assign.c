/* SPDX-License-Identifier: MIT */
/* A matching of events to counters, set by set, by augmenting paths. */
#include "cli/count/assign.h"

#define MAX_COUNTERS 64
#define NOBODY	     SIZE_MAX

/* One set: who has which counter. */
struct set {
	struct assign_want *wants;
	size_t owner[MAX_COUNTERS];
};

static bool agree(const struct assign_want *a, const struct assign_want *b)
{
	return a->shared_reg != b->shared_reg ||
	       ((a->shared ^ b->shared) & a->shared_mask & b->shared_mask) == 0;
}

static bool take(struct set *set, size_t want, unsigned counter)
{
	set->owner[counter] = want;
	set->wants[want].counter = counter;
	return true;
}

/* Finds a counter for the want: a free one, or one whose owner can move to another of his. */
static bool place_want(struct set *set, size_t want, uint64_t *tried)
{
	uint64_t counters = set->wants[want].counters;

	for (unsigned i = 0; i < MAX_COUNTERS; i++)
		if (counters >> i & 1 && set->owner[i] == NOBODY)
			return take(set, want, i);
	for (unsigned i = 0; i < MAX_COUNTERS; i++) {
		if (!(counters >> i & 1) || *tried >> i & 1)
			continue;
		*tried |= UINT64_C(1) << i;
		if (place_want(set, set->owner[i], tried))
			return take(set, want, i);
	}
	return false;
}

static bool add_to_set(struct set *set, size_t n, size_t want, unsigned number)
{
	uint64_t tried = 0;

	for (size_t i = 0; i < n; i++)
		if (set->wants[i].is_assigned && set->wants[i].set == number &&
			!agree(&set->wants[i], &set->wants[want]))
			return false;
	if (!place_want(set, want, &tried))
		return false;
	set->wants[want].is_assigned = true;
	set->wants[want].set = number;
	return true;
}

unsigned assign(struct assign_want *wants, size_t n)
{
	unsigned n_sets = 0;

	for (size_t i = 0; i < n; i++)
		wants[i].is_assigned = false;
	for (bool is_done = false; !is_done; n_sets++) {
		struct set set = {.wants = wants};
		bool is_empty = true;

		for (unsigned i = 0; i < MAX_COUNTERS; i++)
			set.owner[i] = NOBODY;
		is_done = true;
		for (size_t i = 0; i < n; i++) {
			if (wants[i].is_assigned || wants[i].counters == 0)
				continue;
			if (add_to_set(&set, n, i, n_sets))
				is_empty = false;
			else
				is_done = false;
		}
		if (is_empty)
			return n_sets;
	}
	return n_sets;
}

size_t assign_conflict(const struct assign_want *wants, size_t n, size_t i)
{
	for (size_t j = 0; j < n; j++)
		if (wants[j].is_assigned && wants[j].set + 1 == wants[i].set &&
			!agree(&wants[j], &wants[i]))
			return j;
	return n;
}
