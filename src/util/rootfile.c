/* SPDX-License-Identifier: MIT */
/*
 * Each folder is looked at through the descriptor by which the next is opened:
 * what was judged is what is used. Where every folder is root's alone, nobody
 * else can put something else there in between.
 */
#include "util/rootfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"

__attribute__((format(printf, 3, 4))) static int fail(
	char why[ROOTFILE_WHY_SIZE], int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, ROOTFILE_WHY_SIZE, format, arguments);
	va_end(arguments);
	return -error;
}

/* 0, or why what fd is open on is not root's alone; it is the first length bytes of path. */
static int judge(
	int fd, const char *path, size_t length, struct stat *st, char why[ROOTFILE_WHY_SIZE])
{
	const char *name = length > 0 ? path : "/";
	int shown = length > 0 ? (int)length : 1;

	if (fstat(fd, st) < 0)
		return fail(why, errno, "%.*s: %s", shown, name, strerror(errno));
	if (st->st_uid != 0)
		return fail(why, EPERM, "%.*s belongs to uid %u, and has to be root's", shown, name,
			(unsigned)st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return fail(why, EPERM,
			"%.*s may be written by others (mode %04o): chmod go-w %.*s", shown, name,
			(unsigned)(st->st_mode & 07777), shown, name);
	return 0;
}

/* The folder of the file, opened on the way from root_fd; *r is what is wrong with any, which
 * does not count before the file is known to be there. */
static int open_folder(
	int root_fd, const char *path, const char **name, int *r, char why[ROOTFILE_WHY_SIZE])
{
	cleanup_close int fd = openat(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *part = path + 1, *slash;
	struct stat st;

	if (fd < 0)
		return -errno;
	*r = judge(fd, path, 0, &st, why);
	for (; (slash = strchr(part, '/')) != NULL; part = slash + 1) {
		char folder[NAME_MAX + 1];
		int next;

		if ((size_t)(slash - part) >= sizeof folder)
			return -ENAMETOOLONG;
		memcpy(folder, part, (size_t)(slash - part));
		folder[slash - part] = '\0';
		next = openat(fd, folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -errno;
		close(fd);
		fd = next;
		if (*r == 0)
			*r = judge(fd, path, (size_t)(slash - path), &st, why);
	}
	*name = part;
	return steal_fd(&fd);
}

static int read_all(int fd, size_t max, char **text, size_t *length)
{
	cleanup_free char *bytes = malloc(max + 1);
	size_t n = 0;

	if (!bytes)
		return -ENOMEM;
	while (n <= max) {
		ssize_t r = read(fd, bytes + n, max + 1 - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += (size_t)r;
	}
	if (n > max)
		return -EFBIG;
	*length = n;
	*text = steal_ptr(&bytes);
	return 0;
}

int rootfile_read(int root_fd, const char *path, size_t max, char **text, size_t *length,
	char why[ROOTFILE_WHY_SIZE])
{
	const char *name = path;
	struct stat st = {0};
	int r = 0;
	cleanup_close int folder = open_folder(root_fd, path, &name, &r, why);

	if (folder == -ELOOP || folder == -ENOTDIR)
		return fail(
			why, EPERM, "a folder of %.180s is a symbolic link, or no folder", path);
	if (folder < 0)
		return fail(why, -folder, "%s", strerror(-folder));
	/* a FIFO would be waited for, and is none of ours */
	cleanup_close int fd =
		openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP)
		return fail(why, EPERM, "it is a symbolic link, and those are not followed");
	if (fd < 0)
		return fail(why, errno, "%s", strerror(errno));
	if (r == 0)
		r = judge(fd, path, strlen(path), &st, why);
	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode))
		return fail(why, EPERM, "it is no regular file");
	r = read_all(fd, max, text, length);
	if (r == -EFBIG)
		return fail(why, EFBIG, "it has more than %zu bytes", max);
	return r < 0 ? fail(why, -r, "%s", strerror(-r)) : 0;
}
