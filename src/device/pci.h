/* SPDX-License-Identifier: MIT */
/* Uncore registers in PCI config space, through sysfs or procfs. */
#ifndef MSRD_DEVICE_PCI_H
#define MSRD_DEVICE_PCI_H

#include <stdbool.h>

#include "device/device.h"
#include "device/files.h"
#include "node/node.h"

/* What the policy leaves possible with the units of one kind. */
enum pci_use { PCI_SHUT, PCI_READ, PCI_READ_WRITE };

/*
 * Opens the config file of every uncore function of the node below root_fd
 * ("/"), as use says of its unit. What can't be opened is remembered and
 * answered for its unit alone. NULL when out of memory.
 */
struct device *pci_new(int root_fd, const struct node *node, const enum pci_use use[OP_N_UNITS],
	struct device_files *files);

#endif
