/* SPDX-License-Identifier: MIT */
/* The beginning and the end of a handle: which daemon, and how it is met. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/batch.h"
#include "client/direct.h"
#include "client/handle.h"
#include "client/service.h"
#include "client/spawn.h"
#include "node/lock.h"
#include "util/cleanup.h"
#include "wire/meeting.h"

/* Chosen, not tuned: LIKWID's clients wait as long for the start. */
#define TIMEOUT_MS 10000
/* A service manager starts one daemon after the other, each in some tens of milliseconds: who comes
 * with many waits for them. */
#define SERVICE_TIMEOUT_MS 60000
/* How long a daemon may take to end by itself once it is told to. */
#define END_TIMEOUT_MS 2000
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
	if (r == -EUSERS) {
		snprintf(msrd->text, sizeof msrd->text,
			"the service at %.108s has no session for user %u: %s", path,
			(unsigned)getuid(), meeting_end_text(MEETING_SESSIONS));
		return r;
	}
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

int handle_use_devices(struct msrd *msrd, int root_fd, const char *lock_path)
{
	/* what is submitted is done at once: always ready */
	cleanup_close int ready_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);

	if (ready_fd < 0 || root_fd < 0) {
		int error = -errno;

		snprintf(msrd->text, sizeof msrd->text, "%s", strerror(-error));
		return error;
	}
	int r = direct_new(&msrd->conversation, root_fd, lock_path, msrd->text, sizeof msrd->text);

	if (r < 0)
		return r;
	msrd->connection.fd = steal_fd(&ready_fd);
	msrd->connection.child = child_of_nobody();
	return 0;
}

/* Without a daemon. 0 or a negative error, its cause in msrd->text. */
static int use_devices(struct msrd *msrd, const struct msrd_options *options)
{
	cleanup_close int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (options->daemon || options->service) {
		snprintf(msrd->text, sizeof msrd->text,
			"direct access, and a daemon or a service: only one of them");
		return -EINVAL;
	}
	return handle_use_devices(msrd, root_fd, lock_path());
}

/* What the options say; else the service if there is one; else a daemon of our own. */
static int connect_daemon(struct msrd *msrd, const struct msrd_options *options)
{
	unsigned timeout_ms = or_default(options->start_timeout_ms, TIMEOUT_MS);
	unsigned service_ms = or_default(options->start_timeout_ms, SERVICE_TIMEOUT_MS);

	msrd->end_timeout_ms = or_default(options->end_timeout_ms, END_TIMEOUT_MS);
	msrd->connection.reply_timeout_ms = or_default(options->reply_timeout_ms, TIMEOUT_MS);
	if (options->direct)
		return use_devices(msrd, options);
	if (options->daemon && options->service) {
		snprintf(msrd->text, sizeof msrd->text,
			"a daemon to start (%.150s) and a service (%.108s): only one of them",
			options->daemon, options->service);
		return -EINVAL;
	}
	if (options->service)
		return use_service(msrd, options->service, service_ms);
	if (!options->daemon) {
		int r = use_service(msrd, MEETING_SERVICE, service_ms);

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
	if (handle_is_forked(msrd))
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
