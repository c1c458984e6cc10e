/* SPDX-License-Identifier: MIT */
#ifndef MSRD_FUSE_MSR_TREE_CPUINFO_H
#define MSRD_FUSE_MSR_TREE_CPUINFO_H

#include "sim/fixture/fixture.h"

/* The text of /proc/cpuinfo when the node is ns nanoseconds old. The caller frees; NULL when out of
 * memory. */
char *cpuinfo_text(const struct fixture *fixture, uint64_t ns);

#endif
