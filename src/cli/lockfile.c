/* SPDX-License-Identifier: MIT */
/*
 * A file that is already as it has to be comes to its place by one system call: link, which fails
 * where anything is, or rename. Neither follows what is there. Knows no command.
 */
#include "cli/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

int lockfile_look(const char *path, uid_t *owner)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -errno;
	*owner = st.st_uid;
	return S_ISREG(st.st_mode) ? 0 : -ENOTSUP;
}

/* uid's, beside the place. One of the same name is of a process that was killed. */
static int make_beside(const char *path, uid_t uid, char name[PATH_MAX])
{
	int n = snprintf(name, PATH_MAX, "%s.%ld", path, (long)getpid());

	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	if (unlink(name) < 0 && errno != ENOENT)
		return -errno;
	cleanup_close int fd =
		open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	if (fchown(fd, uid, (gid_t)-1) == 0)
		return 0;
	int r = -errno;
	unlink(name);
	return r;
}

int lockfile_make(const char *path, uid_t uid, uid_t *owner)
{
	char name[PATH_MAX];
	int r = make_beside(path, uid, name);

	if (r < 0)
		return r;
	if (link(name, path) < 0)
		r = -errno;
	unlink(name);
	if (r == -EEXIST) {
		r = lockfile_look(path, owner);
		/* removed in between: it was there */
		return r == 0 || r == -ENOENT ? -EEXIST : r;
	}
	if (r == 0)
		*owner = uid;
	return r;
}

int lockfile_replace(const char *path, uid_t uid, uid_t *owner)
{
	char name[PATH_MAX];
	int r = lockfile_look(path, owner);

	if (r < 0 && r != -ENOENT)
		return r;
	r = make_beside(path, uid, name);
	if (r < 0)
		return r;
	if (rename(name, path) < 0) {
		r = -errno;
		unlink(name);
		return r;
	}
	*owner = uid;
	return 0;
}

int lockfile_remove(const char *path)
{
	uid_t owner;
	int r = lockfile_look(path, &owner);

	if (r == 0 && unlink(path) < 0)
		r = -errno;
	return r == -ENOENT ? 0 : r;
}
