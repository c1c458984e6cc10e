/* SPDX-License-Identifier: MIT */
/* How a client comes to its daemon: find the program, start it, meet it. */
#ifndef MSRD_CLIENT_SPAWN_H
#define MSRD_CLIENT_SPAWN_H

#include "client/child.h"

/*
 * Starts the daemon (a path, a name in PATH, or NULL for the installed one) and
 * connects to it within timeout_ms. A connected non-blocking socket and the
 * child that is at its other end, or a negative error, its cause in text, and
 * nothing left behind. The errors are those of msrd_open.
 */
int spawn_daemon(
	struct child *child, const char *daemon, unsigned timeout_ms, char *text, size_t size);

#endif
