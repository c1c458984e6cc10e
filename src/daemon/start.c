/* SPDX-License-Identifier: MIT */
/* What a process inherits. Knows nothing of what the daemon is for. */
#include "daemon/start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/array.h"

/* Nothing that the client opened or set is left. */
int start_clean(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -errno;
	closefrom(3);
	umask(077);
	return clearenv() == 0 && chdir("/") == 0 ? 0 : -EIO;
}

/*
 * The signals of a terminal are the client's business: a daemon that dies of
 * Ctrl-C would take its counters away while it is still tidying up, and one
 * that is stopped for writing a line to it (SIGTTOU) would keep it waiting.
 * SIGPIPE shows as EPIPE.
 */
int start_signals(void)
{
	static const int ignored[] = {SIGPIPE, SIGINT, SIGQUIT, SIGHUP, SIGTTOU};
	sigset_t terminate;

	for (size_t i = 0; i < N_ELEMENTS(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGTERM, SIG_DFL); /* an ignored signal would never be told of */
	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	if (sigprocmask(SIG_SETMASK, &terminate, NULL) < 0)
		return -errno;
	int fd = signalfd(-1, &terminate, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
