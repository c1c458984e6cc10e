/* SPDX-License-Identifier: MIT */
/*
 * The daemon's side of the native wire: it leaves all to the plain wire unless
 * the first record is a hello.
 */
#include "wire/native.h"

#include <string.h>

#include "util/bytes.h"
#include "wire/likwid.h"

_Static_assert(NATIVE_MESSAGE_SIZE <= WIRE_MESSAGE_SIZE, "messages fit");
_Static_assert(NATIVE_REPLY_SIZE + REASON_TEXT_SIZE <= WIRE_REPLY_SIZE, "replies fit");
_Static_assert(NATIVE_BATCH_REPLY_SIZE + NATIVE_MAX_OPS * NATIVE_RESULT_SIZE +
			       NATIVE_MAX_TEXTS * (NATIVE_TEXT_SIZE + REASON_TEXT_SIZE) <=
		       WIRE_REPLY_SIZE,
	"replies to batches fit");

static bool is_hello(const uint8_t *bytes)
{
	uint8_t hello[NATIVE_HELLO_SIZE];

	native_hello_put(hello);
	return memcmp(bytes, hello, sizeof hello) == 0;
}

static bool has_package(const struct op_limits *limits, uint32_t package)
{
	for (uint32_t i = 0; i < limits->n_packages; i++)
		if (limits->packages[i] == package)
			return true;
	return false;
}

static bool is_there(const struct op_limits *limits, const struct place *place)
{
	switch (place->space) {
	case OP_MSR:
		return place->cpu < limits->n_cpus;
	case OP_PCI:
		return has_package(limits, place->package);
	}
	return false;
}

/* n ops that begin at bytes, which are there. */
static enum wire_message take_ops(
	struct native *native, const uint8_t *bytes, size_t n, enum batch_mode mode)
{
	for (size_t i = 0; i < n; i++) {
		struct op *op = &native->ops[i];

		if (!native_op_get(bytes + i * NATIVE_OP_SIZE, op))
			return WIRE_MALFORMED;
		op->status = is_there(&native->limits, &op->place) ? OP_OK : OP_ABSENT;
		native->reasons[i] = REASON_NONE;
		native->text_of[i] = 0;
	}
	native->batch.n = n;
	native->batch.mode = mode;
	return WIRE_ACCESSES;
}

static enum wire_message take_access(struct native *native, const uint8_t *bytes, size_t length)
{
	if (length != NATIVE_ACCESS_SIZE)
		return WIRE_MALFORMED;
	return take_ops(native, bytes + NATIVE_HEADER_SIZE, 1, BATCH_EACH);
}

static enum wire_message take_batch(struct native *native, const uint8_t *bytes, size_t length)
{
	if (length < NATIVE_BATCH_SIZE)
		return WIRE_MALFORMED;

	uint32_t n = get_le32(bytes + 8), mode = get_le32(bytes + 12);

	if (n == 0 || n > NATIVE_MAX_OPS || mode >= BATCH_N_MODES ||
		length != NATIVE_BATCH_SIZE + n * NATIVE_OP_SIZE)
		return WIRE_MALFORMED;
	return take_ops(native, bytes + NATIVE_BATCH_SIZE, n, (enum batch_mode)mode);
}

static enum wire_message take_message(
	struct native *native, const uint8_t *bytes, size_t received, struct wire_request *request)
{
	if (received < NATIVE_HEADER_SIZE)
		return WIRE_INCOMPLETE;

	uint32_t length = get_le32(bytes);

	if (length < NATIVE_HEADER_SIZE || length > NATIVE_MESSAGE_SIZE || get_le16(bytes + 6) != 0)
		return WIRE_MALFORMED;
	if (received < length)
		return WIRE_INCOMPLETE;
	native->type = get_le16(bytes + 4);
	native->n_texts = 0;
	native->batch = (struct batch){.ops = native->ops};
	*request = (struct wire_request){.length = length, .batch = &native->batch};
	switch (native->type) {
	case NATIVE_ACCESS:
		return take_access(native, bytes, length);
	case NATIVE_BATCH:
		return take_batch(native, bytes, length);
	case NATIVE_INFO:
	case NATIVE_POLICY:
		return native_question_get(bytes, request);
	case NATIVE_EXIT:
		return length == NATIVE_HEADER_SIZE ? WIRE_EXIT : WIRE_MALFORMED;
	default:
		return WIRE_ACCESSES; /* of a later version: answered, and the session goes on */
	}
}

/* The first record decides. */
static enum wire_message take_first(
	struct native *native, const uint8_t *bytes, size_t received, struct wire_request *request)
{
	if (received < NATIVE_HELLO_SIZE)
		return WIRE_INCOMPLETE;
	if (!is_hello(bytes)) {
		native->state = NATIVE_PLAIN;
		return native->plain->ops->take(native->plain, bytes, received, request);
	}
	native->state = NATIVE_GREETED;
	native->batch = (struct batch){.ops = native->ops};
	*request = (struct wire_request){.length = NATIVE_HELLO_SIZE, .batch = &native->batch};
	return WIRE_ACCESSES;
}

static enum wire_message native_take(
	struct wire *wire, const uint8_t *bytes, size_t length, struct wire_request *request)
{
	struct native *native = (struct native *)wire;

	switch (native->state) {
	case NATIVE_SILENT:
		return take_first(native, bytes, length, request);
	case NATIVE_PLAIN:
		return native->plain->ops->take(native->plain, bytes, length, request);
	case NATIVE_GREETED:
	case NATIVE_SPOKEN:
		return take_message(native, bytes, length, request);
	}
	return WIRE_MALFORMED;
}

/* The number of the text, from 1; 0: there is no room for it. Most ops of a batch that fail, fail
 * alike. */
static uint8_t keep_text(struct native *native, const char *text)
{
	for (uint8_t i = 0; i < native->n_texts; i++)
		if (strcmp(native->texts[i], text) == 0)
			return (uint8_t)(i + 1);
	if (native->n_texts == NATIVE_MAX_TEXTS)
		return 0;
	memcpy(native->texts[native->n_texts], text, REASON_TEXT_SIZE);
	return ++native->n_texts;
}

static void native_tell(struct wire *wire, size_t i, const struct reason_told *told)
{
	struct native *native = (struct native *)wire;

	if (native->state != NATIVE_SPOKEN)
		return; /* a record has no room for it */
	native->reasons[i] = told->reason;
	if (told->text[0])
		native->text_of[i] = keep_text(native, told->text);
}

/* What a read that was done gives, else 0. */
static uint64_t value_of(const struct op *op)
{
	return op->verb == OP_READ && op->status == OP_OK ? op->value : 0;
}

static size_t put_reply(const struct native *native, uint8_t *bytes)
{
	const struct op nothing = {.status = OP_UNKNOWN};
	const struct op *op = native->batch.n > 0 ? &native->ops[0] : &nothing;
	size_t text_length = native->n_texts > 0 ? strlen(native->texts[0]) : 0;

	put_le32(bytes, (uint32_t)(NATIVE_REPLY_SIZE + text_length));
	put_le16(bytes + 4, (uint16_t)op->status);
	put_le16(bytes + 6, native->batch.n > 0 ? native->reasons[0] : REASON_NONE);
	put_le64(bytes + 8, value_of(op));
	memcpy(bytes + NATIVE_REPLY_SIZE, native->texts[0], text_length);
	return NATIVE_REPLY_SIZE + text_length;
}

/* Returns what follows. */
static uint8_t *put_results(const struct native *native, uint8_t *bytes, uint16_t *n_undone)
{
	*n_undone = 0;
	for (size_t i = 0; i < native->batch.n; i++, bytes += NATIVE_RESULT_SIZE) {
		const struct op *op = &native->ops[i];

		*n_undone += op->status != OP_OK;
		put_le16(bytes, (uint16_t)op->status);
		put_le16(bytes + 2, native->reasons[i]);
		put_le32(bytes + 4, native->text_of[i]);
		put_le64(bytes + 8, value_of(op));
	}
	return bytes;
}

static size_t put_batch_reply(const struct native *native, uint8_t *bytes)
{
	uint16_t n_undone;
	uint8_t *end = put_results(native, bytes + NATIVE_BATCH_REPLY_SIZE, &n_undone);

	for (size_t i = 0; i < native->n_texts; i++) {
		size_t length = strlen(native->texts[i]);

		put_le16(end, (uint16_t)length);
		memcpy(end + NATIVE_TEXT_SIZE, native->texts[i], length);
		end += NATIVE_TEXT_SIZE + length;
	}
	put_le32(bytes, (uint32_t)(end - bytes));
	put_le16(bytes + 4, n_undone);
	put_le16(bytes + 6, native->n_texts);
	put_le32(bytes + 8, (uint32_t)native->batch.n);
	put_le32(bytes + 12, 0);
	put_le64(bytes + 16, native->batch.begin_ns);
	put_le64(bytes + 24, native->batch.end_ns);
	return (size_t)(end - bytes);
}

static size_t native_reply(struct wire *wire, uint8_t bytes[WIRE_REPLY_SIZE])
{
	struct native *native = (struct native *)wire;

	switch (native->state) {
	case NATIVE_GREETED:
		native_greeting_put(bytes);
		native->state = NATIVE_SPOKEN;
		return NATIVE_HELLO_SIZE;
	case NATIVE_SPOKEN:
		return native->type == NATIVE_BATCH ? put_batch_reply(native, bytes)
						    : put_reply(native, bytes);
	default:
		return native->plain->ops->reply(native->plain, bytes);
	}
}

static size_t native_answer(struct wire *wire, const struct question *question,
	const struct answer *answer, uint8_t bytes[WIRE_REPLY_SIZE])
{
	(void)wire;
	return native_answer_put(question, answer, bytes);
}

static const char *native_doubt(const struct wire *wire, char text[WIRE_DOUBT_SIZE])
{
	const struct native *native = (const struct native *)wire;

	/* its places are the same in every release: there is nothing to mistake */
	if (native->state == NATIVE_SPOKEN)
		return NULL;
	return native->plain->ops->doubt(native->plain, text);
}

void native_init(struct native *native, struct wire *plain, const struct op_limits *limits)
{
	static const struct wire_ops ops = {
		.take = native_take,
		.tell = native_tell,
		.reply = native_reply,
		.answer = native_answer,
		.doubt = native_doubt,
	};

	/* what follows is written before it is read, and is not touched for who never asks */
	native->wire.ops = &ops;
	native->plain = plain;
	native->limits = *limits;
	native->state = NATIVE_SILENT;
	native->type = 0;
	native->batch = (struct batch){.ops = native->ops};
	native->n_texts = 0;
}
