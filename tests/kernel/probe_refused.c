/* SPDX-License-Identifier: MIT */
/* What /sys and /proc refuse: names are not the caller's to make, to change or to take away. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe.h"

void probe_refused(const char *group, const char *path)
{
	char dir[128], other[160];

	snprintf(dir, sizeof dir, "%s", path);
	*strrchr(dir, '/') = '\0';
	snprintf(other, sizeof other, "%s/other", dir);
	probe_group("%s", group);
	PROBE(unlink(path), "unlink");
	PROBE(unlink(dir), "unlink of a directory");
	PROBE(unlink(other), "unlink of no file");
	PROBE(rmdir(dir), "rmdir");
	PROBE(rmdir(path), "rmdir of a file");
	PROBE(rename(path, other), "rename");
	PROBE(renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_NOREPLACE), "rename NOREPLACE");
	PROBE(rename(other, path), "rename of no file");
	PROBE(mknod(other, S_IFIFO | 0600, 0), "mknod");
	PROBE(mkdir(other, 0700), "mkdir");
	PROBE(symlink("a", other), "symlink");
	probe_say(probe_open(other, O_RDWR | O_CREAT), "create");
	probe_say(probe_open(dir, O_RDWR | O_TMPFILE), "O_TMPFILE");
}
