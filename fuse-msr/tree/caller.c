/* SPDX-License-Identifier: MIT */
/* Capabilities of callers. It must not know what is behind a file. */
#include "fuse-msr/tree/caller.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

ino_t caller_user_namespace(int proc, pid_t pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof path, "%d/ns/user", pid);
	return fstatat(proc, path, &status, 0) == 0 ? status.st_ino : 0;
}

bool caller_is_in(int proc, pid_t pid, ino_t user_namespace)
{
	return pid > 0 && user_namespace != 0 && caller_user_namespace(proc, pid) == user_namespace;
}

/* The rest of the line that begins with name, in /proc/PID/status; false when there is none. */
static bool read_status(int proc, pid_t pid, const char *name, char *rest, size_t size)
{
	char path[64], line[4096];
	size_t length = strlen(name);

	snprintf(path, sizeof path, "%d/status", pid);
	cleanup_close int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	cleanup_fclose FILE *status = fd < 0 ? NULL : fdopen(fd, "r");
	if (status)
		steal_fd(&fd);
	while (status && fgets(line, sizeof line, status))
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			snprintf(rest, size, "%s", line + length + 1);
			return true;
		}
	return false;
}

uint64_t caller_capabilities(int proc, pid_t pid, ino_t user_namespace, const char *set)
{
	char text[64];
	uint64_t capabilities;

	if (!caller_is_in(proc, pid, user_namespace) ||
		!read_status(proc, pid, set, text, sizeof text) ||
		sscanf(text, "%" SCNx64, &capabilities) != 1)
		return 0;
	return capabilities;
}

void caller_add_groups(struct caller *caller, int proc, pid_t pid)
{
	char text[4096], *at = text, *end;

	if (!read_status(proc, pid, "Groups", text, sizeof text))
		return;
	while (caller->n_groups < CALLER_GROUPS) {
		unsigned long group = strtoul(at, &end, 10);
		if (end == at)
			break;
		caller->groups[caller->n_groups++] = (gid_t)group;
		at = end;
	}
}

bool caller_has(const struct caller *caller, int capability)
{
	return caller->capabilities >> capability & 1;
}

bool caller_owns(const struct caller *caller, const struct caller_file *file)
{
	return file->uid == 0 ? caller->is_root : !caller->is_root && caller->uid == file->uid;
}

bool caller_is_in_group(const struct caller *caller, gid_t group)
{
	for (unsigned i = 0; i < caller->n_groups; i++)
		if (caller->groups[i] == group)
			return true;
	return false;
}

bool caller_is_allowed(const struct caller *caller, const struct caller_file *file, int mask)
{
	mode_t mode = file->mode, bits = mode; /* R_OK, W_OK, X_OK are its bits */

	if (caller_owns(caller, file))
		bits = mode >> 6;
	else if (caller_is_in_group(caller, file->gid))
		bits = mode >> 3;
	if (((unsigned)mask & ~bits & (R_OK | W_OK | X_OK)) == 0)
		return true;
	if ((mask & X_OK) && !S_ISDIR(mode) && !(mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return false;
	if (caller_has(caller, CAP_DAC_OVERRIDE))
		return true;
	return caller_has(caller, CAP_DAC_READ_SEARCH) && !(mask & W_OK) &&
	       (S_ISDIR(mode) || !(mask & X_OK));
}

int caller_may_chmod(const struct caller *caller, const struct caller_file *file)
{
	return caller_owns(caller, file) || caller_has(caller, CAP_FOWNER) ? 0 : -EPERM;
}

int caller_may_chown(
	const struct caller *caller, const struct caller_file *file, uid_t uid, gid_t gid)
{
	bool keeps_uid = uid == (uid_t)-1 || uid == file->uid;
	bool keeps_gid = gid == (gid_t)-1 || gid == file->gid || caller_is_in_group(caller, gid);

	if (caller_has(caller, CAP_CHOWN) || (caller_owns(caller, file) && keeps_uid && keeps_gid))
		return 0;
	return -EPERM;
}

int caller_may_touch(const struct caller *caller, const struct caller_file *file, bool is_now)
{
	if (caller_may_chmod(caller, file) == 0)
		return 0;
	if (!is_now)
		return -EPERM;
	return caller_is_allowed(caller, file, W_OK) ? 0 : -EACCES;
}
