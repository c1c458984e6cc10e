/* SPDX-License-Identifier: MIT */
/*
 * A PID namespace of the node's own: when its first process ends, however that comes about, the
 * kernel ends all others, also those in other sessions, stopped ones, and those that nobody saw.
 */
#ifndef MSRD_FUSE_MSR_HOST_PIDSPACE_H
#define MSRD_FUSE_MSR_HOST_PIDSPACE_H

#include <sys/types.h>

/*
 * fork(2) into new namespaces (CLONE_NEW...), CLONE_NEWPID among them. The new process prepares
 * itself before this returns: 0 in it; its id in the caller; or -errno and nobody, also when
 * prepare returned that.
 */
pid_t pidspace_fork(int namespaces, int (*prepare)(void *context), void *context);

/* For the first process, in a mount namespace of its own: a /proc that shows this namespace, and
 * numbers that other nodes do not have. 0 or -errno. */
int pidspace_settle(void);

#endif
