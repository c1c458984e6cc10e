/* SPDX-License-Identifier: MIT */
/*
 * The wire of msrd's own clients: PROTOCOL.md has it byte by byte. It begins as
 * LIKWID's and becomes another with the first record, if that is a hello.
 */
#ifndef MSRD_WIRE_NATIVE_H
#define MSRD_WIRE_NATIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "op.h"
#include "wire/reason.h"
#include "wire/wire.h"

#define NATIVE_VERSION 1

/* A hello is a record of LIKWID's (wire/likwid.h) of a type that no release has. */
#define NATIVE_HELLO_SIZE 32
#define NATIVE_HELLO_TYPE UINT32_C(0x6472736d)	       /* "msrd" */
#define NATIVE_MAGIC	  UINT64_C(0x657269776472736d) /* "msrdwire" */

/* The header of each message and each reply, and all of an access. */
#define NATIVE_HEADER_SIZE 8
#define NATIVE_ACCESS_SIZE 32
#define NATIVE_REPLY_SIZE  16 /* without its text */
/* No message is longer, and no reply. */
#define NATIVE_MESSAGE_SIZE 1024

enum native_message {
	NATIVE_ACCESS = 1,
	NATIVE_EXIT = 2,
};

/* The daemon's side of one connection. */
struct native {
	struct wire wire;
	struct wire *plain; /* what it is until the hello, or for ever */
	struct op_limits limits;
	enum {
		NATIVE_SILENT, /* nothing has come yet */
		NATIVE_PLAIN,
		NATIVE_GREETED, /* the hello has come, and the answer to it is next */
		NATIVE_SPOKEN,
	} state;
	uint16_t type; /* of the message that was taken last */
	struct op op;
	struct reason_told told;
};

/* What plain and limits point to must outlive it. */
void native_init(struct native *native, struct wire *plain, const struct op_limits *limits);

/* The client's side. */
void native_hello_put(uint8_t bytes[NATIVE_HELLO_SIZE]);
/* What the answer to a hello says: 1, it is understood; 0, that there is nobody who knows it, and
 * plain records are to be spoken; -EPROTO, nonsense. */
int native_hello_get(const uint8_t bytes[NATIVE_HELLO_SIZE]);

void native_access_put(const struct op *op, uint8_t bytes[NATIVE_ACCESS_SIZE]);
void native_exit_put(uint8_t bytes[NATIVE_HEADER_SIZE]);

/* How long the text behind a reply's first NATIVE_REPLY_SIZE bytes is; -EPROTO: this is no reply
 * to an access. */
int native_reply_text_length(const uint8_t bytes[NATIVE_REPLY_SIZE]);
/* Sets op's status, value of a read, and what is told with it, made fit to be printed. False: a
 * status that nobody knows. bytes as long as native_reply_text_length said. */
bool native_reply_get(const uint8_t *bytes, struct op *op, struct reason_told *told);

#endif
