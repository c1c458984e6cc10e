/* SPDX-License-Identifier: MIT */
/*
 * Who can open the file can lock all of it and starve the others: it counts only if root or the
 * daemon's account made it, for nobody else. Knows no configuration and no client.
 */
#include "daemon/seat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "policy/config.h"
#include "util/cleanup.h"

#define SEAT_FOLDER "run/msrd"

/* Everybody goes through it: the service's socket lies there too. */
static void make_folder(int root_fd)
{
	mode_t umask_before = umask(022);

	mkdirat(root_fd, SEAT_FOLDER, 0755);
	umask(umask_before);
}

static int open_file(int root_fd, bool may_make)
{
	int fd = openat(root_fd, SEAT_FILE, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT || !may_make)
		return fd < 0 ? -errno : fd;
	make_folder(root_fd);
	fd = openat(
		root_fd, SEAT_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

/* Is it closed to everybody but root and the daemon, who is not the user? */
static bool is_ours(int fd, uid_t uid, uid_t account)
{
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) != 0)
		return false;
	return status.st_uid == 0 ||
	       (status.st_uid != uid && (status.st_uid == account || status.st_uid == geteuid()));
}

int seat_take(int root_fd, uid_t uid, unsigned n, uid_t account)
{
	cleanup_close int fd = open_file(root_fd, uid != geteuid());

	if (fd < 0)
		return fd;
	if (!is_ours(fd, uid, account))
		return -EPERM;
	for (unsigned i = 0; i < n; i++) {
		const struct flock seat = {
			.l_type = F_WRLCK,
			.l_whence = SEEK_SET,
			.l_start = (off_t)uid * CONFIG_MAX_SESSIONS + i,
			.l_len = 1,
		};

		if (fcntl(fd, F_OFD_SETLK, &seat) == 0)
			return steal_fd(&fd);
		if (errno != EAGAIN && errno != EACCES)
			return -errno;
	}
	return -EUSERS;
}
