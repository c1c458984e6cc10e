/* SPDX-License-Identifier: MIT */
/*
 * Bytes -> records -> ops -> replies, by the numbers of every release: no wild
 * index, replies echo.
 */
#include <string.h>

#include "fuzz/harness.h"
#include "util/array.h"
#include "wire/likwid.h"

/* Chosen: small, so that numbers beyond them are tried often; ids are no ranks. */
static const struct op_limits limits = {17, (const uint32_t[]){3, 7, 0}, 3};

/* Those whose numbers differ. */
static const char *const releases[] = {"3.1", "4.0", "4.1", "5.2", "5.3", "5.4"};

static bool is_package(uint32_t package)
{
	for (size_t i = 0; i < limits.n_packages; i++)
		if (limits.packages[i] == package)
			return true;
	return false;
}

/* What an op may hold when nothing stands against carrying it out. */
static void check_op(
	const struct release *release, const struct likwid_record *request, const struct op *op)
{
	struct likwid_record again;

	switch (op->place.space) {
	case OP_MSR:
		MUST(op->place.cpu < limits.n_cpus);
		break;
	case OP_PCI:
		MUST(is_package(op->place.package) && op->place.unit < OP_N_UNITS);
		break;
	}
	/* the client's side says it in the same record */
	MUST(likwid_request_put(release, &limits, op, &again) == 0);
	MUST(again.cpu == request->cpu && again.device == request->device);
	MUST(again.reg == request->reg && again.type == request->type);
	MUST(again.data == (op->verb == OP_WRITE ? request->data : 0));
}

static void check_reply(struct likwid *likwid, const struct likwid_record *request)
{
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct op answered = likwid->op;
	struct likwid_record reply;

	MUST(likwid->wire.ops->reply(&likwid->wire, bytes) == LIKWID_RECORD_SIZE);
	likwid_record_get(bytes, &reply);
	MUST(reply.cpu == request->cpu && reply.reg == request->reg);
	MUST(reply.device == request->device && reply.type == request->type);
	MUST(reply.padding == request->padding);
	MUST(likwid_reply_get(likwid->release, &reply, &answered));
	MUST(answered.status == likwid->op.status);
}

static void check_doubt(const struct likwid *likwid)
{
	char text[WIRE_DOUBT_SIZE] = "";
	const char *doubt = likwid->wire.ops->doubt(&likwid->wire, text);

	MUST(!doubt || strlen(doubt) < WIRE_DOUBT_SIZE - 1);
}

static void check_request(
	const struct release *release, const struct likwid_record *request, const uint8_t *bytes)
{
	enum release_type type = release_type_get(release, request->type);
	struct wire_request taken;
	struct likwid likwid;
	struct op op = {.verb = OP_READ};

	likwid_init(&likwid, release, &limits);
	switch (likwid.wire.ops->take(&likwid.wire, bytes, LIKWID_RECORD_SIZE, &taken)) {
	case WIRE_EXIT:
		MUST(type == RELEASE_EXIT);
		return;
	case WIRE_ACCESSES:
		break;
	default:
		MUST(!"any record is a message");
	}
	MUST(taken.length == LIKWID_RECORD_SIZE && taken.batch->n == (type != RELEASE_UNKNOWN));
	for (size_t i = 0; i < taken.batch->n; i++) {
		MUST(taken.batch->ops[i].status == OP_OK ||
			taken.batch->ops[i].status == OP_ABSENT);
		if (taken.batch->ops[i].status == OP_OK)
			check_op(release, request, &taken.batch->ops[i]);
	}
	check_reply(&likwid, request);
	check_doubt(&likwid);
	/* in a reply any number may come */
	if (likwid_reply_get(release, request, &op))
		MUST(op.status < OP_N_STATUSES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[LIKWID_RECORD_SIZE];
	struct wire_request taken;
	struct likwid_record record;
	struct likwid likwid;

	for (; size >= LIKWID_RECORD_SIZE; data += LIKWID_RECORD_SIZE, size -= LIKWID_RECORD_SIZE) {
		likwid_record_get(data, &record);
		likwid_record_put(&record, again);
		MUST(memcmp(again, data, sizeof again) == 0);
		for (size_t i = 0; i < N_ELEMENTS(releases); i++)
			check_request(release_find(releases[i]), &record, data);
	}
	likwid_init(&likwid, release_default(), &limits);
	MUST(likwid.wire.ops->take(&likwid.wire, data, size, &taken) == WIRE_INCOMPLETE);
	return 0;
}
