/* SPDX-License-Identifier: MIT */
/*
 * A device back end carries out accesses that the policy has allowed. There
 * are three: msr.c (/dev/cpu/N/msr), pci.c (PCI config space), and the
 * simulator's own (sim/device_sim.c).
 */
#ifndef MSRD_DEVICE_DEVICE_H
#define MSRD_DEVICE_DEVICE_H

#include <stddef.h>

#include "op.h"

struct device;

struct device_ops {
	/* Carries out n ops in their order and sets the status of each; a read also
	 * sets op->value. An op for something that is not there gets OP_ABSENT: a
	 * back end trusts no index. */
	void (*access)(struct device *device, struct op *ops, size_t n);
	/* Closes what the back end opened and frees it. */
	void (*free)(struct device *device);
};

/* First member of each back end's own structure. */
struct device {
	const struct device_ops *ops;
};

static inline void device_access(struct device *device, struct op *op)
{
	device->ops->access(device, op, 1);
}

/* NULL is fine; returns NULL. */
static inline struct device *device_free(struct device *device)
{
	if (device)
		device->ops->free(device);
	return NULL;
}

#endif
