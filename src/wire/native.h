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

/* The header of each message and each reply, and what follows it. */
#define NATIVE_HEADER_SIZE	8
#define NATIVE_OP_SIZE		24 /* one access */
#define NATIVE_ACCESS_SIZE	(NATIVE_HEADER_SIZE + NATIVE_OP_SIZE)
#define NATIVE_REPLY_SIZE	16 /* without its text */
#define NATIVE_BATCH_SIZE	16 /* without its ops */
#define NATIVE_BATCH_REPLY_SIZE 32 /* without results and texts */
#define NATIVE_RESULT_SIZE	16
#define NATIVE_TEXT_SIZE	2 /* without what it says */
#define NATIVE_INFO_SIZE	16
#define NATIVE_POLICY_SIZE	24
#define NATIVE_QUESTION_SIZE	NATIVE_POLICY_SIZE /* of either at most */
#define NATIVE_ANSWER_SIZE	16		   /* without facts and text */

/* Of a batch. Chosen, not tuned: more cost no less each (make bench). */
#define NATIVE_MAX_OPS 1024
/* Texts in the reply to a batch: the reason's number stands with each op. */
#define NATIVE_MAX_TEXTS 8
/* No message is longer. */
#define NATIVE_MESSAGE_SIZE (NATIVE_BATCH_SIZE + NATIVE_MAX_OPS * NATIVE_OP_SIZE)

enum native_message {
	NATIVE_ACCESS = 1,
	NATIVE_EXIT = 2,
	NATIVE_BATCH = 3,
	NATIVE_INFO = 4,
	NATIVE_POLICY = 5,
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
	struct batch batch;
	struct op ops[NATIVE_MAX_OPS];
	/* why they were not done, and which text goes with that: 0 is none, else from 1 */
	uint16_t reasons[NATIVE_MAX_OPS];
	uint8_t text_of[NATIVE_MAX_OPS];
	char texts[NATIVE_MAX_TEXTS][REASON_TEXT_SIZE];
	uint8_t n_texts;
};

/* What plain and limits point to must outlive it. */
void native_init(struct native *native, struct wire *plain, const struct op_limits *limits);

/* An op and its layout, on both sides. False: no op has these bytes. */
bool native_op_get(const uint8_t bytes[NATIVE_OP_SIZE], struct op *op);
void native_op_put(const struct op *op, uint8_t bytes[NATIVE_OP_SIZE]);
/* Another value for a write that is put already. */
void native_op_set(uint8_t bytes[NATIVE_OP_SIZE], uint64_t value);

/* The daemon's side of questions: message type as in its header; request->length is set.
 * WIRE_ACCESSES: there is no such question, and unknown is the reply. */
enum wire_message native_question_get(const uint8_t *bytes, struct wire_request *request);
size_t native_answer_put(const struct question *question, const struct answer *answer,
	uint8_t bytes[WIRE_REPLY_SIZE]);

/* The client's side. */
void native_header_put(
	uint8_t bytes[NATIVE_HEADER_SIZE], uint32_t length, enum native_message type);
void native_hello_put(uint8_t bytes[NATIVE_HELLO_SIZE]);
/* What the answer to a hello says: 1, it is understood; 0, that there is nobody who knows it, and
 * plain records are to be spoken; -EUSERS, the user has too many sessions; -EPROTO, nonsense. */
int native_hello_get(const uint8_t bytes[NATIVE_HELLO_SIZE]);
/* As long as the record is: answered with the same numbers by who knows it. */
void native_greeting_put(uint8_t bytes[NATIVE_HELLO_SIZE]);
/* Instead of it, and unasked: the user has too many sessions. */
void native_refusal_put(uint8_t bytes[NATIVE_HELLO_SIZE]);

void native_access_put(const struct op *op, uint8_t bytes[NATIVE_ACCESS_SIZE]);
void native_exit_put(uint8_t bytes[NATIVE_HEADER_SIZE]);
/* The ops, of which there are n (1 to NATIVE_MAX_OPS), follow. */
void native_batch_put(uint32_t n, enum batch_mode mode, uint8_t bytes[NATIVE_BATCH_SIZE]);

/* How long the text behind a reply's first NATIVE_REPLY_SIZE bytes is; -EPROTO: this is no reply
 * to an access. */
int native_reply_text_length(const uint8_t bytes[NATIVE_REPLY_SIZE]);
/* Sets op's status, value of a read, and what is told with it, made fit to be printed. False: a
 * status that nobody knows. bytes as long as native_reply_text_length said. */
bool native_reply_get(const uint8_t *bytes, struct op *op, struct reason_told *told);

/* How long the reply to a batch of n ops is, by its first NATIVE_HEADER_SIZE bytes; -EPROTO: this
 * is none. */
int native_batch_reply_length(const uint8_t bytes[NATIVE_HEADER_SIZE], size_t n);

/* The reply to a batch, whole. */
struct native_results {
	const uint8_t *bytes;
	size_t length, n;
	uint64_t begin_ns, end_ns; /* CLOCK_MONOTONIC of the machine, around the accesses */
};

/* False: it makes no sense. bytes must outlive results. */
bool native_results_get(
	const uint8_t *bytes, size_t length, size_t n, struct native_results *results);
/* Was op i done? Then value is what a read gives, and nothing is told. */
bool native_result_is_done(const struct native_results *results, size_t i, uint64_t *value);
/* The same of op i as native_reply_get of one, but that the text is "" where the daemon sent none
 * with it. */
bool native_result_get(
	const struct native_results *results, size_t i, struct op *op, struct reason_told *told);

/* How many bytes. */
size_t native_question_put(const struct question *question, uint8_t bytes[NATIVE_QUESTION_SIZE]);

/* How long the answer to a question is, by its first NATIVE_HEADER_SIZE bytes; -EPROTO: this is
 * none. */
int native_answer_length(const uint8_t bytes[NATIVE_HEADER_SIZE]);

struct native_answer {
	const uint8_t *facts;
	size_t n, size; /* of each */
	bool has_more;	/* facts behind these, to be asked for */
	bool is_owner;
	enum op_status status; /* OP_UNKNOWN: the daemon does not know the question */
	struct reason_told told;
};

/* False: it makes no sense. bytes must outlive answer. */
bool native_answer_get(const uint8_t *bytes, size_t length, enum question_about about,
	struct native_answer *answer);
/* Fact i of the n. */
void native_fact_get(
	const struct native_answer *answer, size_t i, enum question_about about, union fact *fact);

/* One line, made fit to be printed, of length bytes. */
void native_text_get(const uint8_t *bytes, size_t length, char text[REASON_TEXT_SIZE]);

#endif
