/* SPDX-License-Identifier: MIT */
#include "fuse-msr/preload/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "fuse-msr/preload/next.h"

#define EXPORT __attribute__((visibility("default")))

typedef int sigaction_function(int, const struct sigaction *, struct sigaction *);
typedef int mask_function(int, const sigset_t *, sigset_t *);

static const int numbers[] = {SIGILL, SIGSEGV};

#define N_NUMBERS (sizeof numbers / sizeof *numbers)

static bool (*handler)(int number, void *context);
static struct sigaction theirs[N_NUMBERS]; /* what the program thinks that is set */

/* -1: not one of ours */
static int find_number(int number)
{
	for (size_t i = 0; handler && i < N_NUMBERS; i++)
		if (numbers[i] == number)
			return (int)i;
	return -1;
}

static int set_really(int number, const struct sigaction *action, struct sigaction *before)
{
	static sigaction_function *real;

	if (!real && !next_find(&real, "sigaction")) {
		errno = ENOSYS;
		return -1;
	}
	return real(number, action, before);
}

/* As if nobody had been asked: the program's own handler, or the end that the signal is. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	const struct sigaction *action = &theirs[find_number(number)];

	if (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN)
		/* the instruction comes again, and is the end */
		set_really(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
	else if (action->sa_flags & SA_SIGINFO)
		action->sa_sigaction(number, info, context);
	else
		action->sa_handler(number);
}

static void catch (int number, siginfo_t *info, void *context)
{
	int error = errno;
	bool is_ours = info->si_code > 0 && handler(number, context);

	errno = error;
	if (!is_ours)
		pass_on(number, info, context);
}

bool signals_start(bool (*handle)(int number, void *context))
{
	struct sigaction action = {
		.sa_sigaction = catch, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};

	/* those that are set already are the program's: a library's constructor came first */
	for (size_t i = 0; i < N_NUMBERS; i++)
		if (set_really(numbers[i], NULL, &theirs[i]) < 0 ||
			set_really(numbers[i], &action, NULL) < 0)
			return false;
	handler = handle;
	return true;
}

/* libc declares these with names that are its own. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
	int i = find_number(number);

	if (i < 0)
		return set_really(number, action, before);
	if (before)
		*before = theirs[i];
	if (action)
		theirs[i] = *action;
	return 0;
}

EXPORT sighandler_t signal(int number, sighandler_t function)
{
	struct sigaction action = {.sa_handler = function, .sa_flags = SA_RESTART}, before;

	return sigaction(number, &action, &before) < 0 ? SIG_ERR : before.sa_handler;
}

/* An instruction whose signal is blocked would be the program's end. */
static const sigset_t *without_ours(const sigset_t *set, int how, sigset_t *copy)
{
	if (!handler || !set || how == SIG_UNBLOCK)
		return set;
	*copy = *set;
	for (size_t i = 0; i < N_NUMBERS; i++)
		sigdelset(copy, numbers[i]);
	return copy;
}

EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
	mask_function *real;
	sigset_t copy;

	if (!next_find(&real, __func__)) {
		errno = ENOSYS;
		return -1;
	}
	return real(how, without_ours(set, how, &copy), before);
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
	mask_function *real;
	sigset_t copy;

	return next_find(&real, __func__) ? real(how, without_ours(set, how, &copy), before)
					  : ENOSYS;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
