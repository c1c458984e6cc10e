/* SPDX-License-Identifier: MIT */
/*
 * One access at a time. How a daemon is found and met is open.c's, what is said
 * to it the conversation's, and what is said of it handle.c's.
 */
#include <errno.h>
#include <stdio.h>

#include "client/batch.h"
#include "client/handle.h"

#define FORKED_TEXT                                                                                \
	"this process was forked from the one that opened the handle, which cannot be used here: " \
	"open one with msrd_open after fork"

static int carry_out(struct msrd *msrd, struct op *op)
{
	struct conversation *conversation = msrd->conversation;
	struct reason_told told = {.reason = REASON_NONE};
	int r = conversation->ops->access(conversation, &msrd->connection, op, &told);

	if (r == -EINVAL)
		return handle_has_no(msrd, op);
	if (r < 0)
		return handle_break_off(msrd, r);
	if (op->status != OP_OK)
		handle_tell(msrd, op, &told);
	return (int)op->status;
}

static int do_access(struct msrd *msrd, struct op *op)
{
	int r;

	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	batch_land(msrd); /* one after the other */
	r = msrd->broken ? msrd->broken : carry_out(msrd, op);
	pthread_mutex_unlock(&msrd->lock);
	return r;
}

int msrd_read(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(cpu), reg)};
	int r = do_access(msrd, &op);

	if (r == 0)
		*value = op.value;
	return r;
}

int msrd_write(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t value)
{
	struct op op = {
		.verb = OP_WRITE, .place = place_at(place_of_cpu(cpu), reg), .value = value};

	return do_access(msrd, &op);
}

int msrd_check(struct msrd *msrd, uint32_t cpu)
{
	struct op op = {.verb = OP_CHECK, .place = place_of_cpu(cpu)};

	return do_access(msrd, &op);
}

/* Does op to a register of a unit. */
static int do_unit_access(struct msrd *msrd, struct op *op, uint32_t socket, enum msrd_unit unit,
	uint32_t index, uint32_t offset)
{
	if (!handle_is_forked(msrd) && !msrd_unit_name(unit)) {
		pthread_mutex_lock(&msrd->lock);
		snprintf(msrd->text, sizeof msrd->text, "there is no uncore unit of kind %u",
			(unsigned)unit);
		pthread_mutex_unlock(&msrd->lock);
		return -EINVAL;
	}
	op->place = place_at(place_of_unit(socket, (enum op_unit)unit, index), offset);
	return do_access(msrd, op);
}

int msrd_pci_read(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t *value)
{
	struct op op = {.verb = OP_READ};
	int r = do_unit_access(msrd, &op, socket, unit, index, offset);

	if (r == 0)
		*value = (uint32_t)op.value;
	return r;
}

int msrd_pci_write(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t value)
{
	struct op op = {.verb = OP_WRITE, .value = value};

	return do_unit_access(msrd, &op, socket, unit, index, offset);
}

int msrd_pci_check(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index)
{
	struct op op = {.verb = OP_CHECK};

	return do_unit_access(msrd, &op, socket, unit, index, 0);
}

const char *msrd_error(struct msrd *msrd, char *buffer, size_t size)
{
	if (handle_is_forked(msrd)) {
		snprintf(buffer, size, FORKED_TEXT);
		return buffer;
	}
	pthread_mutex_lock(&msrd->lock);
	snprintf(buffer, size, "%s", msrd->text);
	pthread_mutex_unlock(&msrd->lock);
	return buffer;
}

unsigned msrd_reason(struct msrd *msrd)
{
	unsigned reason = MSRD_REASON_NONE;

	if (handle_is_forked(msrd))
		return reason;
	pthread_mutex_lock(&msrd->lock);
	reason = msrd->reason;
	pthread_mutex_unlock(&msrd->lock);
	return reason;
}

pid_t msrd_pid(const struct msrd *msrd)
{
	return msrd->connection.child.pid;
}
