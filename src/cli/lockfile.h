/* SPDX-License-Identifier: MIT */
/* The lock file, made and removed by who may write its folder. No link is ever followed. */
#ifndef MSRD_CLI_LOCKFILE_H
#define MSRD_CLI_LOCKFILE_H

#include <sys/types.h>

/* Whose it is: 0; -ENOENT: there is none; -ENOTSUP: it is of *owner, and a link, a folder or
 * anything else that is no regular file; or another -errno, which counts as locked. */
int lockfile_look(const char *path, uid_t *owner);

/*
 * Makes it, at once as uid's: of two who do so at the same time one has made it. 0; -EEXIST: it
 * was there, of *owner; otherwise as lockfile_look.
 */
int lockfile_make(const char *path, uid_t uid, uid_t *owner);

/* Puts uid's in the place of whoever's is there; there is one all the time. No regular file is left
 * alone. As lockfile_make, but for -EEXIST. */
int lockfile_replace(const char *path, uid_t uid, uid_t *owner);

/* Removes it. 0, also where there is none; otherwise as lockfile_look. */
int lockfile_remove(const char *path);

#endif
