/* SPDX-License-Identifier: MIT */
/*
 * The library that answers instructions as the node (fuse-msr/preload), on its way into COMMAND
 * and all that it starts. Each complains where it fails, and returns 0 or -errno.
 */
#ifndef MSRD_FUSE_MSR_HOST_INSTRUCTION_H
#define MSRD_FUSE_MSR_HOST_INSTRUCTION_H

/* Outside of the node, for everything started from here. */
int instruction_environment(void);

/* In the node's namespace, which nobody else sees. */
int instruction_install(void);

#endif
