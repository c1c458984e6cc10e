/* SPDX-License-Identifier: MIT */
/*
 * Bytes and ops of the native wire, both sides of it. The daemon's side leaves
 * all to the plain wire unless the first record is a hello.
 */
#include "wire/native.h"

#include <errno.h>
#include <string.h>

#include "util/bytes.h"
#include "wire/likwid.h"

_Static_assert(NATIVE_HELLO_SIZE == LIKWID_RECORD_SIZE, "a hello is a record");
_Static_assert(NATIVE_REPLY_SIZE + REASON_TEXT_SIZE <= WIRE_REPLY_SIZE, "replies fit");
_Static_assert(WIRE_REPLY_SIZE <= NATIVE_MESSAGE_SIZE, "no reply is longer than a message may be");

/* A hello as it has to be, with the version that it asks for and the answer's error code. */
static struct likwid_record hello_of(uint32_t version, uint32_t errorcode)
{
	return (struct likwid_record){
		.cpu = version,
		.data = NATIVE_MAGIC,
		.type = NATIVE_HELLO_TYPE,
		.errorcode = errorcode,
	};
}

static bool is_hello(const uint8_t *bytes)
{
	uint8_t hello[NATIVE_HELLO_SIZE];
	const struct likwid_record record = hello_of(NATIVE_VERSION, 0);

	likwid_record_put(&record, hello);
	return memcmp(bytes, hello, sizeof hello) == 0;
}

static bool has_package(const struct op_limits *limits, uint32_t package)
{
	for (uint32_t i = 0; i < limits->n_packages; i++)
		if (limits->packages[i] == package)
			return true;
	return false;
}

/* The place of an access, as far as it is one. */
static bool get_place(const uint8_t *bytes, struct place *place)
{
	uint32_t device = get_le32(bytes + 12), index = get_le32(bytes + 16);
	uint16_t unit = get_le16(bytes + 10);

	if (bytes[9] >= OP_N_SPACES)
		return false;
	*place = (struct place){.space = bytes[9], .reg = get_le32(bytes + 20)};
	switch (place->space) {
	case OP_MSR:
		place->cpu = device;
		return unit == 0 && index == 0;
	case OP_PCI:
		place->package = device;
		place->unit = (enum op_unit)unit;
		place->index = index;
		return unit < OP_N_UNITS;
	}
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

static enum wire_message take_access(
	struct native *native, const uint8_t *bytes, size_t length, struct wire_request *request)
{
	struct op *op = &native->op;

	if (length != NATIVE_ACCESS_SIZE)
		return WIRE_MALFORMED;
	*op = (struct op){.verb = bytes[8], .value = get_le64(bytes + 24)};
	if (op->verb > OP_CHECK || !get_place(bytes, &op->place))
		return WIRE_MALFORMED;
	if (op->verb != OP_WRITE && op->value != 0)
		return WIRE_MALFORMED;
	op->status = is_there(&native->limits, &op->place) ? OP_OK : OP_ABSENT;
	request->n_ops = 1;
	return WIRE_ACCESSES;
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
	native->told = (struct reason_told){.reason = REASON_NONE};
	*request =
		(struct wire_request){.length = length, .ops = &native->op, .told = &native->told};
	switch (native->type) {
	case NATIVE_ACCESS:
		return take_access(native, bytes, length, request);
	case NATIVE_EXIT:
		return length == NATIVE_HEADER_SIZE ? WIRE_EXIT : WIRE_MALFORMED;
	default:
		/* of a later version: answered, and the session goes on */
		native->op = (struct op){.status = OP_UNKNOWN};
		return WIRE_ACCESSES;
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
	*request = (struct wire_request){.length = NATIVE_HELLO_SIZE};
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

static size_t put_greeting(struct native *native, uint8_t *bytes)
{
	struct likwid_record answer = hello_of(NATIVE_VERSION, 0);

	answer.reg = NATIVE_MESSAGE_SIZE;
	likwid_record_put(&answer, bytes);
	native->state = NATIVE_SPOKEN;
	return NATIVE_HELLO_SIZE;
}

static size_t put_reply(const struct native *native, uint8_t *bytes)
{
	const struct op *op = &native->op;
	size_t text_length = strnlen(native->told.text, REASON_TEXT_SIZE - 1);
	bool has_value = op->verb == OP_READ && op->status == OP_OK;

	put_le32(bytes, (uint32_t)(NATIVE_REPLY_SIZE + text_length));
	put_le16(bytes + 4, (uint16_t)op->status);
	put_le16(bytes + 6, native->told.reason);
	put_le64(bytes + 8, has_value ? op->value : 0);
	memcpy(bytes + NATIVE_REPLY_SIZE, native->told.text, text_length);
	return NATIVE_REPLY_SIZE + text_length;
}

static size_t native_reply(struct wire *wire, uint8_t bytes[WIRE_REPLY_SIZE])
{
	struct native *native = (struct native *)wire;

	switch (native->state) {
	case NATIVE_GREETED:
		return put_greeting(native, bytes);
	case NATIVE_SPOKEN:
		return put_reply(native, bytes);
	default:
		return native->plain->ops->reply(native->plain, bytes);
	}
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
		.reply = native_reply,
		.doubt = native_doubt,
	};

	*native = (struct native){.wire.ops = &ops, .plain = plain, .limits = *limits};
}

void native_hello_put(uint8_t bytes[NATIVE_HELLO_SIZE])
{
	const struct likwid_record record = hello_of(NATIVE_VERSION, 0);

	likwid_record_put(&record, bytes);
}

int native_hello_get(const uint8_t bytes[NATIVE_HELLO_SIZE])
{
	struct likwid_record answer, expected = hello_of(NATIVE_VERSION, 0);

	likwid_record_get(bytes, &answer);
	if (answer.type != expected.type || answer.data != expected.data)
		return -EPROTO;
	if (answer.errorcode != 0)
		return 0;
	return answer.cpu == expected.cpu && answer.reg >= NATIVE_ACCESS_SIZE ? 1 : -EPROTO;
}

static void put_header(uint8_t *bytes, uint32_t length, enum native_message type)
{
	put_le32(bytes, length);
	put_le16(bytes + 4, (uint16_t)type);
	put_le16(bytes + 6, 0);
}

void native_access_put(const struct op *op, uint8_t bytes[NATIVE_ACCESS_SIZE])
{
	const struct place *place = &op->place;
	bool has_units = op_space_has_units(place->space);

	put_header(bytes, NATIVE_ACCESS_SIZE, NATIVE_ACCESS);
	bytes[8] = (uint8_t)op->verb;
	bytes[9] = (uint8_t)place->space;
	put_le16(bytes + 10, has_units ? (uint16_t)place->unit : 0);
	put_le32(bytes + 12, has_units ? place->package : place->cpu);
	put_le32(bytes + 16, has_units ? place->index : 0);
	put_le32(bytes + 20, place->reg);
	put_le64(bytes + 24, op->verb == OP_WRITE ? op->value : 0);
}

void native_exit_put(uint8_t bytes[NATIVE_HEADER_SIZE])
{
	put_header(bytes, NATIVE_HEADER_SIZE, NATIVE_EXIT);
}

int native_reply_text_length(const uint8_t bytes[NATIVE_REPLY_SIZE])
{
	uint32_t length = get_le32(bytes);

	if (length < NATIVE_REPLY_SIZE || length - NATIVE_REPLY_SIZE >= REASON_TEXT_SIZE)
		return -EPROTO;
	return (int)(length - NATIVE_REPLY_SIZE);
}

/* One line, of what every terminal prints as it is. */
static void get_text(const uint8_t *bytes, size_t length, char text[REASON_TEXT_SIZE])
{
	memcpy(text, bytes, length);
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	text[length] = '\0';
}

bool native_reply_get(const uint8_t *bytes, struct op *op, struct reason_told *told)
{
	uint16_t status = get_le16(bytes + 4);

	if (status >= OP_N_STATUSES)
		return false;
	op->status = (enum op_status)status;
	if (op->verb == OP_READ && op->status == OP_OK)
		op->value = get_le64(bytes + 8);
	told->reason = get_le16(bytes + 6);
	get_text(bytes + NATIVE_REPLY_SIZE, get_le32(bytes) - NATIVE_REPLY_SIZE, told->text);
	return true;
}
