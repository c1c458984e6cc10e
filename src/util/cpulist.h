/* SPDX-License-Identifier: MIT */
/* Sets of CPU numbers as the kernel writes them: "0-3,8"; "" is the empty set. */
#ifndef MSRD_UTIL_CPULIST_H
#define MSRD_UTIL_CPULIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Calls each(context, number) in the order written, for numbers up to max.
 * False when the text as a whole is no such list, or each returned false.
 */
bool cpulist_parse(const char *text, uint32_t max, bool (*each)(void *context, uint32_t number),
	void *context);

/* The list of those of 0 to n - 1 that has(context, number) says; free() it. NULL:
 * out of memory. */
char *cpulist_text(
	bool (*has)(const void *context, uint32_t number), const void *context, uint32_t n);

#endif
