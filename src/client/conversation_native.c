/* SPDX-License-Identifier: MIT */
/* With an msrd that has understood a hello: one access is one message and its reply. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/conversation.h"
#include "client/deadline.h"
#include "wire/native.h"

static int exchange(struct connection *connection, const uint8_t request[NATIVE_ACCESS_SIZE],
	uint8_t reply[NATIVE_REPLY_SIZE + REASON_TEXT_SIZE])
{
	long long deadline = deadline_in(connection->reply_timeout_ms);
	int r = connection_send(connection, request, NATIVE_ACCESS_SIZE, deadline);

	if (r == 0)
		r = connection_receive(connection, reply, NATIVE_REPLY_SIZE, deadline);
	if (r == 0)
		r = native_reply_text_length(reply);
	if (r > 0)
		r = connection_receive(connection, reply + NATIVE_REPLY_SIZE, (size_t)r, deadline);
	return r;
}

static int carry_out(struct conversation *conversation, struct connection *connection,
	struct op *op, struct reason_told *told)
{
	uint8_t request[NATIVE_ACCESS_SIZE], reply[NATIVE_REPLY_SIZE + REASON_TEXT_SIZE];

	(void)conversation;
	native_access_put(op, request);
	int r = exchange(connection, request, reply);
	if (r < 0)
		return r;
	return native_reply_get(reply, op, told) ? 0 : -EPROTO;
}

/* A daemon that cannot take it sees end of file. */
static void say_goodbye(struct conversation *conversation, struct connection *connection)
{
	uint8_t bytes[NATIVE_HEADER_SIZE];

	(void)conversation;
	native_exit_put(bytes);
	connection_send(connection, bytes, sizeof bytes, deadline_in(0));
}

static void free_conversation(struct conversation *conversation)
{
	free(conversation);
}

struct conversation *conversation_native_new(void)
{
	static const struct conversation_ops ops = {
		.access = carry_out,
		.end = say_goodbye,
		.free = free_conversation,
		.has_batches = true,
	};
	struct conversation *conversation = calloc(1, sizeof *conversation);

	if (!conversation)
		return NULL;
	conversation->ops = &ops;
	snprintf(conversation->name, sizeof conversation->name, "msrd");
	return conversation;
}
