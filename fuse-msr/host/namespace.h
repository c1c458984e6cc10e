/* SPDX-License-Identifier: MIT */
/*
 * The node's namespace: one of mounts, for ordinary users inside a user
 * namespace, in which /dev, /proc and /sys show the node. It goes away with
 * the last process in it, and its processes with the first. The steps stand in the order in which
 * they are to be taken, by a process with one thread; each returns 0 or -errno, after a message
 * with the cause and the cure.
 */
#ifndef MSRD_FUSE_MSR_HOST_NAMESPACE_H
#define MSRD_FUSE_MSR_HOST_NAMESPACE_H

#include <stdbool.h>
#include <sys/types.h>

struct namespace
{
	uid_t uid; /* of the caller, outside */
	gid_t gid;
	bool has_user_namespace; /* else by real root */
	bool is_entered;
};

/*
 * fork(2) of the process that takes these steps: the first of a PID namespace, where one can be
 * had. It has then taken the first step already. Where it cannot be had (a container), it is a
 * process like others, and nothing is said. -errno when there is no process.
 */
pid_t namespace_fork(struct namespace *namespace);

int namespace_enter(struct namespace *namespace);

/* Binds a copy with privileges over the daemon: as if it were installed where it is. */
int namespace_install(const struct namespace *namespace, const char *daemon);

/* Mounts the file system where namespace_bind finds it. The descriptor: who answers it, serves. */
int namespace_mount(void);

/* Binds the node's files over the host's. Waits for the file system to be served. */
int namespace_bind(void);

/* Ordinary users become themselves again, without any capability. */
int namespace_drop(const struct namespace *namespace);

#endif
