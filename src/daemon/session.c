/* SPDX-License-Identifier: MIT */
/*
 * Bytes come in, the wire makes ops of them, access.c carries these out, and
 * the wire's reply goes back. Knows no wire by name, and of an op nothing.
 */
#include "daemon/session.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "daemon/explain.h"
#include "daemon/inform.h"
#include "daemon/terminate.h"

/* Some starters hand over a socket that is not waited in: then here, until one of events. */
static int wait_for(struct session *session, short events)
{
	struct pollfd fds = {.fd = session->fd, .events = events};

	return poll(&fds, 1, -1) >= 0 || errno == EINTR ? SESSION_GOES_ON : -errno;
}

static bool is_gone(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

/* What a call on the client's socket that brought nothing means; gone: where the client is. */
static int judge_error(struct session *session, short events, enum session_end gone)
{
	if (terminate_is_told())
		return SESSION_TERMINATED;
	if (errno == EAGAIN)
		return wait_for(session, events);
	if (is_gone(errno))
		return gone;
	return errno == EINTR ? SESSION_GOES_ON : -errno;
}

/* A client that does not read its replies must not make the daemon unstoppable. */
static int session_send(struct session *session, const uint8_t *bytes, size_t length)
{
	size_t sent = 0;
	int r = SESSION_GOES_ON;

	while (r == SESSION_GOES_ON && sent < length) {
		ssize_t n = send(session->fd, bytes + sent, length - sent, MSG_NOSIGNAL);

		if (n >= 0)
			sent += (size_t)n;
		else
			r = judge_error(session, POLLOUT, SESSION_UNREAD);
	}
	return r;
}

/* Receives what is there into the stream, and waits until something is. */
static int session_receive(struct session *session)
{
	size_t space, left;
	uint8_t *bytes = stream_space(&session->stream, &space);

	ssize_t n = recv(session->fd, bytes, space, 0);

	if (n > 0) {
		stream_filled(&session->stream, (size_t)n);
		return SESSION_GOES_ON;
	}
	if (n == 0)
		errno = ECONNRESET;
	stream_bytes(&session->stream, &left);
	return judge_error(session, POLLIN, left > 0 ? SESSION_CUT : SESSION_CLOSED);
}

/* To whom the reasons go. */
struct hearer {
	struct wire *wire;
	const struct op *ops;
};

static void hear(void *closure, const struct access *access, size_t i)
{
	const struct hearer *hearer = closure;
	struct reason_told told = {.reason = REASON_NONE};

	explain_op(access, &hearer->ops[i], &told);
	hearer->wire->ops->tell(hearer->wire, i, &told);
}

static int session_handle(struct session *session, const struct wire_request *request)
{
	struct hearer hearer = {session->wire, request->batch->ops};
	const struct wire_ops *wire = session->wire->ops;

	if (request->batch->n > 0)
		access_run(&session->access, request->batch, wire->tell ? hear : NULL, &hearer);
	return session_send(session, session->reply, wire->reply(session->wire, session->reply));
}

static int session_answer(struct session *session, const struct question *question)
{
	struct informer informer;
	struct answer answer;

	inform(&informer, &session->access, session->node, &answer);
	return session_send(session, session->reply,
		session->wire->ops->answer(session->wire, question, &answer, session->reply));
}

/* One message, or a wait for more bytes of it. */
static int session_step(struct session *session)
{
	struct wire_request request;
	size_t length;
	const uint8_t *bytes = stream_bytes(&session->stream, &length);

	switch (session->wire->ops->take(session->wire, bytes, length, &request)) {
	case WIRE_INCOMPLETE:
		if (length == STREAM_SIZE)
			return SESSION_MALFORMED; /* no message is so long */
		return session_receive(session);
	case WIRE_MALFORMED:
		return SESSION_MALFORMED;
	case WIRE_EXIT:
		return SESSION_EXIT;
	case WIRE_ACCESSES:
		stream_drop(&session->stream, request.length);
		return session_handle(session, &request);
	case WIRE_QUESTION:
		stream_drop(&session->stream, request.length);
		return session_answer(session, &request.question);
	}
	return -EINVAL;
}

int session_run(struct session *session)
{
	int r;

	do
		r = terminate_is_told() ? SESSION_TERMINATED : session_step(session);
	while (r == SESSION_GOES_ON);
	/* from here on nobody is waited for, and SIGTERM changes nothing */
	if (r != SESSION_EXIT)
		restore_run(&session->access, r == SESSION_CLOSED, &session->restored);
	access_finish(&session->access);
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
