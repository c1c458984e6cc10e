/* SPDX-License-Identifier: MIT */
#include "cli/ranks/ancestor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Shells and wrappers above each other; chosen, not tuned. */
#define MAX_ABOVE 64

/* Its parent, and when it was started. */
static bool look(int pid, int *parent, unsigned long long *started)
{
	char path[32], text[1024], *behind;
	cleanup_fclose FILE *file = NULL;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	file = fopen(path, "re");
	n = file ? fread(text, 1, sizeof text - 1, file) : 0;
	text[n] = '\0';
	/* its name may have anything in it, also the end of a line, but is the last with a bracket
	 */
	behind = strrchr(text, ')');
	return behind && sscanf(behind + 1,
				 " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
				 "%*d %*d %*d %llu",
				 parent, started) == 2;
}

static bool has_variable(int pid, const char *variable)
{
	size_t length = strlen(variable), size = 0;
	cleanup_fclose FILE *file = NULL;
	cleanup_free char *line = NULL;
	char path[32];

	snprintf(path, sizeof path, "/proc/%d/environ", pid);
	file = fopen(path, "re");
	/* somebody else's process is no rank of ours */
	while (file && getdelim(&line, &size, '\0', file) > 0)
		if (strncmp(line, variable, length) == 0 && line[length] == '=')
			return true;
	return false;
}

bool ancestor_without(const char *variable, char name[ANCESTOR_NAME_SIZE])
{
	unsigned long long started;
	int pid = getppid(), parent;

	for (unsigned i = 0; i < MAX_ABOVE && look(pid, &parent, &started); i++) {
		if (!has_variable(pid, variable)) {
			snprintf(name, ANCESTOR_NAME_SIZE, "%d-%llu", pid, started);
			return true;
		}
		pid = parent;
	}
	return false;
}
