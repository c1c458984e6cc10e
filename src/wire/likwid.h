/* SPDX-License-Identifier: MIT */
/*
 * The wire of LIKWID's access daemon, releases 3.1 to 5.5: one request and one
 * reply, each a record of exactly 32 bytes, little-endian. Pure: no
 * descriptor, no clock, no memory of its own. What its numbers mean differs by
 * release (wire/release.h).
 *
 *   offset  type  field      meaning
 *        0  u32   cpu        MSR: OS CPU number; PCI: socket number
 *        4  u32   reg        MSR address, or offset in PCI config space
 *        8  u64   data       value to write, or as read in the reply
 *       16  u32   device     the MSRs, or an uncore unit
 *       20  u32   type       read, write, check, exit
 *       24  u32   errorcode  of the reply; requests may hold anything
 *       28  u32   padding    echoed
 */
#ifndef MSRD_WIRE_LIKWID_H
#define MSRD_WIRE_LIKWID_H

#include "op.h"
#include "wire/release.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIKWID_RECORD_SIZE 32

struct likwid_record {
	uint32_t cpu;
	uint32_t reg;
	uint64_t data;
	uint32_t device;
	uint32_t type;
	uint32_t errorcode;
	uint32_t padding;
};

void likwid_record_get(const uint8_t bytes[LIKWID_RECORD_SIZE], struct likwid_record *record);
void likwid_record_put(const struct likwid_record *record, uint8_t bytes[LIKWID_RECORD_SIZE]);

enum likwid_request {
	LIKWID_REQUEST_ACCESS,	/* op says what; its status says if it can exist at all */
	LIKWID_REQUEST_EXIT,	/* end of the session, no reply */
	LIKWID_REQUEST_UNKNOWN, /* a type nobody knows: answered, the session goes on */
};

/*
 * Daemon's side: what a record asks for. For an access every field of op is in
 * its range afterwards, or op->status is OP_ABSENT and nothing but the reply
 * may be made of it: a cpu or socket beyond limits, a device this release
 * does not have.
 */
enum likwid_request likwid_request_get(const struct release *release,
	const struct likwid_record *request, const struct op_limits *limits, struct op *op);

/* Daemon's side: the reply to request once op->status is known. */
void likwid_reply_put(const struct release *release, const struct likwid_record *request,
	const struct op *op, struct likwid_record *reply);

/* Client's side: the request for op. False when the release has no number for it. */
bool likwid_request_put(
	const struct release *release, const struct op *op, struct likwid_record *request);
/* Client's side: the request that ends the session. */
void likwid_exit_put(const struct release *release, struct likwid_record *request);

/* Client's side: sets op->status, and op->value of a read, from the reply.
 * False for an error code nobody knows. */
bool likwid_reply_get(
	const struct release *release, const struct likwid_record *reply, struct op *op);

/*
 * A byte stream cut into records: a record may come in pieces, several may
 * come at once. The reader puts received bytes at likwid_stream_space, says
 * how many with likwid_stream_filled, and takes records until there is none.
 */
struct likwid_stream {
	uint8_t bytes[64 * LIKWID_RECORD_SIZE];
	size_t begin, end; /* bytes[begin..end) are not taken yet */
};

/* Where to put received bytes; *length is never 0 when all whole records have been taken. */
uint8_t *likwid_stream_space(struct likwid_stream *stream, size_t *length);
void likwid_stream_filled(struct likwid_stream *stream, size_t length);
/* The next whole record; false when there is none yet. */
bool likwid_stream_take(struct likwid_stream *stream, struct likwid_record *record);
/* Is there a piece of a record left over? */
bool likwid_stream_is_inside_record(const struct likwid_stream *stream);

#endif
