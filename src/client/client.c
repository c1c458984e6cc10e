/* SPDX-License-Identifier: MIT */
/*
 * The twin of the daemon's session.c: one access at a time goes out as a record
 * and comes back as one. How a daemon is found and met is spawn.c's.
 */
#include "client/msrd.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client/child.h"
#include "client/deadline.h"
#include "client/spawn.h"
#include "op.h"
#include "util/cleanup.h"
#include "wire/likwid.h"

/* Chosen, not tuned: LIKWID's clients wait as long for the start. */
#define TIMEOUT_MS 10000
/* From end of file to the daemon's end, to learn how it ended. */
#define OBITUARY_MS 200
/* How long a daemon may take to end by itself once it is told to. */
#define END_TIMEOUT_MS 2000

struct msrd {
	pthread_mutex_t lock; /* guards all below; the daemon's pid never changes */
	struct child child;
	const struct release *release; /* whose numbers the daemon speaks */
	int fd;			       /* -1 once broken */
	unsigned reply_timeout_ms, end_timeout_ms;
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
	char end[128];

	close(msrd->fd);
	msrd->fd = -1;
	msrd->broken = error;
	switch (error) {
	case -ECONNRESET:
		if (child_has_ended(&msrd->child, OBITUARY_MS))
			child_describe(&msrd->child, end, sizeof end);
		else
			snprintf(end, sizeof end, "it closed the connection");
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon (process %d) is gone: %s; the system log may say why",
			(int)msrd->child.pid, end);
		break;
	case -ETIMEDOUT:
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon (process %d) did not answer within %u ms", (int)msrd->child.pid,
			msrd->reply_timeout_ms);
		break;
	case -EPROTO:
		snprintf(msrd->text, sizeof msrd->text,
			"the daemon (process %d) gave an answer that makes no sense",
			(int)msrd->child.pid);
		break;
	default:
		snprintf(msrd->text, sizeof msrd->text, "the connection to the daemon failed: %s",
			strerror(-error));
		break;
	}
	return error;
}

/* Until the socket is ready for events. */
static int wait_ready(struct msrd *msrd, short events, long long deadline)
{
	struct pollfd fds[] = {
		{.fd = msrd->fd, .events = events},
		{.fd = msrd->child.pidfd, .events = POLLIN},
	};
	int n = poll(fds, 2, deadline_left_ms(deadline));

	if (n == 0)
		return -ETIMEDOUT;
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	/* the last answer of a daemon that has ended still counts */
	if (fds[0].revents == 0 && !child_has_stepped_aside(&msrd->child))
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

static int send_record(struct msrd *msrd, const uint8_t *bytes, long long deadline)
{
	size_t done = 0;

	while (done < LIKWID_RECORD_SIZE) {
		ssize_t n = send(msrd->fd, bytes + done, LIKWID_RECORD_SIZE - done, MSG_NOSIGNAL);
		int r = n >= 0 ? 0 : judge_errno();

		if (n > 0)
			done += (size_t)n;
		else if (r == 0)
			r = wait_ready(msrd, POLLOUT, deadline);
		if (r < 0)
			return r;
	}
	return 0;
}

static int receive_record(struct msrd *msrd, uint8_t *bytes, long long deadline)
{
	size_t done = 0;

	while (done < LIKWID_RECORD_SIZE) {
		int r = wait_ready(msrd, POLLIN, deadline);
		ssize_t n;

		if (r < 0)
			return r;
		n = recv(msrd->fd, bytes + done, LIKWID_RECORD_SIZE - done, 0);
		if (n == 0)
			return -ECONNRESET;
		if (n < 0) {
			r = judge_errno();
			if (r < 0)
				return r;
			continue;
		}
		done += (size_t)n;
	}
	return 0;
}

static int exchange(
	struct msrd *msrd, const struct likwid_record *request, struct likwid_record *reply)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	long long deadline = deadline_in(msrd->reply_timeout_ms);
	int r;

	likwid_record_put(request, bytes);
	r = send_record(msrd, bytes, deadline);
	if (r == 0)
		r = receive_record(msrd, bytes, deadline);
	if (r == 0)
		likwid_record_get(bytes, reply);
	return r;
}

static int carry_out(struct msrd *msrd, struct op *op)
{
	struct likwid_record request, reply;
	char what[OP_TEXT_SIZE];
	int r;

	if (op->place.space == OP_PCI && !msrd_unit_name((enum msrd_unit)op->place.unit)) {
		snprintf(msrd->text, sizeof msrd->text, "there is no uncore unit of kind %u",
			(unsigned)op->place.unit);
		return -EINVAL;
	}
	op_describe(op, what);
	if (!likwid_request_put(msrd->release, op, &request)) {
		snprintf(msrd->text, sizeof msrd->text,
			"%s: the protocol of LIKWID %s has no such request or unit", what,
			release_name(msrd->release));
		return -EINVAL;
	}
	r = exchange(msrd, &request, &reply);
	if (r < 0)
		return break_off(msrd, r);
	if (!likwid_reply_get(msrd->release, &reply, op))
		return break_off(msrd, -EPROTO);
	if (op->status != OP_OK)
		snprintf(msrd->text, sizeof msrd->text, "%s: %s%s", what,
			msrd_status_text((enum msrd_status)op->status), status_cure(op->status));
	return (int)op->status;
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
	struct op op = {.verb = OP_READ, .place.space = OP_MSR, .place.cpu = cpu, .place.reg = reg};
	int r = do_access(msrd, &op);

	if (r == 0)
		*value = op.value;
	return r;
}

int msrd_write(struct msrd *msrd, uint32_t cpu, uint32_t reg, uint64_t value)
{
	struct op op = {.verb = OP_WRITE,
		.place.space = OP_MSR,
		.place.cpu = cpu,
		.place.reg = reg,
		.value = value};

	return do_access(msrd, &op);
}

int msrd_check(struct msrd *msrd, uint32_t cpu)
{
	struct op op = {.verb = OP_CHECK, .place.space = OP_MSR, .place.cpu = cpu};

	return do_access(msrd, &op);
}

static struct op pci_op(
	enum op_verb verb, uint32_t socket, enum msrd_unit unit, uint32_t index, uint32_t offset)
{
	return (struct op){.verb = verb,
		.place.space = OP_PCI,
		.place.package = socket,
		.place.unit = (enum op_unit)unit,
		.place.index = index,
		.place.reg = offset};
}

int msrd_pci_read(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t *value)
{
	struct op op = pci_op(OP_READ, socket, unit, index, offset);
	int r = do_access(msrd, &op);

	if (r == 0)
		*value = (uint32_t)op.value;
	return r;
}

int msrd_pci_write(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index,
	uint32_t offset, uint32_t value)
{
	struct op op = pci_op(OP_WRITE, socket, unit, index, offset);

	op.value = value;
	return do_access(msrd, &op);
}

int msrd_pci_check(struct msrd *msrd, uint32_t socket, enum msrd_unit unit, uint32_t index)
{
	struct op op = pci_op(OP_CHECK, socket, unit, index, 0);

	return do_access(msrd, &op);
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
	return msrd->child.pid;
}

int msrd_open(
	struct msrd **handle, const struct msrd_options *options, char *error, size_t error_size)
{
	static const struct msrd_options defaults;
	cleanup_free struct msrd *msrd = calloc(1, sizeof *msrd);
	unsigned start_timeout_ms;
	char path[PATH_MAX];

	*handle = NULL;
	if (!options)
		options = &defaults;
	if (!msrd) {
		snprintf(error, error_size, "out of memory");
		return -ENOMEM;
	}
	if (spawn_find(options->daemon, path, error, error_size) < 0)
		return -ENOENT;
	msrd->release = release_of_path(path);
	if (!msrd->release) {
		snprintf(error, error_size,
			"%s: its folder names a release of LIKWID that is not known", path);
		return -EINVAL;
	}
	start_timeout_ms = options->start_timeout_ms ? options->start_timeout_ms : TIMEOUT_MS;
	msrd->reply_timeout_ms = options->reply_timeout_ms ? options->reply_timeout_ms : TIMEOUT_MS;
	msrd->end_timeout_ms = options->end_timeout_ms ? options->end_timeout_ms : END_TIMEOUT_MS;
	msrd->fd =
		spawn_daemon(&msrd->child, path, start_timeout_ms, msrd->text, sizeof msrd->text);
	if (msrd->fd < 0) {
		snprintf(error, error_size, "%s", msrd->text);
		return msrd->fd;
	}
	pthread_mutex_init(&msrd->lock, NULL);
	*handle = steal_ptr(&msrd);
	return 0;
}

/* Without an answer to wait for: a daemon that cannot take it sees end of file. */
static void say_exit(struct msrd *msrd)
{
	struct likwid_record request;
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_exit_put(msrd->release, &request);
	likwid_record_put(&request, bytes);
	send_record(msrd, bytes, deadline_in(0));
}

struct msrd *msrd_close(struct msrd *msrd)
{
	if (!msrd)
		return NULL;
	if (msrd->fd >= 0) {
		say_exit(msrd);
		close(msrd->fd);
	}
	child_end(&msrd->child, msrd->end_timeout_ms, msrd->end_timeout_ms / 2);
	pthread_mutex_destroy(&msrd->lock);
	free(msrd);
	return NULL;
}
