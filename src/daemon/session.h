/* SPDX-License-Identifier: MIT */
/* The corridor: bytes in, bytes out, for one client from its first to its last. */
#ifndef MSRD_DAEMON_SESSION_H
#define MSRD_DAEMON_SESSION_H

#include "daemon/access.h"
#include "daemon/restore.h"
#include "daemon/stream.h"
#include "node/node.h"
#include "wire/wire.h"

struct session {
	int fd; /* connected to the client */
	struct wire *wire;
	struct access access;
	const struct node *node; /* to answer questions of it; NULL: nothing is known */

	struct stream stream;
	uint8_t reply[WIRE_REPLY_SIZE];
	struct restored restored; /* what became of what the client left, unless it said exit */
};

/* How a session ended; 0 is: not yet. X(end, text for the log) */
#define SESSION_ENDS(X)                                                                            \
	X(SESSION_GOES_ON, "goes on")                                                              \
	X(SESSION_EXIT, "the client said exit")                                                    \
	X(SESSION_CLOSED, "the client went away without an exit message")                          \
	X(SESSION_CUT, "the client went away in the middle of a record")                           \
	X(SESSION_UNREAD, "the client went away before it read its reply")                         \
	X(SESSION_MALFORMED, "the client sent what is no message")                                 \
	X(SESSION_TERMINATED, "the daemon was told to terminate")

enum session_end {
#define X(end, text) end,
	SESSION_ENDS(X)
#undef X
};

/*
 * Serves the client until it goes away. The way it ended (enum session_end),
 * or -errno when the daemon itself can't go on. SIGTERM ends it where terminate_watch is told of
 * fd. However it ended but by exit: what the client
 * changed is put back then. Closes nothing.
 */
int session_run(struct session *session);

const char *session_end_text(enum session_end end);

#endif
