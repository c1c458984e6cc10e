/* SPDX-License-Identifier: MIT */
/*
 * How a client and a daemon meet. LIKWID's clients: at the socket /tmp/likwid-PID,
 * PID being the daemon's, owned by the user who started it. One connection, then
 * it is gone. Ours, and a service manager: they hand it the connection.
 */
#ifndef MSRD_DAEMON_RENDEZVOUS_H
#define MSRD_DAEMON_RENDEZVOUS_H

#include <stdbool.h>
#include <sys/un.h>

#include "daemon/peer.h"

/* What every LIKWID client expects of the reference daemon. */
#define RENDEZVOUS_TIMEOUT_MS 15000

struct rendezvous {
	struct sockaddr_un address;
	uid_t uid; /* who may connect, besides root */
	gid_t gid;
	int listener; /* -1: closed */
};

/*
 * Makes the socket, as the user uid:gid and for that user alone, and listens.
 * 0 or -errno; -EADDRINUSE when something is at that path already (whatever it
 * is, it is left alone). rendezvous_close releases after success.
 */
int rendezvous_open(struct rendezvous *rendezvous, pid_t pid, uid_t uid, gid_t gid);

/*
 * Waits for the user's (or root's) connection; anybody else's is closed and
 * logged. Its descriptor, which is the caller's to close, and peer; -ETIMEDOUT;
 * -ECANCELED when signal_fd became readable; -errno.
 */
int rendezvous_accept(
	struct rendezvous *rendezvous, int signal_fd, int timeout_ms, struct peer *peer);

/*
 * Is fd a connected stream to somebody? The name that the daemon was started by
 * has to say so too: the standard input of LIKWID's tools may be such a one, as
 * it is under sshd, and what they start is called likwid-accessD.
 */
bool rendezvous_is_given(int fd, const char *program);

/*
 * Who is at the other end of fd. With is_secure, that is where exec has given
 * this process privileges, it has to be user himself: else somebody could hand
 * in a connection of root's. 0; -EPERM when it is another; -errno.
 */
int rendezvous_take(int fd, uid_t user, bool is_secure, struct peer *peer);

/* Removes the socket file and stops listening. */
void rendezvous_close(struct rendezvous *rendezvous);

#endif
