/* SPDX-License-Identifier: MIT */
/* The socket file of a daemon, should it die before it has removed that itself. */
#ifndef MSRD_CLIENT_LEFTOVER_H
#define MSRD_CLIENT_LEFTOVER_H

#include <sys/types.h>

/* All zero: there is none. */
struct leftover {
	pid_t daemon;
	dev_t device;
	ino_t inode;
};

/* What lies at the daemon's address now, if it is a socket of this user. */
struct leftover leftover_find(pid_t daemon);

/* Removes just that, once; what came to the same name since then stays. */
void leftover_remove(struct leftover *leftover);

#endif
