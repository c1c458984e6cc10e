/* SPDX-License-Identifier: MIT */
/* A handler that does what a handler may. Knows no session. */
#include "daemon/terminate.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

/* A handler has nothing but what is global. */
static volatile sig_atomic_t is_told;
static volatile sig_atomic_t client;

static void end(int number)
{
	int error = errno;

	(void)number;
	is_told = 1;
	shutdown(client, SHUT_RDWR);
	errno = error;
}

int terminate_watch(int fd)
{
	struct sigaction action = {.sa_handler = end};
	sigset_t terminate;

	is_told = 0;
	client = fd;
	sigemptyset(&action.sa_mask);
	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	if (sigaction(SIGTERM, &action, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &terminate, NULL) < 0)
		return -errno;
	return 0;
}

bool terminate_is_told(void)
{
	return is_told != 0;
}
