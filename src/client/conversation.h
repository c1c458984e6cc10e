/* SPDX-License-Identifier: MIT */
/*
 * What is said to a daemon, and how: one table of operations a wire, and one for
 * who needs no daemon (direct.h). The handle (client.c) knows its operations and no wire.
 */
#ifndef MSRD_CLIENT_CONVERSATION_H
#define MSRD_CLIENT_CONVERSATION_H

#include <stdbool.h>

#include "client/connection.h"
#include "op.h"
#include "wire/question.h"
#include "wire/reason.h"
#include "wire/release.h"

struct conversation;

/* What an answer to a question says besides its facts. */
struct conversation_answer {
	size_t n;      /* facts */
	uint32_t last; /* of rules: the last one's register */
	bool has_more; /* behind that, to be asked for */
	bool is_owner;
	enum op_status status; /* OP_UNKNOWN: the daemon does not know the question */
	struct reason_told told;
};

/* Hears of a fact. */
typedef void conversation_learn(void *closure, const union fact *fact);

/* Hears of op i of a batch: its status is set, and told says why where it was not done. */
typedef void conversation_hear(void *closure, size_t i, const struct reason_told *told);

struct conversation_ops {
	/*
	 * Has the daemon carry out op. 0: op->status is set, and op->value of a
	 * read; told is what the daemon says of an op that was not done, and is left
	 * alone where it says nothing. -EINVAL: the wire has no such request or unit, nothing was
	 * sent. Any other error: the connection is of no use any more; -EPROTO is an answer that
	 * makes no sense.
	 */
	int (*access)(struct conversation *conversation, struct connection *connection,
		struct op *op, struct reason_told *told);
	/* Says that this is the end, without an answer to wait for. */
	void (*end)(struct conversation *conversation, struct connection *connection);
	void (*free)(struct conversation *conversation);
	/* Has learn hear of the facts that the daemon answers with, in order. NULL: it can't be
	 * asked. Errors are those of access but -EINVAL. */
	int (*ask)(struct conversation *conversation, struct connection *connection,
		const struct question *question, conversation_learn *learn, void *closure,
		struct conversation_answer *answer);
	/* Does the daemon take batches (flight.h)? Else op by op, or: */
	bool has_batches;
	/* Carries out all ops here and now, as batch->mode says, and has each heard of, in order;
	 * NULL: not without messages. */
	void (*run)(struct conversation *conversation, struct batch *batch, conversation_hear *hear,
		void *closure);
};

/* First member of each wire's own structure. */
struct conversation {
	const struct conversation_ops *ops;
	char name[24]; /* "LIKWID 5.2" */
};

/* With the daemon at path, or with a service, as that one speaks. 0, or a negative error
 * with its cause in text of size. */
int conversation_new(struct conversation **conversation, const char *path, char *text, size_t size);
int conversation_new_service(struct conversation **conversation, char *text, size_t size);

/*
 * Says hello, and waits for the answer as for that of an access. 0: *conversation is
 * another one if the daemon knows our own wire, and else what it was. Any other error:
 * the connection is of no use; -EPROTO is an answer that makes no sense, -EUSERS that the user has
 * too many sessions.
 */
int conversation_greet(struct conversation **conversation, struct connection *connection);

/*
 * With LIKWID's daemon, or one that speaks like it, with the numbers of
 * release. Which packages there are is asked of the machine below root ("/"),
 * when the first unit is: the daemon numbers them by rank. NULL: out of memory.
 */
struct conversation *conversation_likwid_new(const struct release *release, const char *root);

/* With an msrd that has been said hello to. NULL: out of memory. */
struct conversation *conversation_native_new(void);

#endif
