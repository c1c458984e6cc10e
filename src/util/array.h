/* SPDX-License-Identifier: MIT */
/* Arrays that grow by one element at a time, without a capacity to be kept. */
#ifndef MSRD_UTIL_ARRAY_H
#define MSRD_UTIL_ARRAY_H

#include <stdlib.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof *(array))

/*
 * The array of n elements with room for one more behind them, or NULL with
 * errno ENOMEM: then array is as it was. It doubles when n is a power of two,
 * so every element has to be added through here.
 */
static inline void *array_grow(void *array, size_t n, size_t element_bytes)
{
	if (n > 0 && (n & (n - 1)) != 0)
		return array;
	return reallocarray(array, n > 0 ? 2 * n : 1, element_bytes);
}

#endif
