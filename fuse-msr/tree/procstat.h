/* SPDX-License-Identifier: MIT */
/* /proc/stat, /proc/interrupts, /proc/softirqs and /proc/meminfo as fs/proc and kernel/irq/proc.c
 * of Linux 6.1 write them. */
#ifndef MSRD_FUSE_MSR_TREE_PROCSTAT_H
#define MSRD_FUSE_MSR_TREE_PROCSTAT_H

#include <stdint.h>

#include "sim/fixture/fixture.h"

/*
 * How long each CPU has been in user mode, in the kernel and idle in the first ns nanoseconds, as
 * the workload says. A node has no processes and takes no interrupts: these are 0. The caller
 * frees; NULL when out of memory.
 */
char *procstat_text(const struct fixture *fixture, uint64_t ns);
char *interrupts_text(const struct fixture *fixture);
char *softirqs_text(const struct fixture *fixture);

/* /proc/meminfo: all memory of the NUMA nodes, and all of it free. */
char *meminfo_text(const struct fixture *fixture);

#endif
