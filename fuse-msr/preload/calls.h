/* SPDX-License-Identifier: MIT */
/* System calls that a program makes by number, with syscall(2). */
#ifndef MSRD_FUSE_MSR_PRELOAD_CALLS_H
#define MSRD_FUSE_MSR_PRELOAD_CALLS_H

/* From here on those whose answer is the node's are answered so. */
void calls_start(void);

#endif
