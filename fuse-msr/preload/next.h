/* SPDX-License-Identifier: MIT */
/* The function of that name that a library which is preloaded stands before. */
#ifndef MSRD_FUSE_MSR_PRELOAD_NEXT_H
#define MSRD_FUSE_MSR_PRELOAD_NEXT_H

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

/* Into *function, a pointer to one: what ISO C has no cast for, POSIX promises. */
static inline bool next_find(void *function, const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	memcpy(function, &symbol, sizeof symbol);
	return symbol;
}

#endif
