/* SPDX-License-Identifier: MIT */
/* Capabilities of callers. It must not know what is behind a file. */
#include "fuse-msr/tree/caller.h"

#include "util/cleanup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

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

uint64_t caller_capabilities(int proc, pid_t pid, ino_t user_namespace)
{
	char path[64], line[256];
	uint64_t capabilities = 0;

	if (!caller_is_in(proc, pid, user_namespace))
		return 0;
	snprintf(path, sizeof path, "%d/status", pid);
	cleanup_close int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	cleanup_fclose FILE *status = fd < 0 ? NULL : fdopen(fd, "r");
	if (status)
		steal_fd(&fd);
	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "CapEff: %" SCNx64, &capabilities) == 1)
			return capabilities;
	return 0;
}

bool caller_has(const struct caller *caller, int capability)
{
	return caller->capabilities >> capability & 1;
}

bool caller_is_allowed(const struct caller *caller, mode_t mode, int mask)
{
	mode_t bits = caller->is_root ? mode >> 6 : mode; /* R_OK, W_OK, X_OK are its bits */

	if (((unsigned)mask & ~bits & (R_OK | W_OK | X_OK)) == 0)
		return true;
	if ((mask & X_OK) && !S_ISDIR(mode) && !(mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return false;
	if (caller_has(caller, CAP_DAC_OVERRIDE))
		return true;
	return caller_has(caller, CAP_DAC_READ_SEARCH) && !(mask & W_OK) &&
	       (S_ISDIR(mode) || !(mask & X_OK));
}
