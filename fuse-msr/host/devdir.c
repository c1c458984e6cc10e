/* SPDX-License-Identifier: MIT */
#include "fuse-msr/host/devdir.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "util/array.h"
#include "util/cleanup.h"

/* What programs count on; what the host lacks, the node lacks. */
static const char *const names[] = {"null", "zero", "full", "random", "urandom", "tty", "ptmx",
	"pts", "shm", "mqueue", "console", "fuse", "kvm", "fd", "stdin", "stdout", "stderr"};

static int copy_link(int dev, const char *name, const char *path)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(dev, name, target, sizeof target - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	return symlink(target, path) < 0 ? -errno : 0;
}

static int bind_node(int dev, const char *name, const char *path, mode_t mode)
{
	cleanup_close int node = openat(dev, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char source[32];

	if (node < 0)
		return -errno;
	if ((S_ISDIR(mode) ? mkdir(path, 0755) : mknod(path, S_IFREG | 0600, 0)) < 0)
		return -errno;
	/* the host's /dev is covered: by its descriptor it can still be named */
	snprintf(source, sizeof source, "/proc/self/fd/%d", node);
	return mount(source, path, NULL, MS_BIND | MS_REC, NULL) < 0 ? -errno : 0;
}

static int copy(int dev, const char *name)
{
	struct stat status;
	char path[32];

	if (fstatat(dev, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	snprintf(path, sizeof path, "/dev/%s", name);
	if (S_ISLNK(status.st_mode))
		return copy_link(dev, name, path);
	return bind_node(dev, name, path, status.st_mode);
}

int devdir_make(void)
{
	cleanup_close int dev = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (dev < 0 || mount("fuse-msr", "/dev", "tmpfs", MS_NOSUID, "mode=755") < 0)
		return -errno;
	for (size_t i = 0; r == 0 && i < N_ELEMENTS(names); i++)
		r = copy(dev, names[i]);
	if (r == 0 && mkdir("/dev/cpu", 0755) < 0)
		r = -errno;
	return r;
}
