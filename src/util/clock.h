/* SPDX-License-Identifier: MIT */
/* CLOCK_MONOTONIC as a number. */
#ifndef MSRD_UTIL_CLOCK_H
#define MSRD_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND_NS UINT64_C(1000000000)

static inline uint64_t clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * CLOCK_SECOND_NS + (uint64_t)now.tv_nsec;
}

static inline double clock_seconds(uint64_t ns)
{
	return (double)ns / (double)CLOCK_SECOND_NS;
}

/* Signed, for differences. */
static inline int64_t clock_now_ms(void)
{
	return (int64_t)(clock_now_ns() / 1000000);
}

#endif
