/* SPDX-License-Identifier: MIT */
/*
 * What a wire is: the bytes of one connection on one side, ops on the other,
 * as the daemon sees them. The session knows these operations and no wire by
 * name. Pure: no descriptor, no clock, no memory but its own state.
 */
#ifndef MSRD_WIRE_WIRE_H
#define MSRD_WIRE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "op.h"
#include "wire/question.h"
#include "wire/reason.h"

/* What the bytes received so far are. */
enum wire_message {
	WIRE_INCOMPLETE, /* the beginning of a message */
	WIRE_MALFORMED,	 /* no message: the connection is of no use any more */
	WIRE_ACCESSES,	 /* ops to be judged and carried out, then one reply */
	WIRE_EXIT,	 /* the end, without a reply */
	WIRE_QUESTION,	 /* of what there is and what may be: its answer is the reply */
};

struct wire_request {
	size_t length;	     /* bytes of the message */
	struct batch *batch; /* the wire's own, until the next request is taken; of no op: a reply
				is all there is to give */
	struct question question; /* of WIRE_QUESTION; every field is in its range */
};

/* No message is longer, and no reply. */
#define WIRE_MESSAGE_SIZE 24592
#define WIRE_REPLY_SIZE	  19008
/* Enough for the text of a doubt. */
#define WIRE_DOUBT_SIZE 224

struct wire;

struct wire_ops {
	/*
	 * Takes one message from the front of bytes. request is set for all but
	 * WIRE_INCOMPLETE and WIRE_MALFORMED. Every field of an op is in its range
	 * then; one for something that is not there has the status OP_ABSENT
	 * already, and nothing but a reply may be made of it.
	 */
	enum wire_message (*take)(struct wire *wire, const uint8_t *bytes, size_t length,
		struct wire_request *request);
	/* Why op i of that request was not done. NULL: the wire has no room for that. */
	void (*tell)(struct wire *wire, size_t i, const struct reason_told *told);
	/* The reply to the request that was taken last, once its ops have their
	 * status. How many bytes. */
	size_t (*reply)(struct wire *wire, uint8_t bytes[WIRE_REPLY_SIZE]);
	/* The reply to a question. NULL: the wire has none. How many bytes. */
	size_t (*answer)(struct wire *wire, const struct question *question,
		const struct answer *answer, uint8_t bytes[WIRE_REPLY_SIZE]);
	/* What is odd about the conversation so far, for the log; NULL: nothing. */
	const char *(*doubt)(const struct wire *wire, char text[WIRE_DOUBT_SIZE]);
};

/* One connection. First member of each wire's own structure. */
struct wire {
	const struct wire_ops *ops;
};

#endif
