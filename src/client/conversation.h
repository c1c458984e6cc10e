/* SPDX-License-Identifier: MIT */
/*
 * What is said to a daemon, and how: one table of operations a wire. The
 * handle (client.c) chooses one, and knows its operations and no wire's bytes.
 */
#ifndef MSRD_CLIENT_CONVERSATION_H
#define MSRD_CLIENT_CONVERSATION_H

#include "client/connection.h"
#include "op.h"
#include "wire/release.h"

struct conversation;

struct conversation_ops {
	/*
	 * Has the daemon carry out op. 0: op->status is set, and op->value of a
	 * read. -EINVAL: the wire has no such request or unit, nothing was sent.
	 * Any other error: the connection is of no use any more; -EPROTO is an
	 * answer that makes no sense.
	 */
	int (*access)(
		struct conversation *conversation, struct connection *connection, struct op *op);
	/* Says that this is the end, without an answer to wait for. */
	void (*end)(struct conversation *conversation, struct connection *connection);
	void (*free)(struct conversation *conversation);
};

/* First member of each wire's own structure. */
struct conversation {
	const struct conversation_ops *ops;
	char name[24]; /* "LIKWID 5.2" */
};

/*
 * With LIKWID's daemon, or one that speaks like it, with the numbers of
 * release. Which packages there are is asked of the machine below root ("/"),
 * when the first unit is: the daemon numbers them by rank. NULL: out of memory.
 */
struct conversation *conversation_likwid_new(const struct release *release, const char *root);

#endif
