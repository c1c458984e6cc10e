/* SPDX-License-Identifier: MIT */
/* How much memory there is, for whoever asks libc and not /proc/meminfo, which says it. */
#ifndef MSRD_FUSE_MSR_PRELOAD_MEMORY_H
#define MSRD_FUSE_MSR_PRELOAD_MEMORY_H

/* From here on it is the node's. */
void memory_start(void);

#endif
