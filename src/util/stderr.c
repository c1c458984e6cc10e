/* SPDX-License-Identifier: MIT */
/*
 * A look whether there is room and a write that follows would wait: another writer
 * can take the room in between. So each kind of file has its call that never does.
 * Knows nothing of what is said.
 */
#include "util/stderr.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

/* By way of a pipe of our own: splice, of all that write to a pipe, can be told on every kernel not
 * to wait. (RWF_NOWAIT is for pipes since Linux 6.4.) */
static void put_in_pipe(const char *text, size_t length)
{
	int fd[2];

	if (length > PIPE_BUF || pipe2(fd, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	cleanup_close int from = fd[0], to = fd[1];

	if (write(to, text, length) == (ssize_t)length)
		(void)!splice(from, NULL, STDERR_FILENO, NULL, length, SPLICE_F_NONBLOCK);
}

/* The terminal that this process belongs to has a name of its own, so that no path of the caller's
 * is opened; to another one nothing is said. */
static void put_on_terminal(const char *text, size_t length)
{
	if (tcgetpgrp(STDERR_FILENO) < 0) /* ENOTTY: of no terminal, or not of this one */
		return;
	cleanup_close int fd = open("/dev/tty", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		(void)!write(fd, text, length);
}

void stderr_put(const char *text, size_t length)
{
	struct stat st;

	if (fstat(STDERR_FILENO, &st) < 0)
		return;
	if (S_ISSOCK(st.st_mode))
		send(STDERR_FILENO, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	else if (S_ISFIFO(st.st_mode))
		put_in_pipe(text, length);
	else if (S_ISCHR(st.st_mode))
		put_on_terminal(text, length);
	else if (S_ISREG(st.st_mode))
		(void)!write(STDERR_FILENO, text, length); /* has no reader to wait for */
}
