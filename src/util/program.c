/* SPDX-License-Identifier: MIT */
/* Looks along PATH. Starts nothing. The daemon has no part in it. */
#include "util/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool program_is(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

bool program_find(const char *name, char path[PATH_MAX])
{
	const char *element = getenv("PATH");

	while (element && *element) {
		int length = (int)strcspn(element, ":");

		if (length > 0 &&
			snprintf(path, PATH_MAX, "%.*s/%s", length, element, name) < PATH_MAX &&
			program_is(path))
			return true;
		element += length;
		element += *element == ':';
	}
	return false;
}
