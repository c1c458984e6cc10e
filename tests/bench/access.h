/* SPDX-License-Identifier: MIT */
/*
 * THE NOUN of the benchmarks: one access to a register of CPU 0 or of the first
 * memory controller. Of its own, not the daemon's: a mistake in the project's
 * shapes must not be able to make a wrong access look right.
 */
#ifndef MSRD_BENCH_ACCESS_H
#define MSRD_BENCH_ACCESS_H

#include <stdint.h>

enum access_verb { ACCESS_READ, ACCESS_WRITE, ACCESS_CHECK };

enum access_space {
	SPACE_MSR,   /* /dev/cpu/0/msr, 64 bits */
	SPACE_PCI,   /* config space of channel 0 of the first memory controller, 32 bits */
	SPACE_NOBODY /* a device that no machine has */
};

/* How an access ended, as LIKWID's wire says it. */
enum access_error { ACCESS_DONE = 0, ACCESS_FAILED = 4, ACCESS_ABSENT = 6 };

struct timed_access {
	enum access_verb verb;
	enum access_space space;
	uint32_t reg;
	uint64_t value; /* to write, or as read */
	uint32_t error; /* enum access_error, or another number of the wire's */
};

#endif
