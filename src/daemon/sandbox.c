/* SPDX-License-Identifier: MIT */
/*
 * A list of what a session does. Knows no session: what is not here, session.c
 * and those below it can't do.
 */
#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>

#include "util/array.h"

/* Whatever their arguments. */
static const int calls[] = {
	SCMP_SYS(pread64), /* device files are all that is open to it */
	SCMP_SYS(pwrite64),
	SCMP_SYS(poll), /* the client, where its socket is not waited in */
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigreturn),	 /* from SIGTERM's handler */
	SCMP_SYS(clock_gettime), /* where the vDSO has none */
	SCMP_SYS(getpid),	 /* of a line in the log */
	SCMP_SYS(close),	 /* the end: what was opened and allocated is given back */
	SCMP_SYS(munmap),
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(exit_group),
};

static struct scmp_arg_cmp is(unsigned argument, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value};
}

/* The owner of the lock file; a link is never followed. The filter can't read the path, but where
 * it has to stand: what cannot be written cannot become another. */
static int allow_lock(scmp_filter_ctx filter, const char *path)
{
	scmp_datum_t address = (uintptr_t)path;
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(lstat), 1, is(0, address));

	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 2,
			is(1, address), is(3, AT_SYMLINK_NOFOLLOW));
	return r;
}

/* To who is at its other end: with an address, the log's socket would reach any other of datagrams.
 */
static int allow_send(scmp_filter_ctx filter, int fd)
{
	return seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 2, is(0, (scmp_datum_t)fd), is(4, 0));
}

static int allow(scmp_filter_ctx filter, int client, int log, const char *lock_path)
{
	int r = allow_lock(filter, lock_path);

	for (size_t i = 0; r == 0 && i < N_ELEMENTS(calls); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	if (r == 0)
		r = seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, SCMP_SYS(recvfrom), 1, is(0, (scmp_datum_t)client));
	if (r == 0)
		r = seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, SCMP_SYS(shutdown), 1, is(0, (scmp_datum_t)client));
	if (r == 0)
		r = allow_send(filter, client);
	if (r == 0 && log >= 0)
		r = allow_send(filter, log);
	return r;
}

int sandbox_enter(int client, int log, const char *lock_path)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r;

	if (!filter)
		return -ENOMEM;
	/* calls of other ABIs (x32, i386) are none of ours: they end the process too */
	r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0)
		r = allow(filter, client, log, lock_path);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}
