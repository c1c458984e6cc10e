/* SPDX-License-Identifier: MIT */
/*
 * The twin of the daemon's rendezvous.c: both meet at /tmp/likwid-PID, the
 * daemon's own process id. Knows nothing of what is said afterwards.
 */
#include "client/spawn.h"

#include <errno.h>
#include <fcntl.h>
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
#include "client/peer.h"
#include "util/cleanup.h"
#include "util/program.h"
#include "wire/meeting.h"

#define DAEMON_NAME "likwid-accessD"
/* How often to look for the socket; the daemon's death wakes us at once. */
#define LOOK_MS 1
/* Of the time to start, for the one that a daemon leaves in its place; chosen, not tuned. */
#define HEIR_SHARE 10
/* How many daemons to start as long as each finds its path taken; chosen, not tuned. */
#define N_STARTS 5

int spawn_find(const char *daemon, char path[PATH_MAX], char *text, size_t size)
{
	const char *wanted = daemon ? daemon : MSRD_DAEMON_PATH;

	if (strchr(wanted, '/') && program_is(wanted) &&
		snprintf(path, PATH_MAX, "%s", wanted) < PATH_MAX)
		return 0;
	if (!daemon && program_find(DAEMON_NAME, path))
		return 0;
	if (!strchr(wanted, '/') && program_find(wanted, path))
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

/* These may be different the next time we look: no file yet, not listening yet,
 * not ours yet (bound as root and given away after that), backlog full. */
static bool is_passing(int error)
{
	return error == -ENOENT || error == -ECONNREFUSED || error == -EACCES || error == -EAGAIN;
}

/* The one that a daemon leaves in its place has heir_ms to show itself.
 * Takes LOOK_MS when there is reason to look again. */
static bool has_failed(struct child *child, unsigned heir_ms, long long *heir_deadline)
{
	if (!child_has_ended(child, LOOK_MS))
		return false;
	if (!child_has_stepped_aside(child))
		return true;
	if (*heir_deadline == 0)
		*heir_deadline = deadline_in(heir_ms);
	poll(NULL, 0, LOOK_MS);
	return deadline_left_ms(*heir_deadline) == 0;
}

/* One start of a daemon, and where to meet it. */
struct start {
	const char *path;
	unsigned timeout_ms;
	unsigned asked_ms;
	long long deadline; /* of all starts */
	struct sockaddr_un address;
	bool taken; /* for what lies at the address; another daemon has another address */
	char *text; /* the cause of an error */
	size_t size;
};

static int meet(struct start *start, struct child *child)
{
	const char *address = start->address.sun_path;
	long long heir_deadline = 0;

	for (;;) {
		cleanup_close int fd = try_connect(&start->address);

		if (fd >= 0) {
			int r = peer_check(fd, address, child, start->text, start->size);

			return r < 0 ? r : steal_fd(&fd);
		}
		if (!is_passing(fd)) {
			snprintf(start->text, start->size, "cannot connect to %s: %s", address,
				strerror(-fd));
			return fd;
		}
		if (has_failed(child, start->timeout_ms / HEIR_SHARE, &heir_deadline)) {
			char end[128];

			child_describe(child, end, sizeof end);
			snprintf(start->text, start->size,
				"the daemon %s did not start: %s; it says why on standard error "
				"and in the system log",
				start->path, end);
			return -ECHILD;
		}
		if (deadline_left_ms(start->deadline) == 0) {
			snprintf(start->text, start->size,
				"the daemon %s could not be reached at %s within %u ms: %s; "
				"the system log may say why",
				start->path, address, start->timeout_ms, strerror(-fd));
			return -ETIMEDOUT;
		}
	}
}

/* Was it for something at the path that the child has not put there? Process ids come again, and
 * /tmp is everybody's. */
static bool was_taken(const struct start *start, const struct child *child, int error)
{
	struct stat status;

	switch (error) {
	case -EPERM:	  /* somebody else listens there */
	case -EPROTOTYPE: /* or has a socket of another kind */
	case -ELOOP:
		return true;
	case -ECHILD: /* a daemon that ends by itself leaves no socket */
		if (child->state == CHILD_EXITED && child->status == MEETING_TAKEN)
			return true; /* msrd says so: it may be gone by now */
		return child->state != CHILD_KILLED && lstat(start->address.sun_path, &status) == 0;
	default:
		return false;
	}
}

static int start_child(struct start *start, struct child *child, int input)
{
	int r = child_start(child, start->path, input);

	if (r < 0)
		snprintf(start->text, start->size, "cannot start the daemon %s: %s", start->path,
			strerror(-r));
	return r;
}

/* One that is handed its client: no name that anybody could take, nothing to wait for. */
static int start_handed(struct start *start, struct child *child)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		snprintf(start->text, start->size, "cannot make a socket: %s", strerror(errno));
		return -errno;
	}
	cleanup_close int ours = pair[0], theirs = pair[1];
	int r = fcntl(ours, F_SETFL, O_NONBLOCK) < 0 ? -errno : start_child(start, child, theirs);

	return r < 0 ? r : steal_fd(&ours);
}

static int start_one(struct start *start, struct child *child, struct leftover *leftover)
{
	int r = start_child(start, child, -1);

	start->taken = false;
	if (r < 0)
		return r;
	start->address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(start->address.sun_path, sizeof start->address.sun_path, MEETING_ADDRESS,
		(int)child->pid);
	r = meet(start, child);
	start->taken = r < 0 && was_taken(start, child, r);
	*leftover = (struct leftover){0};
	/* a daemon that is killed does not remove its socket */
	if (!start->taken)
		*leftover = leftover_find(child->pid);
	if (r < 0) {
		child_end(child, 0, start->asked_ms);
		leftover_remove(leftover);
	}
	return r;
}

bool spawn_hands_over(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, MEETING_OUR_NAME) == 0;
}

int spawn_daemon(struct child *child, struct leftover *leftover, const char *path,
	unsigned timeout_ms, unsigned asked_ms, char *text, size_t size)
{
	struct start start = {
		.path = path,
		.timeout_ms = timeout_ms,
		.asked_ms = asked_ms,
		.deadline = deadline_in(timeout_ms),
		.text = text,
		.size = size,
	};
	unsigned n = 0;
	int r;

	*leftover = (struct leftover){0};
	if (spawn_hands_over(path))
		return start_handed(&start, child);
	do {
		r = start_one(&start, child, leftover);
		n++;
	} while (r < 0 && start.taken && n < N_STARTS && deadline_left_ms(start.deadline) > 0);
	if (r < 0 && start.taken) {
		size_t length = strlen(text);

		snprintf(text + length, size - length,
			"; something lies at its address %s, the same with %u more daemons; "
			"let an administrator remove /tmp/likwid-*",
			start.address.sun_path, n - 1);
	}
	return r;
}
