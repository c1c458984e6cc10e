/* SPDX-License-Identifier: MIT */
/* A device that remembers the last write and how often it was asked. */
#ifndef MSRD_TESTS_MOCK_DEVICE_H
#define MSRD_TESTS_MOCK_DEVICE_H

#include "device/device.h"

struct mock {
	struct device device;
	uint64_t value;
	enum op_status status;
	unsigned n_reads, n_writes, n_checks;
	struct op last;
};

static inline void mock_access_one(struct device *device, struct op *op)
{
	struct mock *mock = (struct mock *)device;

	mock->last = *op;
	op->status = mock->status;
	switch (op->verb) {
	case OP_CHECK:
		mock->n_checks++;
		break;
	case OP_READ:
		mock->n_reads++;
		op->value = mock->value;
		break;
	case OP_WRITE:
		mock->n_writes++;
		mock->value = op->value;
		break;
	}
}

static inline void mock_access(struct device *device, struct op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mock_access_one(device, &ops[i]);
}

static const struct device_ops mock_ops = {.access = mock_access};

#endif
