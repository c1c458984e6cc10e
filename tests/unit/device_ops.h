/* SPDX-License-Identifier: MIT */
/* One access of a device, in words: what tests of device back ends ask. */
#ifndef MSRD_TESTS_UNIT_DEVICE_OPS_H
#define MSRD_TESTS_UNIT_DEVICE_OPS_H

#include "device/device.h"

/* The value goes in and comes out through *value. */
static inline enum op_status device_run(
	struct device *device, enum op_verb verb, struct place place, uint64_t *value)
{
	/* no back end answers that it is busy: the status has to be set */
	struct op op = {.verb = verb, .place = place, .value = *value, .status = OP_BUSY};

	device_access(device, &op);
	*value = op.value;
	return op.status;
}

static inline enum op_status msr_op(
	struct device *device, enum op_verb verb, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	return device_run(device, verb, place_at(place_of_cpu(cpu), reg), value);
}

static inline enum op_status pci_op(struct device *device, enum op_verb verb, uint32_t package,
	enum op_unit unit, uint32_t index, uint32_t reg, uint64_t *value)
{
	return device_run(device, verb, place_at(place_of_unit(package, unit, index), reg), value);
}

#endif
