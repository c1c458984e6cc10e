/* SPDX-License-Identifier: MIT */
/* Knows no terminal but its descriptor: whoever has it gives it back before a stop. */
#include "cli/top/wait.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/job.h"
#include "util/array.h"
#include "util/clock.h"

int wait_init(struct wait *wait, int keys)
{
	static const int others[] = {SIGTSTP, SIGCONT, SIGWINCH};
	sigset_t set;

	*wait = (struct wait){.keys = keys};
	job_ending_signals(&set);
	for (size_t i = 0; i < N_ELEMENTS(others); i++)
		if (!job_is_ignored(others[i]))
			sigaddset(&set, others[i]);
	sigprocmask(SIG_BLOCK, &set, &wait->old_mask);
	wait->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return wait->signals < 0 ? -errno : 0;
}

void wait_deinit(struct wait *wait)
{
	if (wait->signals >= 0)
		close(wait->signals);
	sigprocmask(SIG_SETMASK, &wait->old_mask, NULL);
	wait->signals = -1;
}

static bool take_signal(struct wait *wait, enum wait_event *event)
{
	struct signalfd_siginfo info;

	if (read(wait->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return false;
	switch (info.ssi_signo) {
	case SIGTSTP:
		*event = WAIT_STOP;
		break;
	case SIGCONT:
		*event = WAIT_CONTINUED;
		break;
	case SIGWINCH:
		*event = WAIT_RESIZED;
		break;
	default:
		*event = WAIT_SIGNAL;
		wait->signal = info.ssi_signo;
		break;
	}
	return true;
}

static int left_ms(uint64_t until_ns)
{
	uint64_t now_ns = clock_now_ns();
	uint64_t ms = until_ns > now_ns ? (until_ns - now_ns + 999999) / 1000000 : 0;

	return ms < 3600000 ? (int)ms : 3600000;
}

enum wait_event wait_next(struct wait *wait, uint64_t until_ns)
{
	struct pollfd fds[] = {
		{.fd = wait->signals, .events = POLLIN}, {.fd = wait->keys, .events = POLLIN}};
	enum wait_event event;

	for (;;) {
		int n = poll(fds, N_ELEMENTS(fds), left_ms(until_ns));

		if (n == 0 && clock_now_ns() >= until_ns)
			return WAIT_TIME;
		if (n <= 0)
			continue;
		if (fds[0].revents && take_signal(wait, &event))
			return event;
		/* what was typed before it went away is not read any more */
		if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
			return WAIT_GONE;
		if (fds[1].revents & POLLIN)
			return WAIT_KEY;
	}
}

void wait_stop(void)
{
	const struct sigaction action = {.sa_handler = SIG_DFL};
	struct sigaction old;
	sigset_t set, mask;

	/* ncurses has a handler of its own for it */
	sigaction(SIGTSTP, &action, &old);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, &mask);
	raise(SIGTSTP);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &old, NULL);
}
