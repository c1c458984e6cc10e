/* SPDX-License-Identifier: MIT */
/*
 * A /dev of the node's own: an empty file system with the standard nodes of
 * the host bound back, and a directory cpu. No device of the host's is left
 * in it, /dev/log neither.
 */
#ifndef MSRD_FUSE_MSR_HOST_DEVDIR_H
#define MSRD_FUSE_MSR_HOST_DEVDIR_H

/* In a mount namespace of the caller's own. 0 or -errno. */
int devdir_make(void);

#endif
