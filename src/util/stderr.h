/* SPDX-License-Identifier: MIT */
/* Standard error, for who must not wait for its reader. */
#ifndef MSRD_UTIL_STDERR_H
#define MSRD_UTIL_STDERR_H

#include <stddef.h>

/* At once or not at all, and at the most 4096 bytes. Sets errno, and nothing of the description,
 * which is shared with others. */
void stderr_put(const char *text, size_t length);

#endif
