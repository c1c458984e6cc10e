/* SPDX-License-Identifier: MIT */
/* /dev/cpu/N/msr, call by call as arch/x86/kernel/msr.c of Linux 6.1 answers. */
#ifndef MSRD_FUSE_MSR_TREE_MSRFILE_H
#define MSRD_FUSE_MSR_TREE_MSRFILE_H

#include "sim/machine/machine.h"

#include <sys/types.h>

/* pread and pwrite: the bytes done, or -errno. */
ssize_t msrfile_read(
	struct machine *machine, uint32_t cpu, uint8_t *buffer, size_t count, uint64_t offset);
ssize_t msrfile_write(struct machine *machine, uint32_t cpu, const uint8_t *buffer, size_t count,
	uint64_t offset);

#endif
