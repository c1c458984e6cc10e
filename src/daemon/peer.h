/* SPDX-License-Identifier: MIT */
/* The client, as the kernel vouches for it. */
#ifndef MSRD_DAEMON_PEER_H
#define MSRD_DAEMON_PEER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Chosen, not tuned: who is in more counts as in none of them. */
#define PEER_MAX_GROUPS 256

struct peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	uint32_t groups[PEER_MAX_GROUPS]; /* further ones */
	size_t n_groups;
};

/* Finds the further groups of who connected to fd. 0, or -errno: none are known;
 * -ERANGE when there are too many. */
int peer_find_groups(struct peer *peer, int fd);

#endif
