/* SPDX-License-Identifier: MIT */
/*
 * SIGTERM while a client is served: its socket is shut down, so that whoever waits in
 * recv(2) or send(2) comes back, and whoever is about to wait does not. So nobody has to ask
 * for signals before he waits.
 */
#ifndef MSRD_DAEMON_TERMINATE_H
#define MSRD_DAEMON_TERMINATE_H

#include <stdbool.h>

/* From now on SIGTERM, which is blocked until then and is taken if it waits, ends what goes on over
 * fd. 0 or -errno. */
int terminate_watch(int fd);

/* Has it come? */
bool terminate_is_told(void);

#endif
