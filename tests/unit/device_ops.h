/* SPDX-License-Identifier: MIT */
/* One access of a device, in words: what tests of device back ends ask. */
#ifndef MSRD_TESTS_UNIT_DEVICE_OPS_H
#define MSRD_TESTS_UNIT_DEVICE_OPS_H

#include "device/device.h"

/* The value goes in and comes out through *value. */
static inline enum op_status device_run(struct device *device, struct op op, uint64_t *value)
{
	op.value = *value;
	op.status = OP_BUSY; /* no back end answers that: it has to be set */
	device->ops->access(device, &op);
	*value = op.value;
	return op.status;
}

static inline enum op_status msr_op(
	struct device *device, enum op_verb verb, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	struct place place = {.space = OP_MSR, .cpu = cpu, .reg = reg};

	return device_run(device, (struct op){.verb = verb, .place = place}, value);
}

static inline enum op_status pci_op(struct device *device, enum op_verb verb, uint32_t package,
	enum op_unit unit, uint32_t index, uint32_t reg, uint64_t *value)
{
	struct place place = {
		.space = OP_PCI, .package = package, .unit = unit, .index = index, .reg = reg};

	return device_run(device, (struct op){.verb = verb, .place = place}, value);
}

#endif
