/* SPDX-License-Identifier: MIT */
/*
 * The wire of LIKWID's access daemon, releases 3.1 to 5.5: one request and one
 * reply, each a record of exactly 32 bytes, little-endian. What its numbers
 * mean differs by release (wire/release.h).
 *
 *   offset  type  field      meaning
 *        0  u32   cpu        MSR: OS CPU number; PCI: rank of the package
 *        4  u32   reg        MSR address, or offset in PCI config space
 *        8  u64   data       value to write, or as read in the reply
 *       16  u32   device     the MSRs, or an uncore unit
 *       20  u32   type       read, write, check, exit
 *       24  u32   errorcode  of the reply; requests may hold anything
 *       28  u32   padding    echoed
 *
 * Everywhere else a package is its physical id; its rank, which is its index
 * in op_limits.packages, exists on this wire alone.
 */
#ifndef MSRD_WIRE_LIKWID_H
#define MSRD_WIRE_LIKWID_H

#include <stdbool.h>
#include <stdint.h>

#include "op.h"
#include "wire/release.h"
#include "wire/wire.h"

#define LIKWID_RECORD_SIZE 32
/* More than any release has devices. */
#define LIKWID_N_NUMBERS 256

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

/* The daemon's side of one connection. */
struct likwid {
	struct wire wire;
	const struct release *release; /* whose numbers the client speaks */
	struct op_limits limits;

	/* of the request that was taken last */
	struct likwid_record request;
	enum release_type type;
	struct op op;
	struct batch batch; /* of that op, or of none */

	/* of all so far: what may tell of another release */
	bool has_found; /* a device that is there was asked for */
	bool has_missed;
	/* by device number, the last bit for all above: known units that are there, and
	 * numbers that the release has not got */
	uint64_t found[LIKWID_N_NUMBERS / 64], strange[LIKWID_N_NUMBERS / 64];
	uint32_t stranger; /* the last of these */
};

/* What limits points to must outlive it. */
void likwid_init(
	struct likwid *likwid, const struct release *release, const struct op_limits *limits);

/*
 * Client's side: the request for op. 0; OP_ABSENT when there is no such package;
 * -EINVAL when the release has no number for the unit or the request.
 */
int likwid_request_put(const struct release *release, const struct op_limits *limits,
	const struct op *op, struct likwid_record *request);
/* Client's side: the request that ends the session. */
void likwid_exit_put(const struct release *release, struct likwid_record *request);

/* Client's side: sets op->status, and op->value of a read, from the reply.
 * False for an error code nobody knows. */
bool likwid_reply_get(
	const struct release *release, const struct likwid_record *reply, struct op *op);

#endif
