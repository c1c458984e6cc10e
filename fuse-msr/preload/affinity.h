/* SPDX-License-Identifier: MIT */
/* On which of the node's CPUs a thread is, as it has asked for: libc's calls, with the node's
 * numbers. */
#ifndef MSRD_FUSE_MSR_PRELOAD_AFFINITY_H
#define MSRD_FUSE_MSR_PRELOAD_AFFINITY_H

/* From here on; before that libc answers. */
void affinity_start(void);

/* Which of answers_cpu() this thread is on. May be called in a signal handler. */
unsigned affinity_index(void);

#endif
