/* SPDX-License-Identifier: MIT */
/* The same registers of many devices: a batch that the library writes. */
#include <errno.h>
#include <stdlib.h>

#include "client/msrd.h"
#include "util/cleanup.h"

/* Zero of them is none, and no pointer. */
static struct msrd_op *allocate(size_t n_devices, size_t n_regs, size_t *n)
{
	if (__builtin_mul_overflow(n_devices, n_regs, n))
		return NULL;
	return calloc(*n ? *n : 1, sizeof(struct msrd_op));
}

static void get_statuses(const struct msrd_op *ops, size_t n, uint16_t *statuses)
{
	for (size_t i = 0; statuses && i < n; i++)
		statuses[i] = ops[i].status;
}

int msrd_read_cpus(struct msrd *msrd, const uint32_t *cpus, size_t n_cpus, const uint32_t *regs,
	size_t n_regs, uint64_t *values, uint16_t *statuses)
{
	size_t n;
	cleanup_free struct msrd_op *ops = allocate(n_cpus, n_regs, &n);

	if (!ops)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		ops[i].status = MSRD_SKIPPED;
		ops[i].device = cpus[i / n_regs];
		ops[i].reg = regs[i % n_regs];
	}
	int r = msrd_batch(msrd, ops, n, MSRD_EACH, NULL);

	for (size_t i = 0; i < n; i++)
		if (ops[i].status == MSRD_OK)
			values[i] = ops[i].value;
	get_statuses(ops, n, statuses);
	return r;
}

int msrd_pci_read_units(struct msrd *msrd, const uint32_t *sockets, size_t n_sockets,
	enum msrd_unit unit, size_t n_units, const uint32_t *offsets, size_t n_offsets,
	uint32_t *values, uint16_t *statuses)
{
	size_t n_devices, n;
	cleanup_free struct msrd_op *ops = NULL;

	if (__builtin_mul_overflow(n_sockets, n_units, &n_devices))
		return -ENOMEM;
	ops = allocate(n_devices, n_offsets, &n);
	if (!ops)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		size_t device = i / n_offsets;

		ops[i].status = MSRD_SKIPPED;
		ops[i].space = MSRD_SPACE_PCI;
		ops[i].unit = (uint16_t)unit;
		ops[i].device = sockets[device / n_units];
		ops[i].index = (uint32_t)(device % n_units);
		ops[i].reg = offsets[i % n_offsets];
	}
	int r = msrd_batch(msrd, ops, n, MSRD_EACH, NULL);

	for (size_t i = 0; i < n; i++)
		if (ops[i].status == MSRD_OK)
			values[i] = (uint32_t)ops[i].value;
	get_statuses(ops, n, statuses);
	return r;
}
