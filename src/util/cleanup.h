/* SPDX-License-Identifier: MIT */
/* Scope-bound cleanup, and the visible hand-over of what it would clean. */
#ifndef MSRD_UTIL_CLEANUP_H
#define MSRD_UTIL_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* free() a pointer when it leaves the scope. */
#define cleanup_free __attribute__((cleanup(cleanup_free_ptr)))
/* close() a descriptor when it leaves the scope; -1 is none. */
#define cleanup_close	 __attribute__((cleanup(cleanup_close_fd)))
#define cleanup_fclose	 __attribute__((cleanup(cleanup_fclose_file)))
#define cleanup_closedir __attribute__((cleanup(cleanup_closedir_dir)))

/* All of them leave errno as it was: they run on the way out of a failure. */
static inline void cleanup_free_ptr(void *pointer)
{
	int saved = errno;

	free(*(void **)pointer);
	errno = saved;
}

static inline void cleanup_close_fd(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void cleanup_fclose_file(FILE **file)
{
	int saved = errno;

	if (*file)
		fclose(*file);
	errno = saved;
}

static inline void cleanup_closedir_dir(DIR **dir)
{
	int saved = errno;

	if (*dir)
		closedir(*dir);
	errno = saved;
}

/* The caller owns the descriptor from here on. */
static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

/* The caller owns the memory from here on. */
static inline void *steal_ptr(void *pointer)
{
	void **slot = pointer;
	void *stolen = *slot;

	*slot = NULL;
	return stolen;
}

#endif
