/* SPDX-License-Identifier: MIT */
/* Moves bytes before a deadline, and notices the daemon's end. Knows no wire. */
#include "client/connection.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/deadline.h"

int connection_wait(struct connection *connection, short events, long long deadline)
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

ssize_t connection_send_some(struct connection *connection, const uint8_t *bytes, size_t length)
{
	ssize_t n = send(connection->fd, bytes, length, MSG_NOSIGNAL);

	return n >= 0 ? n : judge_errno();
}

ssize_t connection_receive_some(struct connection *connection, uint8_t *bytes, size_t length)
{
	ssize_t n = recv(connection->fd, bytes, length, 0);

	if (n == 0)
		return -ECONNRESET;
	return n > 0 ? n : judge_errno();
}

int connection_send(
	struct connection *connection, const uint8_t *bytes, size_t length, long long deadline)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = connection_send_some(connection, bytes + done, length - done);

		if (n == 0)
			n = connection_wait(connection, POLLOUT, deadline);
		else if (n > 0)
			done += (size_t)n;
		if (n < 0)
			return (int)n;
	}
	return 0;
}

int connection_receive(
	struct connection *connection, uint8_t *bytes, size_t length, long long deadline)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = connection_wait(connection, POLLIN, deadline);

		if (n == 0)
			n = connection_receive_some(connection, bytes + done, length - done);
		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	return 0;
}

void connection_close(struct connection *connection)
{
	close(connection->fd);
	connection->fd = -1;
}
