/* SPDX-License-Identifier: MIT */
/*
 * PCI config space as a file: /proc/bus/pci/BB/DD.F and sysfs `config`, call by
 * call as drivers/pci/proc.c and pci-sysfs.c of Linux 6.1 answer. They differ
 * in one thing: what a write past the end gets.
 */
#ifndef MSRD_FUSE_MSR_TREE_PCIFILE_H
#define MSRD_FUSE_MSR_TREE_PCIFILE_H

#include "sim/machine/machine.h"

#include <sys/types.h>

enum pcifile_door { PCIFILE_PROC, PCIFILE_SYSFS };

/* How far a reader gets: all of it, or the standard header. */
uint32_t pcifile_limit(const struct fixture_function *function, bool privileged);

/* pread up to limit: the bytes done. */
ssize_t pcifile_read(struct machine *machine, uint32_t function, uint32_t limit, uint8_t *buffer,
	size_t count, uint64_t offset);

/* pwrite into size bytes of config space: the bytes done, or -errno. */
ssize_t pcifile_write(struct machine *machine, uint32_t function, enum pcifile_door door,
	uint32_t size, const uint8_t *buffer, size_t count, uint64_t offset);

#endif
