/* SPDX-License-Identifier: MIT */
/*
 * Who has made a listening socket is the kernel's word, as of listen(2): with
 * Accept=yes that is the service manager. Knows nothing of what is said there.
 */
#include "client/service.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/deadline.h"
#include "util/cleanup.h"

/* How often to try where the backlog is full. */
#define LOOK_MS 1

bool service_is_absent(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ECONNREFUSED;
}

static const char *cure_of(int error)
{
	if (service_is_absent(error))
		return "; an administrator starts it with `systemctl enable --now msrd.socket`";
	if (error == -EACCES)
		return "; whom the administrator lets in is in msrd.socket (SocketMode=, "
		       "SocketGroup=)";
	if (error == -ETIMEDOUT)
		return ": too many clients are waiting for it already";
	return "";
}

static int fail(int error, const char *path, char *text, size_t size)
{
	snprintf(text, size, "no service at %.108s: %s%s", path, strerror(-error), cure_of(error));
	return error;
}

/* The kernel's stand-in for who is outside of our user namespace. */
#define OVERFLOW_UID 65534

/* Inside of two namespaces, as in podman of an ordinary user, a map's 0 is root of the outer one
 * alone. /proc is real root's, by whatever number he is seen. */
static bool has_root(void)
{
	struct stat proc;

	return stat("/proc", &proc) < 0 || proc.st_uid != OVERFLOW_UID;
}

/*
 * Can uid be root, outside of our user namespace? In a container of one user: who has put a socket
 * there the kernel can't say.
 */
static bool may_be_roots(uid_t uid)
{
	cleanup_fclose FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned first, outside, n;

	if (!map || uid != OVERFLOW_UID)
		return false;
	while (fscanf(map, "%u %u %u", &first, &outside, &n) == 3)
		if ((outside == 0 && has_root()) || (uid >= first && uid - first < n))
			return false; /* root is seen as himself; there is a user of this number */
	return true;
}

/* Root made it, or we ourselves did. */
static int check_owner(int fd, const char *path, char *text, size_t size)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return fail(-errno, path, text, size);
	if (peer.uid == 0 || peer.uid == getuid() || may_be_roots(peer.uid))
		return 0;
	snprintf(text, size,
		"refused the service at %.108s: its socket belongs to user %u, who is neither root "
		"nor you",
		path, (unsigned)peer.uid);
	return -EPERM;
}

int service_connect(const char *path, unsigned timeout_ms, char *text, size_t size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	long long deadline = deadline_in(timeout_ms);
	int r;

	if (fd < 0)
		return fail(-errno, path, text, size);
	if (snprintf(address.sun_path, sizeof address.sun_path, "%s", path) >=
		(int)sizeof address.sun_path)
		return fail(-ENAMETOOLONG, path, text, size);
	while (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return fail(-errno, path, text, size);
		if (deadline_left_ms(deadline) == 0)
			return fail(-ETIMEDOUT, path, text, size);
		poll(NULL, 0, LOOK_MS);
	}
	r = check_owner(fd, path, text, size);
	return r < 0 ? r : steal_fd(&fd);
}
