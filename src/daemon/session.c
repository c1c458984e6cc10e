/* SPDX-License-Identifier: MIT */
/*
 * A record comes in, becomes an op, is judged, carried out, and goes back.
 * Whatever the client sends, nothing it says is used as an index or a length
 * here: the decoder has bounded it, and the back ends look it up.
 */
#include "daemon/session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "arch/arch.h"
#include "daemon/lock.h"
#include "util/clock.h"
#include "util/log.h"

static void log_suppressed(struct session *session)
{
	unsigned suppressed = refusals_take_suppressed(&session->refusals);

	if (suppressed > 0)
		log_line(LOG_WARNING, "uid %u pid %d: %u more refusals not logged",
			(unsigned)session->uid, (int)session->pid, suppressed);
}

static void log_refusal(struct session *session, const struct op *op)
{
	char text[OP_TEXT_SIZE];

	if (!refusals_may_log(&session->refusals, clock_now_ms()))
		return;
	log_suppressed(session);
	log_line(LOG_WARNING, "refused: uid %u pid %d: %s", (unsigned)session->uid,
		(int)session->pid, op_describe(op, text));
}

/* Some bits only: what the register holds now decides. The access itself is
 * left undone when the old value can't be read: op->status tells why. */
static bool old_value_allows(struct device *device, const struct policy_rule *rule, struct op *op)
{
	struct op old = *op;

	old.verb = OP_READ;
	device->ops->access(device, &old);
	op->status = old.status;
	if (op->status == OP_OK && !policy_change_is_allowed(rule, old.value, op->value))
		op->status = OP_REFUSED;
	return op->status == OP_OK;
}

/* Judges one access and carries it out; op->status says how it went. */
static void session_access(struct session *session, struct op *op)
{
	struct device *device = session->devices[op->place.space];
	struct policy_rule rule;

	/* on every access: an administrator may take the counters away at any time */
	enum op_status lock = lock_check(session->lock_path, session->uid);
	if (lock != OP_OK)
		op->status = lock;
	else if (session->unready != OP_OK)
		op->status = session->unready;
	if (op->status != OP_OK)
		return;

	switch (policy_check(session->policy, op, &rule)) {
	case POLICY_ALLOWED:
		device->ops->access(device, op);
		break;
	case POLICY_ASK_OLD_VALUE:
		if (old_value_allows(device, &rule, op))
			device->ops->access(device, op);
		break;
	case POLICY_REFUSED:
		op->status = OP_REFUSED;
		break;
	}
	if (op->status == OP_REFUSED)
		log_refusal(session, op);
}

/* Waits until one of events has happened to the client's socket. */
static int wait_for(struct session *session, short events)
{
	struct pollfd fds[] = {
		{.fd = session->signal_fd, .events = POLLIN},
		{.fd = session->fd, .events = events},
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return fds[0].revents != 0 ? SESSION_TERMINATED : SESSION_GOES_ON;
}

static bool is_gone(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

/* A client that does not read its replies must not make the daemon unstoppable. */
static int send_reply(struct session *session, const struct likwid_record *reply)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	size_t sent = 0;
	int r = SESSION_GOES_ON;

	likwid_record_put(reply, bytes);
	while (r == SESSION_GOES_ON && sent < sizeof bytes) {
		ssize_t n = send(session->fd, bytes + sent, sizeof bytes - sent,
			MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0)
			sent += (size_t)n;
		else if (errno == EAGAIN)
			r = wait_for(session, POLLOUT);
		else if (is_gone(errno))
			r = SESSION_UNREAD;
		else if (errno != EINTR)
			r = -errno;
	}
	return r;
}

static int session_handle(struct session *session, const struct likwid_record *request)
{
	struct likwid_record reply;
	struct op op;

	switch (likwid_request_get(session->release, request, &session->limits, &op)) {
	case LIKWID_REQUEST_EXIT:
		return SESSION_EXIT;
	case LIKWID_REQUEST_UNKNOWN:
		break;
	case LIKWID_REQUEST_ACCESS:
		session_access(session, &op);
		break;
	}
	likwid_reply_put(session->release, request, &op, &reply);
	return send_reply(session, &reply);
}

/* Receives what is there into the stream. */
static int session_receive(struct session *session)
{
	size_t space;
	uint8_t *bytes = likwid_stream_space(&session->stream, &space);
	ssize_t n = recv(session->fd, bytes, space, MSG_DONTWAIT);

	if (n > 0) {
		likwid_stream_filled(&session->stream, (size_t)n);
		return SESSION_GOES_ON;
	}
	if (n == 0 || is_gone(errno))
		return likwid_stream_is_inside_record(&session->stream) ? SESSION_CUT
									: SESSION_CLOSED;
	return errno == EINTR || errno == EAGAIN ? SESSION_GOES_ON : -errno;
}

int session_run(struct session *session)
{
	int r = SESSION_GOES_ON;

	while (r == SESSION_GOES_ON) {
		struct likwid_record request;

		if (likwid_stream_take(&session->stream, &request)) {
			r = session_handle(session, &request);
			continue;
		}
		r = wait_for(session, POLLIN);
		if (r == SESSION_GOES_ON)
			r = session_receive(session);
	}
	log_suppressed(session);
	return r;
}

const char *session_end_text(enum session_end end)
{
	static const char *const texts[] = {
#define X(name, text) [name] = text,
		SESSION_ENDS(X)
#undef X
	};

	return texts[end];
}
