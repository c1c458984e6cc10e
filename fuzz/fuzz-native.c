/* SPDX-License-Identifier: MIT */
/* Bytes -> messages -> ops -> replies: no wild index, what is taken is said again in the same
 * bytes. */
#include <string.h>

#include "fuzz/harness.h"
#include "util/bytes.h"
#include "wire/likwid.h"
#include "wire/native.h"

/* Chosen: small, so that numbers beyond them are tried often; ids are no ranks. */
static const struct op_limits limits = {17, (const uint32_t[]){3, 7, 0}, 3};

static void check_op(const struct op *op, const uint8_t *bytes)
{
	uint8_t again[NATIVE_ACCESS_SIZE];

	MUST(op->verb <= OP_CHECK && op->place.space < OP_N_SPACES && op->place.unit < OP_N_UNITS);
	MUST(op->status == OP_OK || op->status == OP_ABSENT);
	native_access_put(op, again);
	MUST(memcmp(again, bytes, sizeof again) == 0);
	if (op->status != OP_OK)
		return;
	MUST(op->place.space != OP_MSR || op->place.cpu < limits.n_cpus);
}

/* Any status, reason and text that a daemon could have; the client gets the same. */
static void check_reply(struct native *native, const struct wire_request *request)
{
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct reason_told told;
	size_t length = native->wire.ops->reply(&native->wire, bytes);

	MUST(length >= NATIVE_REPLY_SIZE && length <= sizeof bytes && get_le32(bytes) == length);
	MUST((size_t)native_reply_text_length(bytes) == length - NATIVE_REPLY_SIZE);

	struct op op = {.verb = OP_READ};

	MUST(native_reply_get(bytes, &op, &told));
	MUST(request->n_ops == 0 || op.status == request->ops->status);
	MUST(strlen(told.text) == length - NATIVE_REPLY_SIZE);
}

static void converse(const uint8_t *data, size_t size)
{
	struct wire_request request;
	struct likwid likwid;
	struct native native;
	uint8_t hello[NATIVE_HELLO_SIZE], greeting[WIRE_REPLY_SIZE];

	likwid_init(&likwid, release_default(), &limits);
	native_init(&native, &likwid.wire, &limits);
	native_hello_put(hello);
	MUST(native.wire.ops->take(&native.wire, hello, sizeof hello, &request) == WIRE_ACCESSES);
	MUST(native.wire.ops->reply(&native.wire, greeting) == sizeof hello);
	MUST(native_hello_get(greeting) == 1);
	while (native.wire.ops->take(&native.wire, data, size, &request) == WIRE_ACCESSES) {
		MUST(request.length >= NATIVE_HEADER_SIZE && request.length <= size);
		if (request.n_ops > 0) {
			check_op(request.ops, data);
			request.ops->status = data[8] % OP_N_STATUSES;
			request.told->reason = get_le16(data + 20);
			memset(request.told->text, 'x', data[24] % REASON_TEXT_SIZE);
		}
		check_reply(&native, &request);
		data += request.length;
		size -= request.length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reason_told told;
	struct op op = {.verb = OP_READ};

	converse(data, size);
	/* what a daemon may answer */
	if (size >= NATIVE_HELLO_SIZE)
		MUST(native_hello_get(data) <= 1);
	if (size >= NATIVE_REPLY_SIZE) {
		int length = native_reply_text_length(data);

		if (length >= 0 && size - NATIVE_REPLY_SIZE >= (size_t)length &&
			native_reply_get(data, &op, &told))
			MUST(op.status < OP_N_STATUSES && strlen(told.text) == (size_t)length);
	}
	return 0;
}
