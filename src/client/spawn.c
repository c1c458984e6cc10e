/* SPDX-License-Identifier: MIT */
/*
 * The twin of the daemon's rendezvous.c: both meet at /tmp/likwid-PID, the
 * daemon's own process id. Knows nothing of what is said afterwards.
 */
#include "client/spawn.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/deadline.h"
#include "util/cleanup.h"

#define DAEMON_NAME "likwid-accessD"
/* How often to look for the socket; the daemon's death wakes us at once. */
#define LOOK_MS 1
/* How long the one that a daemon leaves in its place may take to show itself; chosen, not tuned. */
#define HEIR_MS 1000

static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* The first program of this name in PATH. An empty element would be the current
 * directory, where anybody may have put one: passed over. */
static bool find_in_path(const char *name, char path[PATH_MAX])
{
	const char *element = getenv("PATH");

	while (element && *element) {
		int length = (int)strcspn(element, ":");

		if (length > 0 &&
			snprintf(path, PATH_MAX, "%.*s/%s", length, element, name) < PATH_MAX &&
			is_program(path))
			return true;
		element += length;
		element += *element == ':';
	}
	return false;
}

int spawn_find(const char *daemon, char path[PATH_MAX], char *text, size_t size)
{
	const char *wanted = daemon ? daemon : MSRD_DAEMON_PATH;

	if (strchr(wanted, '/') && is_program(wanted) &&
		snprintf(path, PATH_MAX, "%s", wanted) < PATH_MAX)
		return 0;
	if (!daemon && find_in_path(DAEMON_NAME, path))
		return 0;
	if (!strchr(wanted, '/') && find_in_path(wanted, path))
		return 0;

	if (daemon)
		snprintf(text, size, "no daemon: %s is no program that you may run", daemon);
	else
		snprintf(text, size,
			"no daemon: neither %s nor %s in PATH is a program that you may run; "
			"install msrd, or say where its daemon is",
			MSRD_DAEMON_PATH, DAEMON_NAME);
	return -ENOENT;
}

/* A connected socket, or -errno. */
static int try_connect(const struct sockaddr_un *address)
{
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) < 0)
		return -errno;
	return steal_fd(&fd);
}

/* /tmp is everybody's: who listens there must be the user or root. */
static int check_peer(int fd, const char *address, char *text, size_t size)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
		int error = -errno;

		snprintf(text, size, "cannot ask who listens at %s: %s", address, strerror(-error));
		return error;
	}
	if (peer.uid == 0 || peer.uid == getuid() || peer.uid == geteuid())
		return 0;
	snprintf(text, size,
		"refused the socket %s: it belongs to user %u, who is neither you nor root; "
		"if it lies there for no reason, let an administrator remove it",
		address, (unsigned)peer.uid);
	return -EPERM;
}

/* These may be different the next time we look: no file yet, not listening yet,
 * not ours yet (bound as root and given away after that), backlog full. */
static bool is_passing(int error)
{
	return error == -ENOENT || error == -ECONNREFUSED || error == -EACCES || error == -EAGAIN;
}

/* Takes LOOK_MS when there is reason to look again. */
static bool has_failed(struct child *child, long long *heir_deadline)
{
	if (!child_has_ended(child, LOOK_MS))
		return false;
	if (!child_has_stepped_aside(child))
		return true;
	if (*heir_deadline == 0)
		*heir_deadline = deadline_in(HEIR_MS);
	poll(NULL, 0, LOOK_MS);
	return deadline_left_ms(*heir_deadline) == 0;
}

static int meet(struct child *child, const char *path, unsigned timeout_ms, char *text, size_t size)
{
	long long deadline = deadline_in(timeout_ms), heir_deadline = 0;
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)child->pid);
	for (;;) {
		cleanup_close int fd = try_connect(&address);

		if (fd >= 0) {
			int r = check_peer(fd, address.sun_path, text, size);

			return r < 0 ? r : steal_fd(&fd);
		}
		if (!is_passing(fd)) {
			snprintf(text, size, "cannot connect to %s: %s", address.sun_path,
				strerror(-fd));
			return fd;
		}
		if (has_failed(child, &heir_deadline)) {
			char end[128];

			child_describe(child, end, sizeof end);
			snprintf(text, size,
				"the daemon %s did not start: %s; it says why on standard error "
				"and in the system log",
				path, end);
			return -ECHILD;
		}
		if (deadline_left_ms(deadline) == 0) {
			snprintf(text, size,
				"the daemon %s could not be reached at %s within %u ms: %s; "
				"the system log may say why",
				path, address.sun_path, timeout_ms, strerror(-fd));
			return -ETIMEDOUT;
		}
	}
}

int spawn_daemon(
	struct child *child, const char *path, unsigned timeout_ms, char *text, size_t size)
{
	int r = child_start(child, path);

	if (r < 0) {
		snprintf(text, size, "cannot start the daemon %s: %s", path, strerror(-r));
		return r;
	}
	r = meet(child, path, timeout_ms, text, size);
	if (r < 0)
		child_end(child, 0);
	return r;
}
