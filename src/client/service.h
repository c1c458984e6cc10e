/* SPDX-License-Identifier: MIT */
/* The service's socket, behind which a service manager has a daemon for each who connects. */
#ifndef MSRD_CLIENT_SERVICE_H
#define MSRD_CLIENT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Connects to the socket at path, and makes sure that it is root's (whose service
 * manager made it) or the caller's own. A non-blocking descriptor, or a negative
 * error with its cause and cure in text (size bytes):
 *     -ENOENT, -ECONNREFUSED   no service: nothing is there, or nobody listens
 *     -EACCES                  the caller is not let in
 *     -EPERM                   the socket is another user's
 *     -ETIMEDOUT               too many are waiting already
 */
int service_connect(const char *path, unsigned timeout_ms, char *text, size_t size);

/* Does this error of service_connect say that there is no service at all? */
bool service_is_absent(int error);

#endif
