/* SPDX-License-Identifier: MIT */
/* The bytes between this library and its daemon. */
#ifndef MSRD_CLIENT_CONNECTION_H
#define MSRD_CLIENT_CONNECTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "client/child.h"
#include "client/leftover.h"

struct connection {
	struct child child; /* at the other end */
	struct leftover leftover;
	int fd; /* non-blocking; -1 once it is closed */
	unsigned reply_timeout_ms;
};

/*
 * All the bytes, until deadline (deadline.h). 0; -ECONNRESET when the other
 * end is gone; -ETIMEDOUT; -errno of send(2), recv(2), poll(2).
 */
int connection_send(
	struct connection *connection, const uint8_t *bytes, size_t length, long long deadline);
int connection_receive(
	struct connection *connection, uint8_t *bytes, size_t length, long long deadline);

/* As much as goes without a wait: how many bytes, or an error as above. */
ssize_t connection_send_some(struct connection *connection, const uint8_t *bytes, size_t length);
ssize_t connection_receive_some(struct connection *connection, uint8_t *bytes, size_t length);

/* Until the socket is ready for events of poll(2), or may be. */
int connection_wait(struct connection *connection, short events, long long deadline);

void connection_close(struct connection *connection);

#endif
