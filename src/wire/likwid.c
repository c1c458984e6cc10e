/* SPDX-License-Identifier: MIT */
/*
 * Bytes <-> struct op. This room knows the record and its numbers; it must not
 * know what is allowed, where registers live, or how the bytes travel.
 */
#include "wire/likwid.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "util/bytes.h"

static_assert(LIKWID_RECORD_SIZE <= WIRE_REPLY_SIZE, "no room for a record");

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

/* -EINVAL: the release has no such device. OP_ABSENT: the machine has not. */
static int get_device(const struct release *release, const struct likwid_record *request,
	const struct op_limits *limits, struct place *place)
{
	if (!release_device_get(release, request->device, place))
		return -EINVAL;
	switch (place->space) {
	case OP_MSR:
		place->cpu = request->cpu;
		return place->cpu < limits->n_cpus ? OP_OK : OP_ABSENT;
	case OP_PCI:
		if (request->cpu >= limits->n_packages)
			return OP_ABSENT;
		place->package = limits->packages[request->cpu];
		return OP_OK;
	}
	return -EINVAL;
}

static void mark(uint64_t *set, uint32_t number)
{
	if (number >= LIKWID_N_NUMBERS)
		number = LIKWID_N_NUMBERS - 1;
	set[number / 64] |= UINT64_C(1) << number % 64;
}

static int count(const uint64_t *set)
{
	int n = 0;

	for (size_t i = 0; i < LIKWID_N_NUMBERS / 64; i++)
		n += __builtin_popcountll(set[i]);
	return n;
}

static void get_op(struct likwid *likwid, enum op_verb verb)
{
	const struct likwid_record *request = &likwid->request;

	likwid->op = (struct op){.verb = verb, .value = request->data};
	int r = get_device(likwid->release, request, &likwid->limits, &likwid->op.place);
	likwid->op.place.reg = request->reg;
	likwid->op.status = r == OP_OK ? OP_OK : OP_ABSENT;
	if (r < 0) {
		mark(likwid->strange, request->device);
		likwid->stranger = request->device;
	}
}

static enum wire_message likwid_take(
	struct wire *wire, const uint8_t *bytes, size_t length, struct wire_request *request)
{
	struct likwid *likwid = (struct likwid *)wire;

	if (length < LIKWID_RECORD_SIZE)
		return WIRE_INCOMPLETE;
	likwid_record_get(bytes, &likwid->request);
	likwid->batch = (struct batch){.ops = &likwid->op, .n = 1};
	*request = (struct wire_request){.length = LIKWID_RECORD_SIZE, .batch = &likwid->batch};
	likwid->type = release_type_get(likwid->release, likwid->request.type);
	switch (likwid->type) {
	case RELEASE_READ:
		get_op(likwid, OP_READ);
		break;
	case RELEASE_WRITE:
		get_op(likwid, OP_WRITE);
		break;
	case RELEASE_CHECK:
		get_op(likwid, OP_CHECK);
		break;
	case RELEASE_EXIT:
		return WIRE_EXIT;
	case RELEASE_UNKNOWN:
		/* answered, and the session goes on */
		likwid->op = (struct op){.status = OP_UNKNOWN};
		likwid->batch.n = 0;
		break;
	}
	return WIRE_ACCESSES;
}

/* What is an MSR under another release's number is a PCI unit's unlisted register here. */
static void note_device(struct likwid *likwid)
{
	if (likwid->op.status == OP_ABSENT || likwid->op.status == OP_REFUSED) {
		likwid->has_missed = true;
	} else {
		likwid->has_found = true;
		mark(likwid->found, likwid->request.device);
	}
}

static size_t likwid_reply(struct wire *wire, uint8_t bytes[WIRE_REPLY_SIZE])
{
	struct likwid *likwid = (struct likwid *)wire;
	const struct op *op = &likwid->op;
	struct likwid_record reply = likwid->request;

	reply.errorcode = release_error_put(likwid->release, op->status);
	if (likwid->type == RELEASE_READ)
		reply.data = op->status == OP_OK ? op->value : 0;
	else if (likwid->type == RELEASE_WRITE)
		reply.data = 0;
	if (likwid->type != RELEASE_UNKNOWN)
		note_device(likwid);
	likwid_record_put(&reply, bytes);
	return LIKWID_RECORD_SIZE;
}

/*
 * A client does not say which release it is. One that was taken for another asks
 * for numbers that are nothing, or something else. A right one asks for units
 * of other CPU models, too: then most of what it asks for is there.
 */
static const char *likwid_doubt(const struct wire *wire, char text[WIRE_DOUBT_SIZE])
{
	const struct likwid *likwid = (const struct likwid *)wire;
	const char *name = release_name(likwid->release);
	char what[80];

	if (likwid->has_missed && !likwid->has_found)
		snprintf(what, sizeof what, "every device that it asked for is absent or refused");
	else if (count(likwid->strange) >= count(likwid->found) && count(likwid->strange) > 0)
		snprintf(what, sizeof what, "device %" PRIu32 " that it asked for is unknown",
			likwid->stranger);
	else
		return NULL;
	snprintf(text, WIRE_DOUBT_SIZE,
		"%s: it may be another release of LIKWID than %s, whose numbers this session "
		"spoke: see msrd(8)",
		what, name);
	return text;
}

static const struct wire_ops likwid_ops = {
	.take = likwid_take,
	.reply = likwid_reply,
	.doubt = likwid_doubt,
};

void likwid_init(
	struct likwid *likwid, const struct release *release, const struct op_limits *limits)
{
	*likwid = (struct likwid){.wire.ops = &likwid_ops, .release = release, .limits = *limits};
}

/* What stands in a record's field cpu. False: there is no such package. */
static bool put_cpu(const struct op_limits *limits, const struct place *place, uint32_t *cpu)
{
	switch (place->space) {
	case OP_MSR:
		*cpu = place->cpu;
		return true; /* the daemon knows which there are */
	case OP_PCI:
		for (*cpu = 0; *cpu < limits->n_packages; ++*cpu)
			if (limits->packages[*cpu] == place->package)
				return true;
		break;
	}
	return false;
}

int likwid_request_put(const struct release *release, const struct op_limits *limits,
	const struct op *op, struct likwid_record *request)
{
	static const enum release_type types[] = {
		[OP_READ] = RELEASE_READ,
		[OP_WRITE] = RELEASE_WRITE,
		[OP_CHECK] = RELEASE_CHECK,
	};

	*request = (struct likwid_record){
		.reg = op->place.reg,
		.data = op->verb == OP_WRITE ? op->value : 0,
	};
	if (!release_type_put(release, types[op->verb], &request->type) ||
		!release_device_put(release, &op->place, &request->device))
		return -EINVAL;
	return put_cpu(limits, &op->place, &request->cpu) ? 0 : OP_ABSENT;
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
