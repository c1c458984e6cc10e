/* SPDX-License-Identifier: MIT */
/* The controlling terminal. It must not know who ran at it. */
#include "fuse-msr/host/terminal.h"

#include "util/cleanup.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>

void terminal_init(struct terminal *terminal)
{
	terminal->fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (terminal->fd >= 0 && tcgetpgrp(terminal->fd) != getpgrp()) {
		close(terminal->fd);
		terminal->fd = -1;
	}
}

static bool is_gone(pid_t group)
{
	return group > 0 && kill(-group, 0) < 0 && errno == ESRCH;
}

static void take_back(int fd)
{
	sigset_t output, before;

	/* else asking for it stops us: we are in the background until we have it */
	sigemptyset(&output);
	sigaddset(&output, SIGTTOU);
	sigprocmask(SIG_BLOCK, &output, &before);
	tcsetpgrp(fd, getpgrp());
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void terminal_deinit(struct terminal *terminal)
{
	if (terminal->fd < 0)
		return;
	if (is_gone(tcgetpgrp(terminal->fd)))
		take_back(terminal->fd);
	close(terminal->fd);
	terminal->fd = -1;
}
