/* SPDX-License-Identifier: MIT */
/* Moves bytes before a deadline, and notices the daemon's end. Knows no wire. */
#include "client/connection.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/deadline.h"

/* Until the socket is ready for events. */
static int wait_ready(struct connection *connection, short events, long long deadline)
{
	struct pollfd fds[] = {
		{.fd = connection->fd, .events = events},
		{.fd = connection->child.pidfd, .events = POLLIN},
	};
	int n = poll(fds, 2, deadline_left_ms(deadline));

	if (n == 0)
		return -ETIMEDOUT;
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	/* the last answer of a daemon that has ended still counts */
	if (fds[0].revents == 0 && !child_has_stepped_aside(&connection->child))
		return -ECONNRESET;
	return 0;
}

/* Is it worth waiting after this failed send or recv? */
static int judge_errno(void)
{
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	return errno == EPIPE ? -ECONNRESET : -errno;
}

int connection_send(
	struct connection *connection, const uint8_t *bytes, size_t length, long long deadline)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = send(connection->fd, bytes + done, length - done, MSG_NOSIGNAL);
		int r = n >= 0 ? 0 : judge_errno();

		if (n > 0)
			done += (size_t)n;
		else if (r == 0)
			r = wait_ready(connection, POLLOUT, deadline);
		if (r < 0)
			return r;
	}
	return 0;
}

int connection_receive(
	struct connection *connection, uint8_t *bytes, size_t length, long long deadline)
{
	size_t done = 0;

	while (done < length) {
		int r = wait_ready(connection, POLLIN, deadline);

		if (r < 0)
			return r;
		ssize_t n = recv(connection->fd, bytes + done, length - done, 0);
		if (n == 0)
			return -ECONNRESET;
		if (n > 0)
			done += (size_t)n;
		else
			r = judge_errno();
		if (r < 0)
			return r;
	}
	return 0;
}

void connection_close(struct connection *connection)
{
	close(connection->fd);
	connection->fd = -1;
}
