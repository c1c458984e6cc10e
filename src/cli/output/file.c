/* SPDX-License-Identifier: MIT */
#include "cli/output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Somebody else has put it into a folder in which everybody makes names: he has chosen what would
 * be replaced. As fs.protected_symlinks of Linux has it, which asks nobody who follows by himself.
 */
static bool is_planted(const char *path, const struct stat *link)
{
	const char *slash = strrchr(path, '/');
	cleanup_free char *folder = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
	struct stat status;

	if (!folder || stat(folder, &status) < 0)
		return true;
	return link->st_uid != geteuid() && link->st_uid != status.st_uid &&
	       (status.st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH);
}

/* What a link says, of where nothing is yet. */
static char *read_link(const char *path)
{
	const char *slash = strrchr(path, '/');
	char text[PATH_MAX], *target;
	ssize_t n = readlink(path, text, sizeof text);
	int folder = slash && n > 0 && text[0] != '/' ? (int)(slash + 1 - path) : 0;

	if (n < 0 || asprintf(&target, "%.*s%.*s", folder, path, (int)n, text) < 0)
		return NULL;
	return target;
}

/* A link stays one: what it leads to is replaced, or made. What is none stays a name that nobody
 * follows, whatever becomes of it meanwhile. */
static char *get_target(const char *path)
{
	struct stat status;
	char *target;

	if (lstat(path, &status) < 0 || !S_ISLNK(status.st_mode))
		return strdup(path);
	if (is_planted(path, &status)) {
		errno = EACCES;
		return NULL;
	}
	target = realpath(path, NULL);
	return target || errno != ENOENT ? target : read_link(path);
}

/* As the old one is, or as any new file. */
static int set_mode(int fd, const char *target)
{
	struct stat old;
	mode_t mask;

	if (stat(target, &old) == 0)
		return fchmod(fd, old.st_mode & 0777) < 0 ? -errno : 0;
	mask = umask(0);
	umask(mask);
	return fchmod(fd, 0666 & ~mask) < 0 ? -errno : 0;
}

static int open_temporary(struct output_file *file)
{
	const char *slash = strrchr(file->target, '/');
	int length = slash ? (int)(slash + 1 - file->target) : 0;
	cleanup_close int fd = -1;
	int r;

	/* beside it: a name in another file system can't be renamed to it */
	if (asprintf(&file->temporary, "%.*s.%s.XXXXXX", length, file->target,
		    file->target + length) < 0) {
		file->temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(file->temporary, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		free(file->temporary);
		file->temporary = NULL;
		return r;
	}
	r = set_mode(fd, file->target);
	if (r < 0)
		return r;
	file->stream = fdopen(fd, "w");
	if (!file->stream)
		return -errno;
	steal_fd(&fd);
	return 0;
}

static int open_target(struct output_file *file, enum file_mode mode)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (mode == FILE_APPENDS ? O_APPEND : O_TRUNC);
	cleanup_close int fd = open(file->target, flags, 0666);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	file->is_empty = status.st_size == 0;
	file->stream = fdopen(fd, mode == FILE_APPENDS ? "a" : "w");
	if (!file->stream)
		return -errno;
	steal_fd(&fd);
	return 0;
}

int output_file_open(struct output_file *file, const char *path, enum file_mode mode)
{
	struct stat status;
	int r;

	*file = (struct output_file){.target = get_target(path), .is_empty = true};
	if (!file->target)
		return -errno;
	if (mode != FILE_REPLACES || (stat(file->target, &status) == 0 && !S_ISREG(status.st_mode)))
		r = open_target(file, mode);
	else
		r = open_temporary(file);
	/* a file of one's own in a folder of somebody else */
	if (r == -EACCES || r == -EPERM)
		r = open_target(file, mode);
	if (r < 0)
		output_file_close(file);
	return r;
}

int output_file_commit(struct output_file *file)
{
	int r = 0;

	if (fflush(file->stream) != 0)
		r = -errno;
	else if (ferror(file->stream))
		r = -EIO;
	/* also a disk that finds out late that it is full */
	if (r == 0 && file->temporary && fsync(fileno(file->stream)) < 0)
		r = -errno;
	if (fclose(file->stream) != 0 && r == 0)
		r = -errno;
	file->stream = NULL;
	if (r == 0 && file->temporary && rename(file->temporary, file->target) < 0)
		r = -errno;
	if (r == 0) {
		free(file->temporary);
		file->temporary = NULL;
	}
	return r;
}

void output_file_close(struct output_file *file)
{
	if (file->stream)
		fclose(file->stream);
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->target);
	*file = (struct output_file){0};
}
