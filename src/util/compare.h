/* SPDX-License-Identifier: MIT */
/* Orders for qsort(3) and bsearch(3). */
#ifndef MSRD_UTIL_COMPARE_H
#define MSRD_UTIL_COMPARE_H

#include <stdint.h>

static inline int compare_u32(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

#endif
