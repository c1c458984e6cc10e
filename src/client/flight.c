/* SPDX-License-Identifier: MIT */
/* Bytes out, bytes in. The native wire's messages are all that is known of their meaning. */
#include "client/flight.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "wire/native.h"

/* Messages that are sent and not answered yet: the daemon always has one to go on with. Chosen. */
#define AHEAD 2

size_t flight_most_of_all_or_none(void)
{
	return NATIVE_MAX_OPS;
}

static size_t n_messages(size_t n)
{
	return (n + NATIVE_MAX_OPS - 1) / NATIVE_MAX_OPS;
}

/* Ops of the message that op first begins. */
static size_t n_from(const struct flight *flight, size_t first)
{
	size_t left = flight->n - first;

	return left < NATIVE_MAX_OPS ? left : NATIVE_MAX_OPS;
}

/* Bytes of the first n ops' messages. */
static size_t length_of(size_t n)
{
	return n_messages(n) * NATIVE_BATCH_SIZE + n * NATIVE_OP_SIZE;
}

int flight_init(struct flight *flight, const struct op *ops, size_t n, enum batch_mode mode)
{
	*flight = (struct flight){.n = n, .mode = mode, .first = n};
	if (!ops)
		return 0;
	if (n > SIZE_MAX / (NATIVE_OP_SIZE + NATIVE_BATCH_SIZE))
		return -ENOMEM;
	flight->requests = malloc(length_of(n) + 1);
	if (!flight->requests)
		return -ENOMEM;

	uint8_t *bytes = flight->requests;

	for (size_t i = 0; i < n; i++) {
		if (i % NATIVE_MAX_OPS == 0) {
			native_batch_put((uint32_t)n_from(flight, i), mode, bytes);
			bytes += NATIVE_BATCH_SIZE;
		}
		native_op_put(&ops[i], bytes);
		bytes += NATIVE_OP_SIZE;
	}
	return 0;
}

void flight_deinit(struct flight *flight)
{
	free(flight->requests);
	free(flight->texts);
	free(flight->text_of);
}

void flight_set(struct flight *flight, size_t i, uint64_t value)
{
	/* behind as many headers as messages have begun with it */
	size_t at = (i / NATIVE_MAX_OPS + 1) * NATIVE_BATCH_SIZE + i * NATIVE_OP_SIZE;

	if (flight->requests)
		native_op_set(flight->requests + at, value);
}

void flight_rewind(struct flight *flight)
{
	flight->sent = flight->n_done = 0;
	flight->first = flight->n;
	flight->begin_ns = flight->end_ns = 0;
	flight->n_texts = 0;
	free(flight->text_of);
	flight->text_of = NULL;
}

static bool has_stopped(const struct flight *flight)
{
	return flight->mode == BATCH_UNTIL_FAILURE && flight->first < flight->n;
}

/* Up to where may be sent now. */
static size_t sendable(const struct flight *flight)
{
	/* what comes after a failure must not be there yet */
	size_t ahead = flight->mode == BATCH_UNTIL_FAILURE ? 1 : AHEAD;
	size_t n = flight->n_done + ahead * NATIVE_MAX_OPS;

	if (has_stopped(flight))
		return flight->sent;
	return length_of(n < flight->n ? n : flight->n);
}

static int send_some(struct flight *flight, struct connection *connection)
{
	size_t end = sendable(flight);

	while (flight->sent < end) {
		ssize_t n = connection_send_some(
			connection, flight->requests + flight->sent, end - flight->sent);

		if (n <= 0)
			return (int)n;
		flight->sent += (size_t)n;
	}
	return 0;
}

const char *flight_text(const struct flight *flight, size_t i)
{
	size_t number = flight->text_of ? flight->text_of[i] : 0;

	return number ? flight->texts[number - 1] : "";
}

/* Most ops that fail, fail alike: their text is kept once. Without memory for it there is none. */
static void keep_text(struct flight *flight, size_t i, const char *text)
{
	size_t number = flight->n_texts;

	if (!text[0])
		return;
	while (number > 0 && strcmp(flight->texts[number - 1], text) != 0)
		number--;
	if (number == 0) {
		void *texts = array_grow(flight->texts, flight->n_texts, sizeof *flight->texts);

		if (!texts)
			return;
		flight->texts = texts;
		snprintf(flight->texts[flight->n_texts], REASON_TEXT_SIZE, "%s", text);
		number = ++flight->n_texts;
	}
	if (!flight->text_of)
		flight->text_of = calloc(flight->n, sizeof *flight->text_of);
	if (flight->text_of)
		flight->text_of[i] = (uint32_t)number;
}

void flight_land(struct flight *flight, size_t i, const struct op *op,
	const struct reason_told *told, struct msrd_op *result)
{
	result->value = op->value;
	result->status = (uint16_t)op->status;
	result->reason = told->reason;
	/* one that was not tried is not why */
	if (op->status != OP_OK && op->status != OP_SKIPPED && flight->first == flight->n)
		flight->first = i;
	keep_text(flight, i, told->text);
}

static bool land(struct flight *flight, const struct native_results *results, size_t i,
	struct msrd_op *msrd_op)
{
	struct op op = {.verb = msrd_op->verb, .value = msrd_op->value};
	struct reason_told told;
	uint64_t value;

	if (native_result_is_done(results, i, &value)) {
		msrd_op->status = MSRD_OK;
		if (op.verb == OP_READ)
			msrd_op->value = value;
		return true;
	}
	if (!native_result_get(results, i, &op, &told))
		return false;
	flight_land(flight, flight->n_done + i, &op, &told, msrd_op);
	return true;
}

/* The results of one message. How long its reply was; 0: it is not all there. */
static int land_reply(struct flight *flight, const struct landing *landing, struct msrd_op *ops)
{
	size_t n = n_from(flight, flight->n_done);
	struct native_results results;

	if (landing->length < NATIVE_HEADER_SIZE)
		return 0;
	int length = native_batch_reply_length(landing->bytes, n);
	if (length < 0)
		return length;
	if (landing->length < (size_t)length)
		return 0;
	if (!native_results_get(landing->bytes, (size_t)length, n, &results))
		return -EPROTO;
	for (size_t i = 0; i < n; i++)
		if (!land(flight, &results, i, &ops[flight->n_done + i]))
			return -EPROTO;
	if (flight->n_done == 0)
		flight->begin_ns = results.begin_ns;
	flight->end_ns = results.end_ns;
	flight->n_done += n;
	return length;
}

static bool is_answered(const struct flight *flight)
{
	return flight->sent <= length_of(flight->n_done);
}

/* All replies that are there wholly. */
static int land_replies(struct flight *flight, struct landing *landing, struct msrd_op *ops)
{
	int length = 1;

	while (!is_answered(flight) && length > 0) {
		length = land_reply(flight, landing, ops);
		if (length < 0)
			return length;
		landing->length -= (size_t)length;
		memmove(landing->bytes, landing->bytes + length, landing->length);
	}
	return 0;
}

/* All that is there. */
static int receive_some(struct flight *flight, struct connection *connection,
	struct landing *landing, struct msrd_op *ops)
{
	while (!is_answered(flight)) {
		ssize_t n = connection_receive_some(connection, landing->bytes + landing->length,
			sizeof landing->bytes - landing->length);

		if (n <= 0)
			return (int)n;
		landing->length += (size_t)n;
		int r = land_replies(flight, landing, ops);
		if (r < 0)
			return r;
	}
	return landing->length == 0 ? 0 : -EPROTO;
}

static bool has_arrived(const struct flight *flight)
{
	return flight->n_done == flight->n || (has_stopped(flight) && is_answered(flight));
}

int flight_go_on(struct flight *flight, struct connection *connection, struct landing *landing,
	struct msrd_op *ops)
{
	int r = 0;
	size_t n_done;

	do {
		n_done = flight->n_done;
		if (r == 0)
			r = send_some(flight, connection);
		if (r == 0)
			r = receive_some(flight, connection, landing, ops);
	} while (r == 0 && flight->n_done != n_done); /* then more may be sent */
	return r < 0 ? r : has_arrived(flight);
}

short flight_events(const struct flight *flight)
{
	return (short)(POLLIN | (flight->sent < sendable(flight) ? POLLOUT : 0));
}
