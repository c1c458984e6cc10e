/* SPDX-License-Identifier: MIT */
/*
 * The messages of one batch on their way to an msrd, and the replies on theirs: while one is
 * carried out, the next is sent already, and nobody waits here. Knows no handle.
 */
#ifndef MSRD_CLIENT_FLIGHT_H
#define MSRD_CLIENT_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/connection.h"
#include "client/msrd.h"
#include "op.h"
#include "wire/reason.h"
#include "wire/wire.h"

/* What has come from a daemon and is not read yet: of one flight at a time. */
struct landing {
	size_t length;
	uint8_t bytes[2 * WIRE_REPLY_SIZE];
};

struct flight {
	uint8_t *requests; /* all messages, one behind the other */
	size_t n;	   /* ops */
	enum batch_mode mode;

	/* on the way: */
	size_t sent;   /* bytes of the requests */
	size_t n_done; /* ops whose results are there */
	uint64_t begin_ns, end_ns;
	size_t first; /* op that was not done; n: none */
	/* what is told with ops, and with which, from 1; NULL: nothing is */
	char (*texts)[REASON_TEXT_SIZE];
	size_t n_texts;
	uint32_t *text_of;
};

/* More than one message of them can't be all or none. */
size_t flight_most_of_all_or_none(void);

/* 0 or -ENOMEM. The ops' places are known to exist in op.h; NULL: nothing is ever sent, and
 * flight_land is told what came of them. flight_deinit releases. */
int flight_init(struct flight *flight, const struct op *ops, size_t n, enum batch_mode mode);
void flight_deinit(struct flight *flight);

/* Another value for op i, a write. */
void flight_set(struct flight *flight, size_t i, uint64_t value);

/* What came of op i goes to result, and told is kept for flight_text. */
void flight_land(struct flight *flight, size_t i, const struct op *op,
	const struct reason_told *told, struct msrd_op *result);

/* What the daemon says of op i, which was not done; "" where it says nothing. */
const char *flight_text(const struct flight *flight, size_t i);

/* Ready to go, again. */
void flight_rewind(struct flight *flight);

/*
 * As far as it goes without a wait; results are put into ops, those of flight_init, and landing is
 * empty before the first time. 1: all are there. 0: not yet; what to wait for is flight_events, of
 * poll(2). Any other: the connection is of no use; -EPROTO is an answer that makes no sense.
 */
int flight_go_on(struct flight *flight, struct connection *connection, struct landing *landing,
	struct msrd_op *ops);
short flight_events(const struct flight *flight);

#endif
