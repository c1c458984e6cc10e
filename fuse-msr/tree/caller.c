/* SPDX-License-Identifier: MIT */
/* Capabilities of callers. It must not know what is behind a file. */
#include "fuse-msr/tree/caller.h"

#include "util/cleanup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

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

static bool has(uint64_t capabilities, int capability)
{
	return capabilities >> capability & 1;
}

bool caller_sees_config(uint64_t capabilities)
{
	return has(capabilities, CAP_SYS_ADMIN);
}

static bool is_allowed(const struct tree_file *file, int mask, uint64_t capabilities)
{
	/* nobody is the owner: the node's root comes with the capability */
	if ((mask & X_OK) && !(file->mode & S_IXOTH))
		return false;
	if (has(capabilities, CAP_DAC_OVERRIDE))
		return !(mask & W_OK) || (file->mode & S_IWUSR);
	return !((mask & R_OK) && !(file->mode & S_IROTH)) &&
	       !((mask & W_OK) && !(file->mode & S_IWOTH));
}

int caller_may_access(const struct tree_file *file, int mask, uint64_t capabilities)
{
	return is_allowed(file, mask, capabilities) ? 0 : -EACCES;
}

int caller_may_open(const struct tree_file *file, int flags, uint64_t capabilities)
{
	static const int masks[] = {
		[O_RDONLY] = R_OK,
		[O_WRONLY] = W_OK,
		[O_RDWR] = R_OK | W_OK,
		[O_ACCMODE] = R_OK | W_OK,
	};

	if (!is_allowed(file, masks[flags & O_ACCMODE], capabilities))
		return -EACCES;
	/* the driver's own question comes after the file's mode */
	if (file->kind == TREE_MSR && !has(capabilities, CAP_SYS_RAWIO))
		return -EPERM;
	return 0;
}
