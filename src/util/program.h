/* SPDX-License-Identifier: MIT */
/* Programs by name, as a shell finds them. */
#ifndef MSRD_UTIL_PROGRAM_H
#define MSRD_UTIL_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

/* Is it a file that we may execute? */
bool program_is(const char *path);

/*
 * The first program of this name in PATH. An empty element would be the current
 * directory, where anybody may have put one: passed over. False: there is none.
 */
bool program_find(const char *name, char path[PATH_MAX]);

#endif
