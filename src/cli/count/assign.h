/* SPDX-License-Identifier: MIT */
/*
 * Which counter counts which event, and which events cannot be counted at the
 * same time. Pure: numbers alone.
 */
#ifndef MSRD_CLI_COUNT_ASSIGN_H
#define MSRD_CLI_COUNT_ASSIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSIGN_MAX_WANTS 128

/* One event on one device. */
struct assign_want {
	uint64_t counters; /* those that can count it and are free */
	/* what a register that all events of the device share has to be, and which register */
	uint64_t shared, shared_mask;
	uint32_t shared_reg;
	/* set: */
	bool is_assigned;
	unsigned set;	  /* counted while this set is on */
	unsigned counter; /* bit of counters */
};

/*
 * Spreads n wants over as few sets as it finds, the first ones into the first set. Returns how
 * many sets there are. A want whose counters are 0 is not assigned.
 */
unsigned assign(struct assign_want *wants, size_t n);

/* Why want i is not in the set before its own: the want that needs another value of what they
 * share, or n: there are not enough counters. */
size_t assign_conflict(const struct assign_want *wants, size_t n, size_t i);

#endif
