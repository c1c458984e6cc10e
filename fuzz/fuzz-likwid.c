/* SPDX-License-Identifier: MIT */
/*
 * Bytes in pieces -> records -> ops -> replies, by the numbers of every release:
 * no wild index, replies echo, nothing is lost.
 */
#include "fuzz/harness.h"

#include <string.h>

#include "wire/likwid.h"

/* Chosen: small, so that numbers beyond them are tried often. */
static const struct op_limits limits = {17, (const uint32_t[]){0, 1, 2}, 3};

/* Those whose numbers differ. */
static const char *const releases[] = {"3.1", "4.0", "4.1", "5.2", "5.3", "5.4"};

/* What an op may hold when nothing stands against carrying it out. */
static void check_op(
	const struct release *release, const struct likwid_record *request, const struct op *op)
{
	struct likwid_record again;

	if (op->place.space == OP_MSR)
		MUST(op->place.cpu < limits.n_cpus);
	else
		MUST(op->place.package < limits.n_packages && op->place.unit < OP_N_UNITS);
	/* the client's side says it in the same record */
	MUST(likwid_request_put(release, op, &again));
	MUST(again.cpu == request->cpu && again.device == request->device);
	MUST(again.reg == request->reg && again.type == request->type);
	MUST(again.data == (op->verb == OP_WRITE ? request->data : 0));
}

static void check_reply(
	const struct release *release, const struct likwid_record *request, const struct op *op)
{
	struct likwid_record reply;
	struct op answered = *op;

	likwid_reply_put(release, request, op, &reply);
	MUST(reply.cpu == request->cpu && reply.reg == request->reg);
	MUST(reply.device == request->device && reply.type == request->type);
	MUST(reply.padding == request->padding);
	MUST(likwid_reply_get(release, &reply, &answered) && answered.status == op->status);
}

static void check_request(const struct release *release, const struct likwid_record *request)
{
	enum release_type type = release_type_get(release, request->type);
	struct op op;

	switch (likwid_request_get(release, request, &limits, &op)) {
	case LIKWID_REQUEST_EXIT:
		MUST(type == RELEASE_EXIT);
		return;
	case LIKWID_REQUEST_UNKNOWN:
		MUST(type == RELEASE_UNKNOWN && op.status == OP_UNKNOWN);
		break;
	case LIKWID_REQUEST_ACCESS:
		MUST(op.status == OP_OK || op.status == OP_ABSENT);
		if (op.status == OP_OK)
			check_op(release, request, &op);
		break;
	}
	check_reply(release, request, &op);
	/* in a reply any number may come */
	if (likwid_reply_get(release, request, &op))
		MUST(op.status < OP_N_STATUSES);
}

static void check_record(const struct likwid_record *record, const uint8_t *bytes)
{
	uint8_t again[LIKWID_RECORD_SIZE];

	likwid_record_put(record, again);
	MUST(memcmp(again, bytes, sizeof again) == 0);
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++)
		check_request(release_find(releases[i]), record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct likwid_stream stream = {.begin = 0};
	struct likwid_record record;
	size_t taken = 0;

	for (size_t given = 0; given < size;) {
		size_t length, piece = (size_t)data[given] + 1;
		uint8_t *space = likwid_stream_space(&stream, &length);

		MUST(length > 0);
		if (piece > size - given)
			piece = size - given;
		if (piece > length)
			piece = length;
		memcpy(space, data + given, piece);
		likwid_stream_filled(&stream, piece);
		given += piece;
		for (; likwid_stream_take(&stream, &record); taken += LIKWID_RECORD_SIZE)
			check_record(&record, data + taken);
		MUST(likwid_stream_is_inside_record(&stream) == (given > taken));
		MUST(given - taken < LIKWID_RECORD_SIZE);
	}
	return 0;
}
