/* SPDX-License-Identifier: MIT */
/* A register that counts for ever, as a sum since it was read first. Knows no register. */
#ifndef MSRD_CLI_EXPORT_COUNTER_H
#define MSRD_CLI_EXPORT_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

struct counter {
	unsigned width; /* bits; all that a register has: it never goes round */
	bool is_begun;
	uint64_t raw, read_ns, total;
};

/* In less time it can't go round; UINT64_MAX: never. */
uint64_t counter_wrap_ns(const struct counter *counter);

/* The sum with another reading. One that was set back, or may have gone round unseen, begins again
 * at 0: whoever reads it takes it for a reset, and counts nothing that was not. */
uint64_t counter_advance(struct counter *counter, uint64_t raw, uint64_t now_ns);

#endif
