/* SPDX-License-Identifier: MIT */
/* Where groups come from: the user's own files, then those of the model. */
#ifndef MSRD_CLI_COUNT_FIND_GROUP_H
#define MSRD_CLI_COUNT_FIND_GROUP_H

#include "cli/count/group.h"

/* The text of a group (free() it) and what to call it in messages. name is a group's name, or a
 * path with a slash in it. NULL: error says why, and what is near. */
char *group_find(
	const struct arch *arch, const char *name, char path[256], char error[GROUP_ERROR_SIZE]);

/* Finds and reads it. False: error says why. */
bool group_load(struct group *group, const struct arch *arch, const char *name,
	char error[GROUP_ERROR_SIZE]);

/* Each name once, the user's own first; path is where it is from. Stops when each returns
 * false. */
void group_walk(const struct arch *arch,
	bool (*each)(void *context, const char *name, const char *path), void *context);

#endif
