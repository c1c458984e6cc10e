/* SPDX-License-Identifier: MIT */
/* Numbers and CPU lists as people write them. Strict: the whole text or nothing. */
#ifndef MSRD_UTIL_NUMBER_H
#define MSRD_UTIL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0x hexadecimal, 0 octal, or decimal, up to max; no sign, no blanks. */
bool number_parse(const char *text, uint64_t max, uint64_t *value);

/*
 * A list such as "0-3,8" (the kernel's cpulist format; "" is the empty list).
 * Calls each(context, number) in the order written, for numbers up to max.
 * False when the text is no such list, or each returned false.
 */
bool number_list_parse(const char *text, uint32_t max, bool (*each)(void *context, uint32_t number),
	void *context);

#endif
