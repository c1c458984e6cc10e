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

static int get_answer(struct connection *connection, const struct question *question,
	uint8_t reply[WIRE_REPLY_SIZE], struct native_answer *answer)
{
	long long deadline = deadline_in(connection->reply_timeout_ms);
	uint8_t request[NATIVE_QUESTION_SIZE];
	int length = 0;
	int r = connection_send(
		connection, request, native_question_put(question, request), deadline);

	if (r == 0)
		r = connection_receive(connection, reply, NATIVE_HEADER_SIZE, deadline);
	if (r == 0)
		r = length = native_answer_length(reply);
	if (r > 0)
		r = connection_receive(connection, reply + NATIVE_HEADER_SIZE,
			(size_t)length - NATIVE_HEADER_SIZE, deadline);
	if (r == 0 && !native_answer_get(reply, (size_t)length, question->about, answer))
		r = -EPROTO;
	return r;
}

static int ask(struct conversation *conversation, struct connection *connection,
	const struct question *question, conversation_learn *learn, void *closure,
	struct conversation_answer *answer)
{
	uint8_t reply[WIRE_REPLY_SIZE];
	struct native_answer native;
	union fact fact;

	(void)conversation;
	int r = get_answer(connection, question, reply, &native);
	if (r != 0)
		return r;
	*answer = (struct conversation_answer){
		.n = native.n,
		.last = question->first,
		.has_more = native.has_more,
		.is_owner = native.is_owner,
		.status = native.status,
		.told = native.told,
	};
	for (size_t i = 0; i < native.n; i++) {
		native_fact_get(&native, i, question->about, &fact);
		/* they ascend: else they would be asked for without end */
		if (question->about == QUESTION_RULES) {
			if (fact.rule.reg < answer->last + (i > 0))
				return -EPROTO;
			answer->last = fact.rule.reg;
		}
		learn(closure, &fact);
	}
	return 0;
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
		.ask = ask,
		.has_batches = true,
	};
	struct conversation *conversation = calloc(1, sizeof *conversation);

	if (!conversation)
		return NULL;
	conversation->ops = &ops;
	snprintf(conversation->name, sizeof conversation->name, "msrd");
	return conversation;
}
