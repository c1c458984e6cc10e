/* SPDX-License-Identifier: MIT */
/* What the kernel knows of the other end of a socket. Knows no policy. */
#include "daemon/peer.h"

#include <errno.h>
#include <sys/socket.h>

int peer_find_groups(struct peer *peer, int fd)
{
	socklen_t length = sizeof peer->groups;

	peer->n_groups = 0;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &length) < 0)
		return -errno;
	peer->n_groups = length / sizeof *peer->groups;
	return 0;
}
