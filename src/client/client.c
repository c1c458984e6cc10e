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

#include "client/conversation.h"
#include "client/msrd.h"
#include "client/spawn.h"
#include "op.h"
#include "util/cleanup.h"
#include "util/link.h"

/* Chosen, not tuned: LIKWID's clients wait as long for the start. */
#define TIMEOUT_MS 10000
/* How long a daemon may take to end by itself once it is told to. */
#define END_TIMEOUT_MS 2000
/* Of that, from end of file to the daemon's end, to learn how it ended. */
#define OBITUARY_SHARE 10

struct msrd {
	pthread_mutex_t lock; /* guards all below; the daemon's pid never changes */
	struct connection connection;
	struct conversation *conversation;
	unsigned end_timeout_ms;
	int broken; /* 0, or the negative result of every access from now on */
	char text[MSRD_ERROR_SIZE];
};

/* The public names are op.h's. */
static_assert(MSRD_OK == (int)OP_OK && MSRD_UNKNOWN == (int)OP_UNKNOWN &&
		      MSRD_REFUSED == (int)OP_REFUSED && MSRD_NO_FILE == (int)OP_NO_FILE &&
		      MSRD_FAILED == (int)OP_FAILED && MSRD_BUSY == (int)OP_BUSY &&
		      MSRD_ABSENT == (int)OP_ABSENT && MSRD_LOCKED == (int)OP_LOCKED &&
		      MSRD_UNSUPPORTED == (int)OP_UNSUPPORTED,
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

/* The connection is of no use any more: closes it and keeps the reason. */
static int break_off(struct msrd *msrd, int error)
{
	struct child *child = &msrd->connection.child;
	char end[128];

	connection_close(&msrd->connection);
	msrd->broken = error;
	switch (error) {
	case -ECONNRESET:
		if (child_has_ended(child, msrd->end_timeout_ms / OBITUARY_SHARE))
			child_describe(child, end, sizeof end);
		else
			snprintf(end, sizeof end, "it closed the connection");
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon (process %d) is gone: %s; the system log may say why",
			(int)child->pid, end);
		break;
	case -ETIMEDOUT:
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon (process %d) did not answer within %u ms", (int)child->pid,
			msrd->connection.reply_timeout_ms);
		break;
	case -EPROTO:
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon (process %d) gave an answer that makes no sense",
			(int)child->pid);
		break;
	default:
		snprintf(msrd->text, sizeof msrd->text, "the connection to the daemon failed: %s",
			strerror(-error));
		break;
	}
	return error;
}

static int carry_out(struct msrd *msrd, struct op *op)
{
	struct conversation *conversation = msrd->conversation;
	char what[OP_TEXT_SIZE];
	int r = conversation->ops->access(conversation, &msrd->connection, op);

	op_describe(op, what);
	if (r == -EINVAL)
		snprintf(msrd->text, sizeof msrd->text,
			"%s: the protocol of %s has no such request or unit", what,
			conversation->name);
	else if (r < 0)
		break_off(msrd, r);
	else if (op->status != OP_OK)
		snprintf(msrd->text, sizeof msrd->text, "%s: %s%s", what,
			op_status_text(op->status), status_cure(op->status));
	return r < 0 ? r : (int)op->status;
}

static int do_access(struct msrd *msrd, struct op *op)
{
	int r;

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
	if (!msrd_unit_name(unit)) {
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
	pthread_mutex_lock(&msrd->lock);
	snprintf(buffer, size, "%s", msrd->text);
	pthread_mutex_unlock(&msrd->lock);
	return buffer;
}

pid_t msrd_pid(const struct msrd *msrd)
{
	return msrd->connection.child.pid;
}

/* How the daemon at path is talked to. */
static int choose_conversation(struct msrd *msrd, const char *path)
{
	const struct release *release = release_of_path(path, link_follow);

	if (!release) {
		snprintf(msrd->text, sizeof msrd->text,
			"%.400s: its folder names a release of LIKWID that is not known", path);
		return -EINVAL;
	}
	msrd->conversation = conversation_likwid_new(release, "/");
	if (!msrd->conversation) {
		snprintf(msrd->text, sizeof msrd->text, "out of memory");
		return -ENOMEM;
	}
	return 0;
}

static unsigned or_default(unsigned timeout_ms, unsigned standard_ms)
{
	return timeout_ms ? timeout_ms : standard_ms;
}

/* The first word from a daemon that was handed its connection: it may not even have started. */
static int await_first_word(struct msrd *msrd, const char *path, unsigned timeout_ms)
{
	struct connection *connection = &msrd->connection;
	struct op op = {.verb = OP_CHECK, .place = place_of_cpu(0)};
	unsigned reply_timeout_ms = connection->reply_timeout_ms;
	char end[128];

	connection->reply_timeout_ms = timeout_ms;
	int r = msrd->conversation->ops->access(msrd->conversation, connection, &op);
	connection->reply_timeout_ms = reply_timeout_ms;
	if (r >= 0 || r == -EINVAL) /* a release without such a request */
		return 0;
	connection_close(connection);
	if (r == -ETIMEDOUT) {
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

/* 0 or a negative error, its cause in msrd->text. */
static int connect_daemon(struct msrd *msrd, const struct msrd_options *options)
{
	char path[PATH_MAX];
	int r = spawn_find(options->daemon, path, msrd->text, sizeof msrd->text);

	if (r == 0)
		r = choose_conversation(msrd, path);
	if (r < 0)
		return r;
	msrd->end_timeout_ms = or_default(options->end_timeout_ms, END_TIMEOUT_MS);
	msrd->connection.reply_timeout_ms = or_default(options->reply_timeout_ms, TIMEOUT_MS);
	unsigned start_timeout_ms = or_default(options->start_timeout_ms, TIMEOUT_MS);
	r = spawn_daemon(&msrd->connection.child, path, start_timeout_ms, msrd->end_timeout_ms / 2,
		msrd->text, sizeof msrd->text);
	if (r >= 0) {
		msrd->connection.fd = r;
		r = spawn_hands_over(path) ? await_first_word(msrd, path, start_timeout_ms) : 0;
	}
	if (r < 0)
		msrd->conversation->ops->free(msrd->conversation);
	return r;
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
	pthread_mutex_init(&msrd->lock, NULL);
	*handle = steal_ptr(&msrd);
	return 0;
}

struct msrd *msrd_close(struct msrd *msrd)
{
	if (!msrd)
		return NULL;
	if (!msrd->broken) {
		msrd->conversation->ops->end(msrd->conversation, &msrd->connection);
		connection_close(&msrd->connection);
	}
	child_end(&msrd->connection.child, msrd->end_timeout_ms, msrd->end_timeout_ms / 2);
	msrd->conversation->ops->free(msrd->conversation);
	pthread_mutex_destroy(&msrd->lock);
	free(msrd);
	return NULL;
}
