/* SPDX-License-Identifier: MIT */
/*
 * Bytes <-> struct op. This room knows the record and its numbers; it must not
 * know what is allowed, where registers live, or what a socket is.
 */
#include "wire/likwid.h"

#include <assert.h>
#include <string.h>

static uint32_t get_le32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static void put_le32(uint8_t *bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

void likwid_record_get(const uint8_t bytes[LIKWID_RECORD_SIZE], struct likwid_record *record)
{
	record->cpu = get_le32(bytes);
	record->reg = get_le32(bytes + 4);
	record->data = get_le32(bytes + 8) | (uint64_t)get_le32(bytes + 12) << 32;
	record->device = get_le32(bytes + 16);
	record->type = get_le32(bytes + 20);
	record->errorcode = get_le32(bytes + 24);
	record->padding = get_le32(bytes + 28);
}

void likwid_record_put(const struct likwid_record *record, uint8_t bytes[LIKWID_RECORD_SIZE])
{
	put_le32(bytes, record->cpu);
	put_le32(bytes + 4, record->reg);
	put_le32(bytes + 8, (uint32_t)record->data);
	put_le32(bytes + 12, (uint32_t)(record->data >> 32));
	put_le32(bytes + 16, record->device);
	put_le32(bytes + 20, record->type);
	put_le32(bytes + 24, record->errorcode);
	put_le32(bytes + 28, record->padding);
}

/*
 * The device indices of release 5.2, measured by printing the enumerations of
 * the tagged release. Index 0 is the MSRs. The indices between these belong to
 * units that Sandy Bridge-EP has not got.
 */
#define LIKWID_DEVICE_MSR 0

static const struct likwid_device {
	uint32_t number;
	enum op_unit unit;
	uint32_t index;
} likwid_devices[] = {
	{1, UNIT_R3QPI, 0},
	{2, UNIT_R3QPI, 1},
	{4, UNIT_R2PCIE, 0},
	{5, UNIT_IMC, 0},
	{6, UNIT_IMC, 1},
	{7, UNIT_IMC, 2},
	{8, UNIT_IMC, 3},
	{13, UNIT_HA, 0},
	{17, UNIT_QPI, 0},
	{18, UNIT_QPI, 1},
	{20, UNIT_QPI_MASK, 0},
	{21, UNIT_QPI_MASK, 1},
	{23, UNIT_QPI_MISC, 0},
	{24, UNIT_QPI_MISC, 1},
};
#define N_LIKWID_DEVICES (sizeof likwid_devices / sizeof *likwid_devices)

static const struct likwid_device *device_by_number(uint32_t number)
{
	for (size_t i = 0; i < N_LIKWID_DEVICES; i++)
		if (likwid_devices[i].number == number)
			return &likwid_devices[i];
	return NULL;
}

static const struct likwid_device *device_by_unit(enum op_unit unit, uint32_t index)
{
	for (size_t i = 0; i < N_LIKWID_DEVICES; i++)
		if (likwid_devices[i].unit == unit && likwid_devices[i].index == index)
			return &likwid_devices[i];
	return NULL;
}

enum likwid_request likwid_request_get(
	const struct likwid_record *request, const struct op_limits *limits, struct op *op)
{
	*op = (struct op){.reg = request->reg, .value = request->data};
	switch (request->type) {
	case LIKWID_READ:
		op->verb = OP_READ;
		break;
	case LIKWID_WRITE:
		op->verb = OP_WRITE;
		break;
	case LIKWID_CHECK:
		op->verb = OP_CHECK;
		break;
	case LIKWID_EXIT:
		return LIKWID_REQUEST_EXIT;
	default:
		op->status = OP_UNKNOWN;
		return LIKWID_REQUEST_UNKNOWN;
	}

	if (request->device == LIKWID_DEVICE_MSR) {
		op->space = OP_MSR;
		op->cpu = request->cpu;
		if (op->cpu >= limits->cpus)
			op->status = OP_ABSENT;
		return LIKWID_REQUEST_ACCESS;
	}

	const struct likwid_device *device = device_by_number(request->device);
	op->space = OP_PCI;
	op->socket = request->cpu;
	if (!device || op->socket >= limits->sockets) {
		op->status = OP_ABSENT;
		return LIKWID_REQUEST_ACCESS;
	}
	op->unit = device->unit;
	op->index = device->index;
	return LIKWID_REQUEST_ACCESS;
}

void likwid_reply_put(
	const struct likwid_record *request, const struct op *op, struct likwid_record *reply)
{
	*reply = *request;
	reply->errorcode = (uint32_t)op->status;
	if (request->type == LIKWID_READ)
		reply->data = op->status == OP_OK ? op->value : 0;
	else if (request->type == LIKWID_WRITE)
		reply->data = 0;
}

bool likwid_request_put(const struct op *op, struct likwid_record *request)
{
	static const uint32_t types[] = {
		[OP_READ] = LIKWID_READ,
		[OP_WRITE] = LIKWID_WRITE,
		[OP_CHECK] = LIKWID_CHECK,
	};

	*request = (struct likwid_record){
		.reg = op->reg,
		.data = op->verb == OP_WRITE ? op->value : 0,
		.type = types[op->verb],
	};
	if (op->space == OP_MSR) {
		request->cpu = op->cpu;
		request->device = LIKWID_DEVICE_MSR;
		return true;
	}

	const struct likwid_device *device = device_by_unit(op->unit, op->index);
	if (!device)
		return false;
	request->cpu = op->socket;
	request->device = device->number;
	return true;
}

bool likwid_reply_get(const struct likwid_record *reply, struct op *op)
{
	if (reply->errorcode > OP_LOCKED)
		return false;
	op->status = (enum op_status)reply->errorcode;
	if (op->verb == OP_READ && op->status == OP_OK)
		op->value = reply->data;
	return true;
}

uint8_t *likwid_stream_space(struct likwid_stream *stream, size_t *length)
{
	if (stream->begin > 0) {
		memmove(stream->bytes, stream->bytes + stream->begin, stream->end - stream->begin);
		stream->end -= stream->begin;
		stream->begin = 0;
	}
	*length = sizeof stream->bytes - stream->end;
	return stream->bytes + stream->end;
}

void likwid_stream_filled(struct likwid_stream *stream, size_t length)
{
	assert(length <= sizeof stream->bytes - stream->end);
	stream->end += length;
}

bool likwid_stream_take(struct likwid_stream *stream, struct likwid_record *record)
{
	if (stream->end - stream->begin < LIKWID_RECORD_SIZE)
		return false;
	likwid_record_get(stream->bytes + stream->begin, record);
	stream->begin += LIKWID_RECORD_SIZE;
	return true;
}

bool likwid_stream_is_inside_record(const struct likwid_stream *stream)
{
	return stream->end > stream->begin;
}
