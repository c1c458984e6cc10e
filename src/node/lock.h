/* SPDX-License-Identifier: MIT */
/* The lock file with which an administrator gives the counters to one user. */
#ifndef MSRD_NODE_LOCK_H
#define MSRD_NODE_LOCK_H

#include <sys/types.h>

#include "op.h"

#define LOCK_PATH "/var/run/likwid.lock"

/* LOCK_PATH, or, where /var/run is /run by another name, the same file without that link: it is
 * looked at before each access. Always the same of two strings that nobody can write to. */
const char *lock_path(void);

/* 0 and the user to whom the file belongs; -errno: -ENOENT is absent, anything else says that it
 * can't be looked at. */
int lock_owner(const char *path, uid_t *owner);

/* OP_OK: absent, or it belongs to uid, which is is_own. OP_LOCKED: anything else,
 * also when it can't be looked at. */
enum op_status lock_check(const char *path, uid_t uid, bool *is_own);

/* Why it is OP_LOCKED, in words. */
void lock_describe(const char *path, char *text, size_t size);

#endif
