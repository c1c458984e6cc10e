/* SPDX-License-Identifier: MIT */
/* The socket file and who may connect. Knows nothing of what is said there. */
#include "daemon/rendezvous.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "daemon/user.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "wire/meeting.h"

static int bind_and_listen(struct rendezvous *rendezvous, int fd)
{
	/* bind() makes the file with all modes but the umask's: 0600 */
	mode_t umask_before = umask(0177);
	int r = bind(fd, (struct sockaddr *)&rendezvous->address, sizeof rendezvous->address);

	r = r < 0 ? -errno : 0;
	umask(umask_before);
	if (r < 0)
		return r;
	if (listen(fd, 1) < 0) {
		r = -errno;
		unlink(rendezvous->address.sun_path);
		return r;
	}
	return 0;
}

int rendezvous_open(struct rendezvous *rendezvous, pid_t pid, uid_t uid, gid_t gid)
{
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*rendezvous = (struct rendezvous){
		.address.sun_family = AF_UNIX,
		.uid = uid,
		.gid = gid,
		.listener = -1,
	};
	snprintf(rendezvous->address.sun_path, sizeof rendezvous->address.sun_path, MEETING_ADDRESS,
		(int)pid);
	if (fd < 0)
		return -errno;

	int r = user_enter(uid, gid);
	if (r == 0)
		r = bind_and_listen(rendezvous, fd);
	user_leave();
	if (r == 0)
		rendezvous->listener = steal_fd(&fd);
	return r;
}

bool rendezvous_is_likwids(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash ? slash + 1 : program, MEETING_LIKWIDS_NAME) == 0;
}

bool rendezvous_is_given(int fd, const char *program)
{
	struct sockaddr_storage address;
	socklen_t address_size = sizeof address, size = sizeof(int);
	int domain, type;

	return !rendezvous_is_likwids(program) &&
	       getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
	       getpeername(fd, (struct sockaddr *)&address, &address_size) == 0;
}

static int get_peer(int fd, struct peer *peer)
{
	struct ucred ucred;
	socklen_t length = sizeof ucred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &ucred, &length) < 0)
		return -errno;
	*peer = (struct peer){.uid = ucred.uid, .gid = ucred.gid, .pid = ucred.pid};
	return 0;
}

int rendezvous_take(int fd, uid_t user, bool is_secure, struct peer *peer)
{
	int r = get_peer(fd, peer);

	if (r == 0 && is_secure && peer->uid != user)
		r = -EPERM;
	return r;
}

/* A descriptor and its peer, or -EAGAIN when whoever connected is not the one we wait for. */
static int accept_user(struct rendezvous *rendezvous, struct peer *peer)
{
	cleanup_close int fd = accept4(rendezvous->listener, NULL, NULL, SOCK_CLOEXEC);
	int r;

	if (fd < 0) /* the one who connected may have gone again already */
		return errno == ECONNABORTED || errno == EINTR ? -EAGAIN : -errno;
	r = get_peer(fd, peer);
	if (r < 0)
		return r;
	if (peer->uid != rendezvous->uid && peer->uid != 0) {
		log_line(LOG_WARNING,
			"closed the connection of uid %u pid %d: this is uid %u's daemon",
			(unsigned)peer->uid, (int)peer->pid, (unsigned)rendezvous->uid);
		return -EAGAIN;
	}
	return steal_fd(&fd);
}

int rendezvous_accept(
	struct rendezvous *rendezvous, int signal_fd, int timeout_ms, struct peer *peer)
{
	int64_t deadline = clock_now_ms() + timeout_ms;
	struct pollfd fds[] = {
		{.fd = signal_fd, .events = POLLIN},
		{.fd = rendezvous->listener, .events = POLLIN},
	};

	for (;;) {
		int64_t left = deadline - clock_now_ms();
		int n = left > 0 ? poll(fds, 2, (int)left) : 0;

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -ETIMEDOUT;
		if (n < 0)
			continue;
		if (fds[0].revents)
			return -ECANCELED;
		int r = accept_user(rendezvous, peer);
		if (r != -EAGAIN)
			return r;
	}
}

void rendezvous_close(struct rendezvous *rendezvous)
{
	if (rendezvous->listener < 0)
		return;
	if (user_enter(rendezvous->uid, rendezvous->gid) == 0)
		unlink(rendezvous->address.sun_path);
	user_leave();
	close(steal_fd(&rendezvous->listener));
}
