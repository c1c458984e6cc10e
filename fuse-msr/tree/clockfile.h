/* SPDX-License-Identifier: MIT */
/* sim/clock: the node's clock as a file. "+1500000" (ns) or "+1.5s" moves a manual one. */
#ifndef MSRD_FUSE_MSR_TREE_CLOCKFILE_H
#define MSRD_FUSE_MSR_TREE_CLOCKFILE_H

#include "sim/machine/machine.h"

#include <sys/types.h>

/* pread and pwrite: the bytes done, or -errno. */
ssize_t clockfile_read(struct machine *machine, uint8_t *buffer, size_t count, uint64_t offset);
ssize_t clockfile_write(struct machine *machine, const uint8_t *buffer, size_t count);

/* Nanoseconds of "+NS" or "+SECONDS[.FRACTION]s". */
bool clockfile_parse(const char *text, uint64_t *ns);

#endif
