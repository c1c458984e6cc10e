/* SPDX-License-Identifier: MIT */
/*
 * libmsrd with a handful of registers in memory instead of a daemon, for tests
 * that link no libmsrd. One test program includes it once.
 */
#ifndef MSRD_TESTS_FAKE_MSRD_H
#define MSRD_TESTS_FAKE_MSRD_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/msrd.h"
#include "op.h"

struct fake_register {
	struct place place;
	uint64_t value;
	int read_result, write_result; /* what accesses return instead of 0 */
	int check_result;	       /* and checks of its device */
	uint64_t refused_bits;	       /* a write that changes them is MSRD_REFUSED */
	unsigned n_reads, n_writes;
};

struct msrd {
	struct fake_register registers[1024];
	size_t n_registers;
	unsigned n_batches;
	struct msrd_times times; /* what a daemon would have stamped on the last batch */
	unsigned n_messages; /* batches, and accesses of their own */
	unsigned n_writes;
	unsigned writes_left;	   /* the daemon is lost at the write after these; 0: never */
	uint32_t last_written[64]; /* registers, in order */
	/* what the hardware does after a read (may be NULL) */
	void (*after_read)(struct msrd *msrd, struct fake_register *read);
	/* and before a write (may be NULL) */
	void (*before_write)(struct msrd *msrd, struct fake_register *written);
};

/* NULL: there is none. */
static inline struct fake_register *fake_find(struct msrd *msrd, struct place place)
{
	for (size_t i = 0; i < msrd->n_registers; i++)
		if (msrd->registers[i].place.reg == place.reg &&
			place_same_device(&msrd->registers[i].place, &place))
			return &msrd->registers[i];
	return NULL;
}

static inline struct fake_register *fake_add(
	struct msrd *msrd, struct place device, uint32_t reg, uint64_t value)
{
	assert_true(msrd->n_registers < sizeof msrd->registers / sizeof *msrd->registers);
	struct fake_register *added = &msrd->registers[msrd->n_registers++];

	*added = (struct fake_register){.place = place_at(device, reg), .value = value};
	return added;
}

static int fake_read(struct msrd *msrd, struct place place, uint64_t *value)
{
	struct fake_register *found = fake_find(msrd, place);

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

static int fake_write(struct msrd *msrd, struct place place, uint64_t value)
{
	struct fake_register *found = fake_find(msrd, place);

	if (!found)
		return MSRD_FAILED;
	if (found->write_result != 0)
		return found->write_result;
	if ((found->value ^ value) & found->refused_bits)
		return MSRD_REFUSED;
	if (msrd->before_write)
		msrd->before_write(msrd, found);
	if (msrd->writes_left > 0 && msrd->n_writes >= msrd->writes_left)
		return -ECONNRESET;
	msrd->last_written[msrd->n_writes++ % 64] = place.reg;
	found->n_writes++;
	found->value = value;
	return 0;
}

/* A device that has a register is there. */
static int fake_check(struct msrd *msrd, struct place device)
{
	for (size_t i = 0; i < msrd->n_registers; i++)
		if (place_same_device(&msrd->registers[i].place, &device))
			return msrd->registers[i].check_result;
	return MSRD_ABSENT;
}

int msrd_read(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	msrd->n_messages++;
	return fake_read(msrd, place_at(place_of_cpu(cpu), reg), value);
}

int msrd_write(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t value)
{
	msrd->n_messages++;
	return fake_write(msrd, place_at(place_of_cpu(cpu), reg), value);
}

int msrd_check(struct msrd *msrd, uint32_t cpu)
{
	msrd->n_messages++;
	return fake_check(msrd, place_of_cpu(cpu));
}

int msrd_pci_read(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t *value)
{
	uint64_t wide;
	msrd->n_messages++;
	int r = fake_read(
		msrd, place_at(place_of_unit(socket, (enum op_unit)unit, index), offset), &wide);

	if (r == 0)
		*value = (uint32_t)wide;
	return r;
}

int msrd_pci_write(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t value)
{
	msrd->n_messages++;
	return fake_write(
		msrd, place_at(place_of_unit(socket, (enum op_unit)unit, index), offset), value);
}

int msrd_pci_check(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index)
{
	msrd->n_messages++;
	return fake_check(msrd, place_of_unit(socket, (enum op_unit)unit, index));
}

/* Batches, as far as the command line uses them. */
struct msrd_batch {
	struct msrd *msrd;
	size_t n;
	struct msrd_op *ops;
};

int msrd_prepare(struct msrd *msrd, struct msrd_batch **batch, const struct msrd_op *ops, size_t n,
	enum msrd_mode mode)
{
	assert_int_equal(mode, MSRD_EACH);
	*batch = malloc(sizeof **batch);
	assert_non_null(*batch);
	**batch = (struct msrd_batch){msrd, n, calloc(n + 1, sizeof *ops)};
	assert_non_null((*batch)->ops);
	memcpy((*batch)->ops, ops, n * sizeof *ops);
	return 0;
}

static int fake_run(struct msrd *msrd, struct msrd_op *op)
{
	struct place place = op->space == MSRD_SPACE_MSR
				     ? place_of_cpu(op->device)
				     : place_of_unit(op->device, (enum op_unit)op->unit, op->index);

	place.reg = op->reg;
	switch (op->verb) {
	case MSRD_OP_CHECK:
		return fake_check(msrd, place);
	case MSRD_OP_WRITE:
		return fake_write(msrd, place, op->value);
	default:
		return fake_read(msrd, place, &op->value);
	}
}

int msrd_run(struct msrd_batch *batch)
{
	int first = 0;

	batch->msrd->n_batches++;
	batch->msrd->n_messages++;
	for (size_t i = 0; i < batch->n; i++)
		batch->ops[i].status = MSRD_SKIPPED;
	for (size_t i = 0; i < batch->n; i++) {
		int r = fake_run(batch->msrd, &batch->ops[i]);

		if (r < 0)
			return r;
		batch->ops[i].status = (uint16_t)r;
		first = first ? first : r;
	}
	return first;
}

const struct msrd_op *msrd_batch_ops(const struct msrd_batch *batch, size_t *n)
{
	if (n)
		*n = batch->n;
	return batch->ops;
}

int msrd_batch(struct msrd *msrd, struct msrd_op *ops, size_t n, enum msrd_mode mode,
	struct msrd_times *times)
{
	struct msrd_batch batch = {msrd, n, ops};

	(void)mode;
	if (times)
		*times = msrd->times;
	return msrd_run(&batch);
}

struct msrd_times msrd_batch_times(const struct msrd_batch *batch)
{
	return batch->msrd->times;
}

struct msrd_batch *msrd_batch_free(struct msrd_batch *batch)
{
	if (batch)
		free(batch->ops);
	free(batch);
	return NULL;
}

const char *msrd_error(struct msrd *msrd, char *buffer, size_t size)
{
	(void)msrd;
	snprintf(buffer, size, "the fake refuses");
	return buffer;
}

const char *msrd_batch_error(const struct msrd_batch *batch, size_t i, char *buffer, size_t size)
{
	(void)i;
	return msrd_error(batch->msrd, buffer, size);
}

#endif
