/* SPDX-License-Identifier: MIT */
/* Small files below the machine's root, as /proc and /sys have them. */
#ifndef MSRD_NODE_FILE_H
#define MSRD_NODE_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the file at path (relative to root_fd, "sys/…") into text, at most
 * size - 1 bytes, and ends it with a zero byte. The number of bytes, or -errno.
 */
__attribute__((format(printf, 4, 5))) int file_read_text(
	int root_fd, char *text, size_t size, const char *path, ...);

/* The same for a file that holds one number ("0x8086", "-1"). 0 or -errno; -EINVAL: no number. */
__attribute__((format(printf, 3, 4))) int file_read_number(
	int root_fd, long *value, const char *path, ...);

/* A whole file of any size; the caller frees it. NULL with errno. */
char *file_read_whole(int root_fd, const char *path);

/* The little-endian dword at offset of a PCI config file. 0 or -errno; -EIO: it ends before. */
__attribute__((format(printf, 4, 5))) int file_read_le32(
	int root_fd, uint32_t offset, uint32_t *value, const char *path, ...);

#endif
