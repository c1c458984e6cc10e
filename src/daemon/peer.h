/* SPDX-License-Identifier: MIT */
/* The client, as the kernel vouches for it. */
#ifndef MSRD_DAEMON_PEER_H
#define MSRD_DAEMON_PEER_H

#include <sys/types.h>

struct peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
};

#endif
