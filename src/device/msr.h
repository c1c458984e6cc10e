/* SPDX-License-Identifier: MIT */
/* MSRs through the kernel's /dev/cpu/N/msr. */
#ifndef MSRD_DEVICE_MSR_H
#define MSRD_DEVICE_MSR_H

#include <stdbool.h>

#include "device/device.h"
#include "device/files.h"
#include "node/node.h"

/*
 * Opens the file of every present CPU below root_fd ("/"). What can't be
 * opened is remembered and answered for its CPU alone. NULL when out of memory.
 */
struct device *msr_new(
	int root_fd, const struct node *node, bool writable, struct device_files *files);

#endif
