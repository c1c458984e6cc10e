/* SPDX-License-Identifier: MIT */
/*
 * Who is asking, and what may they do: the simulated node's answer to
 * capable() and to file modes. All files of the node belong to its root.
 */
#ifndef MSRD_FUSE_MSR_TREE_CALLER_H
#define MSRD_FUSE_MSR_TREE_CALLER_H

#include "fuse-msr/tree/tree.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Every capability there is. */
#define CALLER_ROOT UINT64_MAX

/*
 * The effective capabilities of a process or thread on the node whose user
 * namespace has this inode number: as the kernel's own capable(), none in
 * another namespace. None too when the process cannot be looked at.
 */
uint64_t caller_capabilities(pid_t pid, ino_t user_namespace);

/* The user namespace of a process, 0 when it cannot be looked at. */
ino_t caller_user_namespace(pid_t pid);

/* 0, or the -errno that open(2) with these flags gets. */
int caller_may_open(const struct tree_file *file, int flags, uint64_t capabilities);

/* 0, or the -errno that access(2) with R_OK, W_OK, X_OK gets. */
int caller_may_access(const struct tree_file *file, int mask, uint64_t capabilities);

/* Does the opener see the whole of a config space? */
bool caller_sees_config(uint64_t capabilities);

#endif
