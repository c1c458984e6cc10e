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
	uint8_t again[NATIVE_OP_SIZE];

	MUST(op->verb <= OP_CHECK && op->place.space < OP_N_SPACES && op->place.unit < OP_N_UNITS);
	MUST(op->status == OP_OK || op->status == OP_ABSENT);
	native_op_put(op, again);
	MUST(memcmp(again, bytes, sizeof again) == 0);
	if (op->status != OP_OK)
		return;
	MUST(op->place.space != OP_MSR || op->place.cpu < limits.n_cpus);
}

/* What a daemon could have made of it, out of the message's own bytes. */
static void finish(struct native *native, const struct wire_request *request, const uint8_t *data)
{
	struct batch *batch = request->batch;

	for (size_t i = 0; i < batch->n; i++) {
		struct reason_told told = {.reason = get_le16(data + 20)};
		unsigned salt = data[8] + (unsigned)(i * data[20]);

		batch->ops[i].status = salt % OP_N_STATUSES;
		memset(told.text, 'a' + (int)(salt % 26), data[24] % REASON_TEXT_SIZE);
		if (batch->ops[i].status != OP_OK)
			native->wire.ops->tell(&native->wire, i, &told);
	}
}

/* The client gets the same, and no more texts than there are. */
static void check_batch_reply(struct native *native, const struct batch *batch)
{
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct native_results results;
	size_t length = native->wire.ops->reply(&native->wire, bytes);

	MUST((size_t)native_batch_reply_length(bytes, batch->n) == length);
	MUST(native_results_get(bytes, length, batch->n, &results));
	for (size_t i = 0; i < batch->n; i++) {
		struct op op = {.verb = OP_READ};
		struct reason_told told;

		MUST(native_result_get(&results, i, &op, &told));
		MUST(op.status == batch->ops[i].status);
		MUST(op.status != OP_OK || told.text[0] == '\0');
	}
}

/* Any status, reason and text that a daemon could have; the client gets the same. */
static void check_reply(struct native *native, const struct wire_request *request)
{
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct reason_told told;

	if (native->type == NATIVE_BATCH) {
		check_batch_reply(native, request->batch);
		return;
	}
	size_t length = native->wire.ops->reply(&native->wire, bytes);

	MUST(length >= NATIVE_REPLY_SIZE && length <= sizeof bytes && get_le32(bytes) == length);
	MUST((size_t)native_reply_text_length(bytes) == length - NATIVE_REPLY_SIZE);

	struct op op = {.verb = OP_READ};

	MUST(native_reply_get(bytes, &op, &told));
	MUST(request->batch->n == 0 || op.status == request->batch->ops->status);
	MUST(strlen(told.text) == length - NATIVE_REPLY_SIZE);
}

/* Every third number from some one on, as many as the data says. */
static bool next(
	const void *closure, const struct question *question, uint32_t *at, union fact *fact)
{
	const uint8_t *data = closure;
	uint32_t number = *at + (3 - *at % 3) % 3;

	MUST(question->most > 0 && question->device.space < OP_N_SPACES);
	MUST(question->device.unit < OP_N_UNITS);
	if (number < *at || number >= get_le16(data + 8) * UINT32_C(40000))
		return false;
	*at = number;
	memset(fact, data[8], sizeof *fact);
	if (question->about == QUESTION_RULES)
		fact->rule = (struct fact_rule){.reg = number, .write_mask = get_le64(data + 8)};
	return true;
}

/* All that fits, and the client gets it. */
static void check_answer(
	const struct native *native, const struct question *question, const uint8_t *data)
{
	struct answer answer = {.status = data[8] % OP_N_STATUSES, .next = next, .closure = data};
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct native_answer got;
	union fact fact = {.rule = {0}};

	memset(answer.told.text, 'a', data[9] % REASON_TEXT_SIZE);
	size_t length = native->wire.ops->answer(
		(struct wire *)(uintptr_t)&native->wire, question, &answer, bytes);

	MUST((size_t)native_answer_length(bytes) == length);
	MUST(native_answer_get(bytes, length, question->about, &got));
	MUST(got.n <= question->most && got.status == answer.status);
	MUST(strcmp(got.told.text, answer.told.text) == 0);
	for (size_t i = 0; i < got.n; i++) {
		uint32_t last = fact.rule.reg;

		native_fact_get(&got, i, question->about, &fact);
		MUST(question->about != QUESTION_RULES || fact.rule.reg >= question->first);
		MUST(question->about != QUESTION_RULES || i == 0 || fact.rule.reg == last + 3);
	}
}

/* What a daemon may answer to any question. */
static void check_any_answer(const uint8_t *data, size_t size)
{
	struct native_answer answer;
	union fact fact;

	if (size < NATIVE_ANSWER_SIZE || native_answer_length(data) < 0 ||
		(size_t)native_answer_length(data) > size)
		return;
	for (unsigned about = 0; about <= QUESTION_RULES; about++)
		if (native_answer_get(data, (size_t)native_answer_length(data), about, &answer))
			for (size_t i = 0; i < answer.n; i++)
				native_fact_get(&answer, i, about, &fact);
}

static void converse(const uint8_t *data, size_t size)
{
	enum wire_message message;
	struct wire_request request;
	struct likwid likwid;
	static struct native native;
	uint8_t hello[NATIVE_HELLO_SIZE], greeting[WIRE_REPLY_SIZE];

	likwid_init(&likwid, release_default(), &limits);
	native_init(&native, &likwid.wire, &limits);
	native_hello_put(hello);
	MUST(native.wire.ops->take(&native.wire, hello, sizeof hello, &request) == WIRE_ACCESSES);
	MUST(native.wire.ops->reply(&native.wire, greeting) == sizeof hello);
	MUST(native_hello_get(greeting) == 1);
	for (;;) {
		message = native.wire.ops->take(&native.wire, data, size, &request);
		if (message != WIRE_ACCESSES && message != WIRE_QUESTION)
			break;
		MUST(request.length >= NATIVE_HEADER_SIZE && request.length <= size);
		if (message == WIRE_QUESTION) {
			check_answer(&native, &request.question, data);
			data += request.length;
			size -= request.length;
			continue;
		}
		const uint8_t *op = data + request.length - request.batch->n * NATIVE_OP_SIZE;

		for (size_t i = 0; i < request.batch->n; i++, op += NATIVE_OP_SIZE)
			check_op(&request.batch->ops[i], op);
		if (request.batch->n > 0)
			finish(&native, &request, data);
		check_reply(&native, &request);
		data += request.length;
		size -= request.length;
	}
}

/* What a daemon may answer to a batch of as many ops as there can be results in it. */
static void check_batch_answer(const uint8_t *data, size_t size)
{
	struct native_results results;
	size_t n = size < NATIVE_BATCH_REPLY_SIZE ? 1 : get_le32(data + 8) % NATIVE_MAX_OPS + 1;
	int length = size < NATIVE_HEADER_SIZE ? -1 : native_batch_reply_length(data, n);

	if (length < 0 || size < (size_t)length ||
		!native_results_get(data, (size_t)length, n, &results))
		return;
	for (size_t i = 0; i < n; i++) {
		struct op op = {.verb = OP_READ};
		struct reason_told told;

		if (native_result_get(&results, i, &op, &told))
			MUST(op.status < OP_N_STATUSES && strlen(told.text) < REASON_TEXT_SIZE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reason_told told;
	struct op op = {.verb = OP_READ};

	converse(data, size);
	check_batch_answer(data, size);
	check_any_answer(data, size);
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
