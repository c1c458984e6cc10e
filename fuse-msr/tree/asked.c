/* SPDX-License-Identifier: MIT */
#include "fuse-msr/tree/asked.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/array.h"
#include "util/cleanup.h"

enum shape { PLAIN, VECTOR };

/* Where a call has what: the number of its argument. FROM_FILE: the file's own position. */
#define FROM_FILE 0xff

static const struct {
	long number;
	enum shape shape;
	uint8_t offset;
} calls[] = {
	{SYS_read, PLAIN, FROM_FILE},
	{SYS_write, PLAIN, FROM_FILE},
	{SYS_pread64, PLAIN, 3},
	{SYS_pwrite64, PLAIN, 3},
	{SYS_readv, VECTOR, FROM_FILE},
	{SYS_writev, VECTOR, FROM_FILE},
	{SYS_preadv, VECTOR, 3},
	{SYS_pwritev, VECTOR, 3},
	{SYS_preadv2, VECTOR, 3},
	{SYS_pwritev2, VECTOR, 3},
};

/* False: it runs, or we may not know. */
static bool read_call(int proc, pid_t pid, long *number, uint64_t arguments[6])
{
	char path[64], text[256];

	snprintf(path, sizeof path, "%d/syscall", pid);
	cleanup_close int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (length <= 0)
		return false;
	text[length] = '\0';
	return sscanf(text,
		       "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
		       number, &arguments[0], &arguments[1], &arguments[2], &arguments[3],
		       &arguments[4], &arguments[5]) == 7;
}

static bool read_position(int proc, pid_t pid, uint64_t descriptor, uint64_t *position)
{
	char path[64], text[256];

	snprintf(path, sizeof path, "%d/fdinfo/%" PRIu64, pid, descriptor);
	cleanup_close int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (length <= 0)
		return false;
	text[length] = '\0';
	return sscanf(text, "pos:\t%" SCNu64, position) == 1;
}

static void read_parts(int proc, pid_t pid, uint64_t at, uint64_t n_parts, struct asked *asked)
{
	struct iovec parts[ASKED_PARTS];
	char path[64];
	size_t n = n_parts < ASKED_PARTS ? n_parts : ASKED_PARTS;

	snprintf(path, sizeof path, "%d/mem", pid);
	cleanup_close int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 ||
		pread(fd, parts, n * sizeof *parts, (off_t)at) != (ssize_t)(n * sizeof *parts))
		return;
	for (size_t i = 0; i < n; i++)
		asked->parts[i] = parts[i].iov_len;
	asked->n_parts = (unsigned)n;
}

static bool is_access(long number, const uint64_t arguments[6])
{
	return number == SYS_access || number == SYS_faccessat ||
	       (number == SYS_faccessat2 && !(arguments[3] & AT_EACCESS));
}

bool asked_find(int proc, pid_t pid, struct asked *asked)
{
	uint64_t arguments[6];
	long number;

	*asked = (struct asked){0};
	if (!read_call(proc, pid, &number, arguments))
		return false;
	asked->is_access = is_access(number, arguments);
	for (size_t i = 0; i < N_ELEMENTS(calls); i++) {
		if (calls[i].number != number)
			continue;
		asked->has_offset = calls[i].offset != FROM_FILE;
		if (asked->has_offset)
			asked->offset = arguments[calls[i].offset];
		else
			asked->has_offset = read_position(proc, pid, arguments[0], &asked->offset);
		if (calls[i].shape == VECTOR)
			read_parts(proc, pid, arguments[1], arguments[2], asked);
	}
	return true;
}

size_t asked_whole(const struct asked *asked, size_t unit, size_t count)
{
	size_t whole = 0;

	if (asked->n_parts == 0)
		return count;
	for (unsigned i = 0; i < asked->n_parts && asked->parts[i] % unit == 0; i++)
		whole += asked->parts[i];
	return whole < count ? whole : count;
}
