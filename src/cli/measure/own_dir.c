/* SPDX-License-Identifier: MIT */
#include "cli/measure/own_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

int own_dir_name(char path[OWN_DIR_SIZE], const char *parent, const char *prefix)
{
	cleanup_fclose FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	char boot[40] = "";

	if (!file || !fgets(boot, sizeof boot, file))
		return -ENOENT;
	boot[strcspn(boot, "\n")] = '\0';
	if (snprintf(path, OWN_DIR_SIZE, "%s/%s-%u-%s", parent, prefix, (unsigned)geteuid(),
		    boot) >= OWN_DIR_SIZE)
		return -ENAMETOOLONG;
	return 0;
}

/* parent is everybody's: what somebody else made there, or may write to, is not ours. */
int own_dir_open(const char *path)
{
	cleanup_close int dir = -1;
	struct stat status;

	/* the last to leave may remove it in between */
	do {
		if (mkdir(path, S_IRWXU) < 0 && errno != EEXIST)
			return -errno;
		dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	} while (dir < 0 && errno == ENOENT);
	if (dir < 0 || fstat(dir, &status) < 0)
		return -errno;
	if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	return steal_fd(&dir);
}

const char *own_dir_strerror(int r)
{
	return r == -EPERM ? "it is somebody else's, or others may write to it: remove it"
			   : strerror(-r);
}

int own_dir_renew(int *dir, const char *path)
{
	struct stat status;
	int renewed;

	if (fstat(*dir, &status) < 0)
		return -errno;
	if (status.st_nlink > 0)
		return 0;
	renewed = own_dir_open(path);
	if (renewed < 0)
		return renewed;
	close(*dir);
	*dir = renewed;
	return -EAGAIN;
}
