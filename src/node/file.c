/* SPDX-License-Identifier: MIT */
/* Leaf of node: opens, reads, closes. Knows no file by name. */
#include "node/file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "util/bytes.h"
#include "util/cleanup.h"

__attribute__((format(printf, 2, 0))) static int open_path(
	int root_fd, const char *format, va_list arguments)
{
	char path[PATH_MAX];
	int length = vsnprintf(path, sizeof path, format, arguments);

	if (length < 0 || (size_t)length >= sizeof path)
		return -ENAMETOOLONG;
	int fd = openat(root_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static ssize_t read_once(int fd, char *text, size_t size)
{
	ssize_t n;

	do
		n = read(fd, text, size);
	while (n < 0 && errno == EINTR);
	return n;
}

static int read_text(int fd, char *text, size_t size)
{
	size_t length = 0;

	while (length < size - 1) {
		ssize_t n = read_once(fd, text + length, size - 1 - length);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	text[length] = '\0';
	return (int)length;
}

int file_read_text(int root_fd, char *text, size_t size, const char *path, ...)
{
	va_list arguments;

	va_start(arguments, path);
	cleanup_close int fd = open_path(root_fd, path, arguments);
	va_end(arguments);
	return fd < 0 ? fd : read_text(fd, text, size);
}

int file_read_number(int root_fd, long *value, const char *path, ...)
{
	char text[32], *end;
	va_list arguments;

	va_start(arguments, path);
	cleanup_close int fd = open_path(root_fd, path, arguments);
	va_end(arguments);
	if (fd < 0)
		return fd;
	ssize_t n = read_once(fd, text, sizeof text - 1); /* the kernel gives such a file whole */
	if (n < 0)
		return -errno;
	text[n] = '\0';
	errno = 0;
	*value = strtol(text, &end, 0);
	return errno != 0 || end == text || (*end != '\n' && *end != '\0') ? -EINVAL : 0;
}

char *file_read_whole(int root_fd, const char *path)
{
	cleanup_close int fd = openat(root_fd, path, O_RDONLY | O_CLOEXEC);
	cleanup_free char *text = NULL;
	size_t length = 0, size = 0;

	if (fd < 0)
		return NULL;
	do {
		size += 4096;
		char *larger = realloc(text, size);
		if (!larger)
			return NULL;
		text = larger;
		int r = read_text(fd, text + length, size - length);
		if (r < 0) {
			errno = -r;
			return NULL;
		}
		length += (size_t)r;
	} while (length == size - 1);
	return steal_ptr(&text);
}

int file_read_le32(int root_fd, uint32_t offset, uint32_t *value, const char *path, ...)
{
	uint8_t bytes[4];
	va_list arguments;

	va_start(arguments, path);
	cleanup_close int fd = open_path(root_fd, path, arguments);
	va_end(arguments);
	if (fd < 0)
		return fd;
	ssize_t n = pread(fd, bytes, sizeof bytes, offset);
	if (n < 0)
		return -errno;
	if (n != sizeof bytes)
		return -EIO;
	*value = get_le32(bytes);
	return 0;
}
