/* SPDX-License-Identifier: MIT */
/* Files that nobody but root can have written. */
#ifndef MSRD_UTIL_ROOTFILE_H
#define MSRD_UTIL_ROOTFILE_H

#include <stddef.h>

#define ROOTFILE_WHY_SIZE 256

/*
 * Reads the file at path, which is absolute, plain (no . and ..) and looked up from
 * root_fd, into *text, which is the caller's to free; at most max bytes. It has to be
 * a regular file of root's that nobody else may write, and so has every folder on the
 * way, root_fd's too; no symbolic link is followed. 0; -ENOENT when there is none;
 * else -errno, and why says in words what is wrong with what.
 */
int rootfile_read(int root_fd, const char *path, size_t max, char **text, size_t *length,
	char why[ROOTFILE_WHY_SIZE]);

#endif
