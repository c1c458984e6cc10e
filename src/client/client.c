/* SPDX-License-Identifier: MIT */
/*
 * The handle: one access at a time, and what to say when it fails. How a daemon
 * is found and met is spawn.c's, what is said to it the conversation's.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conversation.h"
#include "client/msrd.h"
#include "client/service.h"
#include "client/spawn.h"
#include "op.h"
#include "util/cleanup.h"
#include "wire/meeting.h"
#include "wire/reason.h"

/* Chosen, not tuned: LIKWID's clients wait as long for the start. */
#define TIMEOUT_MS 10000
/* How long a daemon may take to end by itself once it is told to. */
#define END_TIMEOUT_MS 2000
/* Of that, from end of file to the daemon's end, to learn how it ended. */
#define OBITUARY_SHARE 10

struct msrd {
	pid_t owner;	      /* the process that opened it */
	pthread_mutex_t lock; /* guards all below; the daemon's pid never changes */
	struct connection connection;
	struct conversation *conversation;
	unsigned end_timeout_ms;
	bool is_ours;	 /* the daemon is msrd, by its name */
	int broken;	 /* 0, or the negative result of every access from now on */
	char who[160];	 /* is at the other end, for texts */
	unsigned reason; /* of the last failure, as its daemon gave it */
	char text[MSRD_ERROR_SIZE];
};

/* The public names are op.h's. */
static_assert(MSRD_OK == (int)OP_OK && MSRD_UNKNOWN == (int)OP_UNKNOWN &&
		      MSRD_REFUSED == (int)OP_REFUSED && MSRD_NO_FILE == (int)OP_NO_FILE &&
		      MSRD_FAILED == (int)OP_FAILED && MSRD_BUSY == (int)OP_BUSY &&
		      MSRD_ABSENT == (int)OP_ABSENT && MSRD_LOCKED == (int)OP_LOCKED &&
		      MSRD_UNSUPPORTED == (int)OP_UNSUPPORTED && MSRD_SKIPPED == (int)OP_SKIPPED,
	"enum msrd_status differs from enum op_status");
static_assert(MSRD_UNIT_IMC == (int)UNIT_IMC && MSRD_UNIT_HA == (int)UNIT_HA &&
		      MSRD_UNIT_QPI == (int)UNIT_QPI && MSRD_UNIT_QPI_MASK == (int)UNIT_QPI_MASK &&
		      MSRD_UNIT_QPI_MISC == (int)UNIT_QPI_MISC &&
		      MSRD_UNIT_R2PCIE == (int)UNIT_R2PCIE && MSRD_UNIT_R3QPI == (int)UNIT_R3QPI,
	"enum msrd_unit differs from enum op_unit");

const char *msrd_status_text(enum msrd_status status)
{
	return op_status_text((enum op_status)status);
}

const char *msrd_unit_name(enum msrd_unit unit)
{
	return op_unit_name((enum op_unit)unit);
}

/* The public numbers are the wire's. */
#define X(reason, number, name)                                                                    \
	static_assert(MSRD_##reason == (int)(reason), "enum msrd_reason differs from enum "        \
						      "reason");
REASONS(X)
#undef X

const char *msrd_reason_name(unsigned reason)
{
	switch (reason) {
#define X(reason, number, name)                                                                    \
	case number:                                                                               \
		return name;
		REASONS(X)
#undef X
	}
	return NULL;
}

/* What to do about it, where there is something. */
static const char *status_cure(enum op_status status)
{
	switch (status) {
	case OP_REFUSED:
		return "; `msrctl list` shows what is allowed";
	case OP_NO_FILE:
		return "; is the msr module loaded, and has the daemon its privileges?";
	case OP_FAILED:
		return "; this CPU may not have the register";
	case OP_ABSENT:
		return ", or it is offline";
	case OP_LOCKED:
		return "; see who owns /var/run/likwid.lock";
	default:
		return "";
	}
}

#define FORKED_TEXT                                                                                \
	"this process was forked from the one that opened the handle, which cannot be used here: " \
	"open one with msrd_open after fork"

/* After fork(): two processes that take each other's answers would both believe them. Neither
 * the lock is to be touched, which may be held by a thread that this process does not have. */
static bool is_forked(const struct msrd *msrd)
{
	return getpid() != msrd->owner;
}

/* How the daemon ended that left us alone; nothing of it stays. */
static void describe_end(struct msrd *msrd, char *text, size_t size)
{
	struct child *child = &msrd->connection.child;

	if (!child_has_ended(child, msrd->end_timeout_ms / OBITUARY_SHARE)) {
		snprintf(text, size, "it closed the connection");
		return;
	}
	if (msrd->is_ours && child_has_stepped_aside(child))
		/* all else that ends its session well is of our doing */
		snprintf(text, size, "somebody has told it to terminate");
	else
		child_describe(child, text, size);
	leftover_remove(&msrd->connection.leftover);
}

/* The connection is of no use any more: closes it and keeps the reason. */
static int break_off(struct msrd *msrd, int error)
{
	char end[128];

	connection_close(&msrd->connection);
	msrd->broken = error;
	switch (error) {
	case -ECONNRESET:
		describe_end(msrd, end, sizeof end);
		snprintf(msrd->text, sizeof msrd->text,
			"%s is gone: %s; the system log may say why", msrd->who, end);
		break;
	case -ETIMEDOUT:
		snprintf(msrd->text, sizeof msrd->text, "%s did not answer within %u ms", msrd->who,
			msrd->connection.reply_timeout_ms);
		break;
	case -EPROTO:
		snprintf(msrd->text, sizeof msrd->text, "%s gave an answer that makes no sense",
			msrd->who);
		break;
	default:
		snprintf(msrd->text, sizeof msrd->text, "the connection to the daemon failed: %s",
			strerror(-error));
		break;
	}
	return error;
}

/* What the daemon says knows more than its status alone. */
static void tell(
	struct msrd *msrd, const char *what, enum op_status status, const struct reason_told *told)
{
	const bool is_told = told->text[0] != '\0';

	msrd->reason = told->reason;
	snprintf(msrd->text, sizeof msrd->text, "%s: %s%s%s%s", what, op_status_text(status),
		is_told ? ": " : "", told->text,
		is_told && status != OP_REFUSED ? "" : status_cure(status));
}

static int carry_out(struct msrd *msrd, struct op *op)
{
	struct conversation *conversation = msrd->conversation;
	struct reason_told told = {.reason = REASON_NONE};
	char what[OP_TEXT_SIZE];
	int r = conversation->ops->access(conversation, &msrd->connection, op, &told);

	op_describe(op, what);
	if (r < 0)
		msrd->reason = REASON_NONE;
	if (r == -EINVAL)
		snprintf(msrd->text, sizeof msrd->text,
			"%s: the protocol of %s has no such request or unit", what,
			conversation->name);
	else if (r < 0)
		break_off(msrd, r);
	else if (op->status != OP_OK)
		tell(msrd, what, op->status, &told);
	return r < 0 ? r : (int)op->status;
}

static int do_access(struct msrd *msrd, struct op *op)
{
	int r;

	if (is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	r = msrd->broken ? msrd->broken : carry_out(msrd, op);
	pthread_mutex_unlock(&msrd->lock);
	return r;
}

int msrd_read(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(cpu), reg)};
	int r = do_access(msrd, &op);

	if (r == 0)
		*value = op.value;
	return r;
}

int msrd_write(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t value)
{
	struct op op = {
		.verb = OP_WRITE, .place = place_at(place_of_cpu(cpu), reg), .value = value};

	return do_access(msrd, &op);
}

int msrd_check(struct msrd *msrd, uint32_t cpu)
{
	struct op op = {.verb = OP_CHECK, .place = place_of_cpu(cpu)};

	return do_access(msrd, &op);
}

/* Does op to a register of a unit. */
static int do_unit_access(struct msrd *msrd, struct op *op, uint32_t socket, enum msrd_unit unit,
	uint32_t index, uint32_t offset)
{
	if (!is_forked(msrd) && !msrd_unit_name(unit)) {
		pthread_mutex_lock(&msrd->lock);
		snprintf(msrd->text, sizeof msrd->text, "there is no uncore unit of kind %u",
			(unsigned)unit);
		pthread_mutex_unlock(&msrd->lock);
		return -EINVAL;
	}
	op->place = place_at(place_of_unit(socket, (enum op_unit)unit, index), offset);
	return do_access(msrd, op);
}

int msrd_pci_read(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t *value)
{
	struct op op = {.verb = OP_READ};
	int r = do_unit_access(msrd, &op, socket, unit, index, offset);

	if (r == 0)
		*value = (uint32_t)op.value;
	return r;
}

int msrd_pci_write(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t value)
{
	struct op op = {.verb = OP_WRITE, .value = value};

	return do_unit_access(msrd, &op, socket, unit, index, offset);
}

int msrd_pci_check(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index)
{
	struct op op = {.verb = OP_CHECK};

	return do_unit_access(msrd, &op, socket, unit, index, 0);
}

const char *msrd_error(struct msrd *msrd, char *buffer, size_t size)
{
	if (is_forked(msrd)) {
		snprintf(buffer, size, FORKED_TEXT);
		return buffer;
	}
	pthread_mutex_lock(&msrd->lock);
	snprintf(buffer, size, "%s", msrd->text);
	pthread_mutex_unlock(&msrd->lock);
	return buffer;
}

unsigned msrd_reason(struct msrd *msrd)
{
	unsigned reason = MSRD_REASON_NONE;

	if (is_forked(msrd))
		return reason;
	pthread_mutex_lock(&msrd->lock);
	reason = msrd->reason;
	pthread_mutex_unlock(&msrd->lock);
	return reason;
}

pid_t msrd_pid(const struct msrd *msrd)
{
	return msrd->connection.child.pid;
}

static unsigned or_default(unsigned timeout_ms, unsigned standard_ms)
{
	return timeout_ms ? timeout_ms : standard_ms;
}

/* The first word from a daemon that may not even have started. 0 or the error of the greeting. */
static int await_first_word(struct msrd *msrd, unsigned timeout_ms)
{
	struct connection *connection = &msrd->connection;
	unsigned reply_timeout_ms = connection->reply_timeout_ms;

	connection->reply_timeout_ms = timeout_ms;
	int r = conversation_greet(&msrd->conversation, connection);
	connection->reply_timeout_ms = reply_timeout_ms;
	return r;
}

/* Somebody is there, who is not who he should be. */
static bool is_nonsense(struct msrd *msrd, const char *path, int r)
{
	if (r == -EPROTO)
		snprintf(msrd->text, sizeof msrd->text,
			"%.300s gave an answer to hello that makes no sense: is it msrd?", path);
	else if (r == -ENOMEM)
		snprintf(msrd->text, sizeof msrd->text, "out of memory");
	return r == -EPROTO || r == -ENOMEM;
}

/* The first word from one that was handed its connection. */
static int await_child(struct msrd *msrd, const char *path, unsigned timeout_ms)
{
	struct connection *connection = &msrd->connection;
	int r = await_first_word(msrd, timeout_ms);
	char end[128];

	if (r >= 0)
		return 0;
	connection_close(connection);
	if (is_nonsense(msrd, path, r)) {
		/* said already */
	} else if (r == -ETIMEDOUT) {
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon %.300s said nothing within %u ms; the system log may say why",
			path, timeout_ms);
	} else {
		child_has_ended(&connection->child, msrd->end_timeout_ms / OBITUARY_SHARE);
		child_describe(&connection->child, end, sizeof end);
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon %.300s did not start: %s; it says why on standard error and in "
			"the system log",
			path, end);
		r = -ECHILD;
	}
	child_end(&connection->child, 0, msrd->end_timeout_ms / 2);
	return r;
}

/* Starts a daemon. 0 or a negative error, its cause in msrd->text. */
static int start_daemon(struct msrd *msrd, const char *daemon, unsigned timeout_ms)
{
	struct connection *connection = &msrd->connection;
	char path[PATH_MAX];
	int r = spawn_find(daemon, path, msrd->text, sizeof msrd->text);

	if (r == 0)
		r = conversation_new(&msrd->conversation, path, msrd->text, sizeof msrd->text);
	if (r < 0)
		return r;
	r = spawn_daemon(&connection->child, &connection->leftover, path, timeout_ms,
		msrd->end_timeout_ms / 2, msrd->text, sizeof msrd->text);
	if (r >= 0) {
		connection->fd = r;
		snprintf(msrd->who, sizeof msrd->who, "the daemon (process %d)",
			(int)connection->child.pid);
		msrd->is_ours = spawn_hands_over(path);
		r = msrd->is_ours ? await_child(msrd, path, timeout_ms) : 0;
	}
	if (r < 0)
		msrd->conversation->ops->free(msrd->conversation);
	return r;
}

/* Its daemon may not be able to start, or the service manager have enough of them. */
static int await_service(struct msrd *msrd, const char *path, unsigned timeout_ms)
{
	int r = await_first_word(msrd, timeout_ms);

	if (r >= 0)
		return 0;
	connection_close(&msrd->connection);
	if (is_nonsense(msrd, path, r))
		return r;
	snprintf(msrd->text, sizeof msrd->text,
		r == -ETIMEDOUT ? "the service at %.108s said nothing within %u ms; the system log "
				  "may say why"
				: "the service at %.108s took the connection and closed it: its "
				  "daemon did not start, or there are too many "
				  "(MaxConnections= in msrd.socket); the system log says why",
		path, timeout_ms);
	return r == -ETIMEDOUT ? r : -ECHILD;
}

/* Uses a service. 0 or a negative error, its cause in msrd->text. */
static int use_service(struct msrd *msrd, const char *path, unsigned timeout_ms)
{
	int r = service_connect(path, timeout_ms, msrd->text, sizeof msrd->text);

	if (r < 0)
		return r;
	msrd->connection.fd = r;
	msrd->connection.child = child_of_nobody();
	snprintf(msrd->who, sizeof msrd->who, "the service at %.108s", path);
	r = conversation_new_service(&msrd->conversation, msrd->text, sizeof msrd->text);
	if (r < 0) {
		connection_close(&msrd->connection);
		return r;
	}
	r = await_service(msrd, path, timeout_ms);
	if (r < 0)
		msrd->conversation->ops->free(msrd->conversation);
	return r;
}

/* What the options say; else the service if there is one; else a daemon of our own. */
static int connect_daemon(struct msrd *msrd, const struct msrd_options *options)
{
	unsigned timeout_ms = or_default(options->start_timeout_ms, TIMEOUT_MS);

	msrd->end_timeout_ms = or_default(options->end_timeout_ms, END_TIMEOUT_MS);
	msrd->connection.reply_timeout_ms = or_default(options->reply_timeout_ms, TIMEOUT_MS);
	if (options->daemon && options->service) {
		snprintf(msrd->text, sizeof msrd->text,
			"a daemon to start (%.150s) and a service (%.108s): only one of them",
			options->daemon, options->service);
		return -EINVAL;
	}
	if (options->service)
		return use_service(msrd, options->service, timeout_ms);
	if (!options->daemon) {
		int r = use_service(msrd, MEETING_SERVICE, timeout_ms);

		if (!service_is_absent(r))
			return r;
	}
	return start_daemon(msrd, options->daemon, timeout_ms);
}

int msrd_open(
	struct msrd **handle, const struct msrd_options *options, char *error, size_t error_size)
{
	static const struct msrd_options defaults;
	cleanup_free struct msrd *msrd = calloc(1, sizeof *msrd);

	*handle = NULL;
	if (!msrd) {
		snprintf(error, error_size, "out of memory");
		return -ENOMEM;
	}
	int r = connect_daemon(msrd, options ? options : &defaults);
	if (r < 0) {
		snprintf(error, error_size, "%s", msrd->text);
		return r;
	}
	msrd->owner = getpid();
	pthread_mutex_init(&msrd->lock, NULL);
	*handle = steal_ptr(&msrd);
	return 0;
}

/* The daemon is the parent's, and goes on: only this process's copies go away. */
static struct msrd *close_copy(struct msrd *msrd)
{
	if (!msrd->broken)
		connection_close(&msrd->connection);
	if (msrd->connection.child.pidfd >= 0)
		close(msrd->connection.child.pidfd);
	msrd->conversation->ops->free(msrd->conversation);
	free(msrd);
	return NULL;
}

struct msrd *msrd_close(struct msrd *msrd)
{
	if (!msrd)
		return NULL;
	if (is_forked(msrd))
		return close_copy(msrd);
	if (!msrd->broken) {
		msrd->conversation->ops->end(msrd->conversation, &msrd->connection);
		connection_close(&msrd->connection);
	}
	child_end(&msrd->connection.child, msrd->end_timeout_ms, msrd->end_timeout_ms / 2);
	leftover_remove(&msrd->connection.leftover);
	msrd->conversation->ops->free(msrd->conversation);
	pthread_mutex_destroy(&msrd->lock);
	free(msrd);
	return NULL;
}
