/* SPDX-License-Identifier: MIT */
/* One step along a chain of symbolic links. Knows nothing of what lies at its end. */
#include "util/link.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool link_follow(char *path, size_t size)
{
	char target[PATH_MAX], next[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (path[0] != '/')
		return false; /* it would depend on the current directory */
	ssize_t n = readlink(path, target, sizeof target - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	/* a relative target begins where the link lies */
	int prefix = target[0] == '/' ? 0 : (int)(slash - path) + 1;
	int length = snprintf(next, sizeof next, "%.*s%s", prefix, path, target);
	if (length < 0 || (size_t)length >= sizeof next || (size_t)length >= size)
		return false;
	memcpy(path, next, (size_t)length + 1);
	return true;
}
