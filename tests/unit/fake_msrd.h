/* SPDX-License-Identifier: MIT */
/*
 * libmsrd with a handful of registers in memory instead of a daemon, for tests
 * that link no libmsrd. One test program includes it once.
 */
#ifndef MSRD_TESTS_FAKE_MSRD_H
#define MSRD_TESTS_FAKE_MSRD_H

#include "cli/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct fake_register {
	struct target target;
	uint32_t reg;
	uint64_t value;
	int read_result, write_result; /* what accesses return instead of 0 */
	unsigned n_reads, n_writes;
};

struct msrd {
	struct fake_register registers[64];
	size_t n_registers;
	unsigned n_writes;
	unsigned writes_left;	   /* the daemon is lost at the write after these; 0: never */
	uint32_t last_written[64]; /* registers, in order */
	/* what the hardware does after a read (may be NULL) */
	void (*after_read)(struct msrd *msrd, struct fake_register *read);
};

static bool is_same_target(const struct target *a, const struct target *b)
{
	return a->space == b->space && a->cpu == b->cpu && a->socket == b->socket &&
	       a->unit == b->unit && a->index == b->index;
}

/* NULL: there is none. */
static inline struct fake_register *fake_find(struct msrd *msrd, struct target target, uint32_t reg)
{
	for (size_t i = 0; i < msrd->n_registers; i++)
		if (msrd->registers[i].reg == reg &&
			is_same_target(&msrd->registers[i].target, &target))
			return &msrd->registers[i];
	return NULL;
}

static inline struct fake_register *fake_add(
	struct msrd *msrd, struct target target, uint32_t reg, uint64_t value)
{
	struct fake_register *added = &msrd->registers[msrd->n_registers++];

	*added = (struct fake_register){.target = target, .reg = reg, .value = value};
	return added;
}

static int fake_read(struct msrd *msrd, struct target target, uint32_t reg, uint64_t *value)
{
	struct fake_register *found = fake_find(msrd, target, reg);

	if (!found)
		return MSRD_FAILED;
	if (found->read_result != 0)
		return found->read_result;
	found->n_reads++;
	*value = found->value;
	if (msrd->after_read)
		msrd->after_read(msrd, found);
	return 0;
}

static int fake_write(struct msrd *msrd, struct target target, uint32_t reg, uint64_t value)
{
	struct fake_register *found = fake_find(msrd, target, reg);

	if (!found)
		return MSRD_FAILED;
	if (found->write_result != 0)
		return found->write_result;
	if (msrd->writes_left > 0 && msrd->n_writes >= msrd->writes_left)
		return -ECONNRESET;
	msrd->last_written[msrd->n_writes++] = reg;
	found->n_writes++;
	found->value = value;
	return 0;
}

int msrd_read(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	return fake_read(msrd, target_cpu(cpu), reg, value);
}

int msrd_write(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t value)
{
	return fake_write(msrd, target_cpu(cpu), reg, value);
}

int msrd_pci_read(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t *value)
{
	uint64_t wide;
	int result = fake_read(msrd, target_unit(socket, (enum op_unit)unit, index), offset, &wide);

	if (result == 0)
		*value = (uint32_t)wide;
	return result;
}

int msrd_pci_write(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t value)
{
	return fake_write(msrd, target_unit(socket, (enum op_unit)unit, index), offset, value);
}

const char *msrd_error(struct msrd *msrd, char *buffer, size_t size)
{
	(void)msrd;
	snprintf(buffer, size, "the fake refuses");
	return buffer;
}

#endif
