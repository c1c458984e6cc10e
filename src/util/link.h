/* SPDX-License-Identifier: MIT */
/* Symbolic links, one at a time. */
#ifndef MSRD_UTIL_LINK_H
#define MSRD_UTIL_LINK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Replaces path (size bytes) by the path that the link there leads to: false,
 * and path as it was, when it is no link, not absolute, or too long.
 */
bool link_follow(char *path, size_t size);

#endif
