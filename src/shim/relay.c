/* SPDX-License-Identifier: MIT */
/*
 * One record at a time, as the daemon does: what a client sends ahead waits in
 * its socket. Judges nothing, and must not know how the two sides were met.
 */
#include "shim/relay.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "util/clock.h"

/* How long a session may take to be put back in order at its end; chosen, not tuned. */
#define END_TIMEOUT_MS 5000

/* Until one of events has happened to fd. The other side's hang-up, by which nothing can be said to
 * it any more, ends the wait. */
static int wait_for(const struct relay *relay, int fd, short events)
{
	int other = fd == relay->client ? relay->service : relay->client;
	struct pollfd fds[] = {
		{.fd = relay->signal_fd, .events = POLLIN},
		{.fd = fd, .events = events},
		{.fd = other},
	};

	while (poll(fds, 3, -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (fds[0].revents)
		return RELAY_TERMINATED;
	if (fds[1].revents)
		return RELAY_GOES_ON;
	return other == relay->client ? RELAY_CLIENT_LEFT : RELAY_SERVICE_LEFT;
}

/* What the end of this side is. */
static int left(const struct relay *relay, int fd)
{
	return fd == relay->client ? RELAY_CLIENT_LEFT : RELAY_SERVICE_LEFT;
}

static bool is_gone(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

/* The rest of a record of which *length bytes are there; or how it ended, and *length is what is
 * there by then. */
static int receive(
	const struct relay *relay, int fd, uint8_t bytes[LIKWID_RECORD_SIZE], size_t *length)
{
	while (*length < LIKWID_RECORD_SIZE) {
		ssize_t n = recv(fd, bytes + *length, LIKWID_RECORD_SIZE - *length, MSG_DONTWAIT);
		int r = RELAY_GOES_ON;

		if (n > 0)
			*length += (size_t)n;
		else if (n == 0 || is_gone(errno))
			return left(relay, fd);
		else if (errno == EAGAIN)
			r = wait_for(relay, fd, POLLIN);
		else if (errno != EINTR)
			r = -errno;
		if (r != RELAY_GOES_ON)
			return r;
	}
	return RELAY_GOES_ON;
}

static int transmit(const struct relay *relay, int fd, const uint8_t *bytes, size_t length)
{
	size_t sent = 0;

	while (sent < length) {
		ssize_t n = send(fd, bytes + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		int r = RELAY_GOES_ON;

		if (n >= 0)
			sent += (size_t)n;
		else if (is_gone(errno))
			return left(relay, fd);
		else if (errno == EAGAIN)
			r = wait_for(relay, fd, POLLOUT);
		else if (errno != EINTR)
			r = -errno;
		if (r != RELAY_GOES_ON)
			return r;
	}
	return RELAY_GOES_ON;
}

static int put_record(const struct relay *relay, int fd, const struct likwid_record *record)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(record, bytes);
	return transmit(relay, fd, bytes, sizeof bytes);
}

/* The service's answer to record, in its place. */
static int ask_service(struct relay *relay, struct likwid_record *record)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	struct likwid_record reply;
	size_t length = 0;

	translation_request(&relay->translation, record);
	int r = put_record(relay, relay->service, record);
	if (r == RELAY_GOES_ON && relay->translation.type == RELEASE_EXIT)
		return RELAY_EXIT;
	if (r == RELAY_GOES_ON)
		r = receive(relay, relay->service, bytes, &length);
	if (r != RELAY_GOES_ON)
		return r;
	likwid_record_get(bytes, &reply);
	/* it says of its own accord that there is no session: the user has too many */
	if (reply.type != record->type)
		return RELAY_SERVICE_LEFT;
	relay->is_heard = true;
	*record = reply;
	translation_reply(&relay->translation, record);
	return RELAY_GOES_ON;
}

/* False: it has left its client in the middle, who has to see that. */
static bool may_do_without(struct relay *relay)
{
	if (relay->is_heard)
		return false;
	if (relay->service >= 0)
		relay->unserved = OP_BUSY;
	relay->service = -1;
	return true;
}

static int refuse(const struct relay *relay, struct likwid_record *record)
{
	if (release_type_get(relay->translation.client, record->type) == RELEASE_EXIT)
		return RELAY_EXIT;
	translation_refuse(&relay->translation, relay->unserved, record);
	return RELAY_GOES_ON;
}

/* One request and its reply. */
static int carry(struct relay *relay, const uint8_t bytes[LIKWID_RECORD_SIZE])
{
	struct likwid_record record;
	int r = RELAY_SERVICE_LEFT;

	likwid_record_get(bytes, &record);
	if (relay->service >= 0)
		r = ask_service(relay, &record);
	if (r == RELAY_SERVICE_LEFT && may_do_without(relay)) {
		likwid_record_get(bytes, &record);
		r = refuse(relay, &record);
	}
	return r == RELAY_GOES_ON ? put_record(relay, relay->client, &record) : r;
}

static int step(struct relay *relay)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	size_t length = 0;
	int r = receive(relay, relay->client, bytes, &length);

	if (r == RELAY_SERVICE_LEFT && may_do_without(relay))
		r = receive(relay, relay->client, bytes, &length);
	if (r == RELAY_GOES_ON)
		return carry(relay, bytes);
	/* a cut record stays one, and the service's log says so */
	if (r == RELAY_CLIENT_LEFT && length > 0 && relay->service >= 0)
		transmit(relay, relay->service, bytes, length);
	return r;
}

/* Who waits for this process waits for what a session's end does to registers. */
static void await_end(const struct relay *relay)
{
	int64_t deadline = clock_now_ms() + END_TIMEOUT_MS, left_ms;
	struct pollfd fds[] = {
		{.fd = relay->signal_fd, .events = POLLIN},
		{.fd = relay->service},
	};

	if (relay->service < 0)
		return;
	shutdown(relay->service, SHUT_WR);
	while ((left_ms = deadline - clock_now_ms()) > 0)
		if (poll(fds, 2, (int)left_ms) >= 0 || errno != EINTR)
			return;
}

int relay_run(struct relay *relay)
{
	int r;

	do
		r = step(relay);
	while (r == RELAY_GOES_ON);
	if (r == RELAY_EXIT || r == RELAY_CLIENT_LEFT)
		await_end(relay);
	return relay->service < 0 && r > 0 ? RELAY_UNSERVED : r;
}
