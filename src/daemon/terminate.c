/* SPDX-License-Identifier: MIT */
/* A handler that does what a handler may. Knows no session. */
#include "daemon/terminate.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <ucontext.h>

/* A handler has nothing but what is global. */
static volatile sig_atomic_t is_told;
static volatile sig_atomic_t client;

/* Once is enough: it stays blocked after this, or who sends it without a pause could keep what was
 * programmed from being put back. */
static void end(int number, siginfo_t *info, void *context)
{
	ucontext_t *interrupted = context;
	int error = errno;

	(void)info;
	is_told = 1;
	shutdown(client, SHUT_RDWR);
	sigaddset(&interrupted->uc_sigmask, number);
	errno = error;
}

int terminate_watch(int fd)
{
	struct sigaction action = {.sa_sigaction = end, .sa_flags = SA_SIGINFO};
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
