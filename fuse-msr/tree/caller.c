/* SPDX-License-Identifier: MIT */
/* Capabilities of callers. It must not know what is behind a file. */
#include "fuse-msr/tree/caller.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

ino_t caller_user_namespace(pid_t pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
	return stat(path, &status) == 0 ? status.st_ino : 0;
}

uint64_t caller_capabilities(pid_t pid, ino_t user_namespace)
{
	char path[64], line[256];
	uint64_t capabilities = 0;

	if (pid <= 0 || caller_user_namespace(pid) != user_namespace)
		return 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	cleanup_fclose FILE *status = fopen(path, "re");
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
	/* nobody is the owner: the node's root comes with the capability */
	if ((mask & X_OK) && !(mode & S_IXOTH))
		return false;
	if (caller_has(caller, CAP_DAC_OVERRIDE))
		return !(mask & W_OK) || (mode & S_IWUSR);
	return !((mask & R_OK) && !(mode & S_IROTH)) && !((mask & W_OK) && !(mode & S_IWOTH));
}
