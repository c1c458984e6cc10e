/* SPDX-License-Identifier: MIT */
/* The client's side of the native wire: requests into bytes, replies out of them. */
#include <errno.h>
#include <string.h>

#include "util/bytes.h"
#include "wire/likwid.h"
#include "wire/meeting.h"
#include "wire/native.h"

void native_header_put(uint8_t bytes[NATIVE_HEADER_SIZE], uint32_t length, enum native_message type)
{
	put_le32(bytes, length);
	put_le16(bytes + 4, (uint16_t)type);
	put_le16(bytes + 6, 0);
}

int native_hello_get(const uint8_t bytes[NATIVE_HELLO_SIZE])
{
	struct likwid_record answer, expected;
	uint8_t greeting[NATIVE_HELLO_SIZE];

	native_greeting_put(greeting);
	likwid_record_get(greeting, &expected);
	likwid_record_get(bytes, &answer);
	if (answer.type != expected.type || answer.data != expected.data)
		return -EPROTO;
	if (answer.errorcode == MEETING_SESSIONS)
		return -EUSERS;
	if (answer.errorcode != 0)
		return 0;
	return answer.cpu == expected.cpu && answer.reg >= NATIVE_MESSAGE_SIZE ? 1 : -EPROTO;
}

void native_access_put(const struct op *op, uint8_t bytes[NATIVE_ACCESS_SIZE])
{
	native_header_put(bytes, NATIVE_ACCESS_SIZE, NATIVE_ACCESS);
	native_op_put(op, bytes + NATIVE_HEADER_SIZE);
}

void native_exit_put(uint8_t bytes[NATIVE_HEADER_SIZE])
{
	native_header_put(bytes, NATIVE_HEADER_SIZE, NATIVE_EXIT);
}

void native_batch_put(uint32_t n, enum batch_mode mode, uint8_t bytes[NATIVE_BATCH_SIZE])
{
	native_header_put(bytes, NATIVE_BATCH_SIZE + n * NATIVE_OP_SIZE, NATIVE_BATCH);
	put_le32(bytes + 8, n);
	put_le32(bytes + 12, (uint32_t)mode);
}

int native_reply_text_length(const uint8_t bytes[NATIVE_REPLY_SIZE])
{
	uint32_t length = get_le32(bytes);

	if (length < NATIVE_REPLY_SIZE || length - NATIVE_REPLY_SIZE >= REASON_TEXT_SIZE)
		return -EPROTO;
	return (int)(length - NATIVE_REPLY_SIZE);
}

/* One line, of what every terminal prints as it is. */
void native_text_get(const uint8_t *bytes, size_t length, char text[REASON_TEXT_SIZE])
{
	memcpy(text, bytes, length);
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	text[length] = '\0';
}

/* False: a status that nobody knows. */
static bool get_result(uint16_t status, uint64_t value, struct op *op)
{
	if (status >= OP_N_STATUSES)
		return false;
	op->status = (enum op_status)status;
	if (op->verb == OP_READ && op->status == OP_OK)
		op->value = value;
	return true;
}

bool native_reply_get(const uint8_t *bytes, struct op *op, struct reason_told *told)
{
	if (!get_result(get_le16(bytes + 4), get_le64(bytes + 8), op))
		return false;
	told->reason = get_le16(bytes + 6);
	native_text_get(bytes + NATIVE_REPLY_SIZE, get_le32(bytes) - NATIVE_REPLY_SIZE, told->text);
	return true;
}

int native_batch_reply_length(const uint8_t bytes[NATIVE_HEADER_SIZE], size_t n)
{
	uint32_t length = get_le32(bytes);

	if (length < NATIVE_BATCH_REPLY_SIZE + n * NATIVE_RESULT_SIZE || length > WIRE_REPLY_SIZE)
		return -EPROTO;
	return (int)length;
}

/* Where text number (from 1) begins, with its length; NULL: it is not there. */
static const uint8_t *find_text(
	const struct native_results *results, uint32_t number, size_t *length)
{
	const uint8_t *end = results->bytes + results->length;
	const uint8_t *text =
		results->bytes + NATIVE_BATCH_REPLY_SIZE + results->n * NATIVE_RESULT_SIZE;

	for (;;) {
		if (end - text < NATIVE_TEXT_SIZE)
			return NULL;
		*length = get_le16(text);
		text += NATIVE_TEXT_SIZE;
		if ((size_t)(end - text) < *length || *length >= REASON_TEXT_SIZE)
			return NULL;
		if (--number == 0)
			return text;
		text += *length;
	}
}

bool native_results_get(
	const uint8_t *bytes, size_t length, size_t n, struct native_results *results)
{
	*results = (struct native_results){
		.bytes = bytes,
		.length = length,
		.n = n,
		.begin_ns = get_le64(bytes + 16),
		.end_ns = get_le64(bytes + 24),
	};
	return get_le32(bytes + 8) == n;
}

static const uint8_t *find_result(const struct native_results *results, size_t i)
{
	return results->bytes + NATIVE_BATCH_REPLY_SIZE + i * NATIVE_RESULT_SIZE;
}

bool native_result_is_done(const struct native_results *results, size_t i, uint64_t *value)
{
	const uint8_t *bytes = find_result(results, i);

	*value = get_le64(bytes + 8);
	return get_le16(bytes) == OP_OK && get_le16(bytes + 2) == REASON_NONE &&
	       get_le32(bytes + 4) == 0;
}

bool native_result_get(
	const struct native_results *results, size_t i, struct op *op, struct reason_told *told)
{
	const uint8_t *bytes = find_result(results, i);
	uint32_t number = get_le32(bytes + 4);
	const uint8_t *text;
	size_t length;

	if (!get_result(get_le16(bytes), get_le64(bytes + 8), op))
		return false;
	told->reason = get_le16(bytes + 2);
	told->text[0] = '\0';
	if (number == 0)
		return true;
	text = find_text(results, number, &length);
	if (!text)
		return false;
	native_text_get(text, length, told->text);
	return true;
}
