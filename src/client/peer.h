/* SPDX-License-Identifier: MIT */
/* Who is at the other end of a socket that was found by its name. */
#ifndef MSRD_CLIENT_PEER_H
#define MSRD_CLIENT_PEER_H

#include "client/child.h"

/* Is it the daemon that child is, or what it left in its place? 0, or -EPERM (-errno when that
 * cannot be asked) and the cause in text (size bytes). */
int peer_check(int fd, const char *address, struct child *child, char *text, size_t size);

#endif
