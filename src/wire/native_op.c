/* SPDX-License-Identifier: MIT */
/* What both sides of the native wire lay out alike: a hello, and one access. */
#include <string.h>

#include "util/bytes.h"
#include "wire/likwid.h"
#include "wire/meeting.h"
#include "wire/native.h"

_Static_assert(NATIVE_HELLO_SIZE == LIKWID_RECORD_SIZE, "a hello is a record");

static const struct likwid_record hello = {
	.cpu = NATIVE_VERSION,
	.data = NATIVE_MAGIC,
	.type = NATIVE_HELLO_TYPE,
};

void native_hello_put(uint8_t bytes[NATIVE_HELLO_SIZE])
{
	likwid_record_put(&hello, bytes);
}

void native_greeting_put(uint8_t bytes[NATIVE_HELLO_SIZE])
{
	struct likwid_record answer = hello;

	answer.reg = NATIVE_MESSAGE_SIZE;
	answer.device = NATIVE_MAX_OPS;
	likwid_record_put(&answer, bytes);
}

void native_refusal_put(uint8_t bytes[NATIVE_HELLO_SIZE])
{
	struct likwid_record answer = hello;

	answer.errorcode = MEETING_SESSIONS;
	likwid_record_put(&answer, bytes);
}

/* The place of an access, as far as it is one. */
static bool get_place(const uint8_t *bytes, struct place *place)
{
	uint32_t device = get_le32(bytes + 4), index = get_le32(bytes + 8);
	uint32_t reg = get_le32(bytes + 12);
	uint16_t unit = get_le16(bytes + 2);

	switch (bytes[1]) {
	case OP_MSR:
		*place = (struct place){.space = OP_MSR, .cpu = device, .reg = reg};
		return unit == 0 && index == 0;
	case OP_PCI:
		*place = (struct place){.space = OP_PCI,
			.package = device,
			.unit = (enum op_unit)unit,
			.index = index,
			.reg = reg};
		return unit < OP_N_UNITS;
	}
	return false;
}

bool native_op_get(const uint8_t bytes[NATIVE_OP_SIZE], struct op *op)
{
	op->verb = bytes[0];
	op->value = get_le64(bytes + 16);
	op->status = OP_OK;
	return op->verb <= OP_CHECK && get_place(bytes, &op->place) &&
	       (op->verb == OP_WRITE || op->value == 0);
}

void native_op_put(const struct op *op, uint8_t bytes[NATIVE_OP_SIZE])
{
	const struct place *place = &op->place;
	bool has_units = op_space_has_units(place->space);

	bytes[0] = (uint8_t)op->verb;
	bytes[1] = (uint8_t)place->space;
	put_le16(bytes + 2, has_units ? (uint16_t)place->unit : 0);
	put_le32(bytes + 4, has_units ? place->package : place->cpu);
	put_le32(bytes + 8, has_units ? place->index : 0);
	put_le32(bytes + 12, place->reg);
	put_le64(bytes + 16, op->verb == OP_WRITE ? op->value : 0);
}

void native_op_set(uint8_t bytes[NATIVE_OP_SIZE], uint64_t value)
{
	put_le64(bytes + 16, value);
}
