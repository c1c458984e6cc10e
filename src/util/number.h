/* SPDX-License-Identifier: MIT */
/* Numbers as people write them. Strict: the whole text or nothing. */
#ifndef MSRD_UTIL_NUMBER_H
#define MSRD_UTIL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0x hexadecimal, 0 octal, or decimal, up to max; no sign, no blanks. */
bool number_parse(const char *text, uint64_t max, uint64_t *value);

#endif
