/* SPDX-License-Identifier: MIT */
/* Points in time until which this library waits, in milliseconds of CLOCK_MONOTONIC. */
#ifndef MSRD_CLIENT_DEADLINE_H
#define MSRD_CLIENT_DEADLINE_H

#include <limits.h>

#include "util/clock.h"

static inline long long deadline_in(unsigned timeout_ms)
{
	return clock_now_ms() + timeout_ms;
}

/* As poll() takes it: never negative, 0 when the deadline has passed. */
static inline int deadline_left_ms(long long deadline)
{
	long long left = deadline - deadline_in(0);

	if (left < 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

#endif
