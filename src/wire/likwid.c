/* SPDX-License-Identifier: MIT */
/*
 * Bytes <-> struct op. This room knows the record and its numbers; it must not
 * know what is allowed, where registers live, or what a socket is.
 */
#include "wire/likwid.h"

#include <assert.h>
#include <string.h>

#include "util/bytes.h"

void likwid_record_get(const uint8_t bytes[LIKWID_RECORD_SIZE], struct likwid_record *record)
{
	record->cpu = get_le32(bytes);
	record->reg = get_le32(bytes + 4);
	record->data = get_le64(bytes + 8);
	record->device = get_le32(bytes + 16);
	record->type = get_le32(bytes + 20);
	record->errorcode = get_le32(bytes + 24);
	record->padding = get_le32(bytes + 28);
}

void likwid_record_put(const struct likwid_record *record, uint8_t bytes[LIKWID_RECORD_SIZE])
{
	put_le32(bytes, record->cpu);
	put_le32(bytes + 4, record->reg);
	put_le64(bytes + 8, record->data);
	put_le32(bytes + 16, record->device);
	put_le32(bytes + 20, record->type);
	put_le32(bytes + 24, record->errorcode);
	put_le32(bytes + 28, record->padding);
}

enum likwid_request likwid_request_get(const struct release *release,
	const struct likwid_record *request, const struct op_limits *limits, struct op *op)
{
	*op = (struct op){.place.reg = request->reg, .value = request->data};
	switch (release_type_get(release, request->type)) {
	case RELEASE_READ:
		op->verb = OP_READ;
		break;
	case RELEASE_WRITE:
		op->verb = OP_WRITE;
		break;
	case RELEASE_CHECK:
		op->verb = OP_CHECK;
		break;
	case RELEASE_EXIT:
		return LIKWID_REQUEST_EXIT;
	case RELEASE_UNKNOWN:
		op->status = OP_UNKNOWN;
		return LIKWID_REQUEST_UNKNOWN;
	}

	bool exists = release_device_get(release, request->device, op);
	if (op->place.space == OP_MSR) {
		op->place.cpu = request->cpu;
		exists = exists && op->place.cpu < limits->n_cpus;
	} else {
		exists = exists && request->cpu < limits->n_packages;
		op->place.package = exists ? limits->packages[request->cpu] : 0;
	}
	op->status = exists ? OP_OK : OP_ABSENT;
	return LIKWID_REQUEST_ACCESS;
}

void likwid_reply_put(const struct release *release, const struct likwid_record *request,
	const struct op *op, struct likwid_record *reply)
{
	enum release_type type = release_type_get(release, request->type);

	*reply = *request;
	reply->errorcode = release_error_put(release, op->status);
	if (type == RELEASE_READ)
		reply->data = op->status == OP_OK ? op->value : 0;
	else if (type == RELEASE_WRITE)
		reply->data = 0;
}

bool likwid_request_put(
	const struct release *release, const struct op *op, struct likwid_record *request)
{
	static const enum release_type types[] = {
		[OP_READ] = RELEASE_READ,
		[OP_WRITE] = RELEASE_WRITE,
		[OP_CHECK] = RELEASE_CHECK,
	};

	*request = (struct likwid_record){
		.cpu = op->place.space == OP_MSR ? op->place.cpu : op->place.package,
		.reg = op->place.reg,
		.data = op->verb == OP_WRITE ? op->value : 0,
	};
	return release_type_put(release, types[op->verb], &request->type) &&
	       release_device_put(release, op, &request->device);
}

void likwid_exit_put(const struct release *release, struct likwid_record *request)
{
	*request = (struct likwid_record){0};
	release_type_put(release, RELEASE_EXIT, &request->type);
}

bool likwid_reply_get(
	const struct release *release, const struct likwid_record *reply, struct op *op)
{
	if (!release_error_get(release, reply->errorcode, &op->status))
		return false;
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
