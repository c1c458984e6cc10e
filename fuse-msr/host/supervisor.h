/* SPDX-License-Identifier: MIT */
/*
 * The process between fuse-msr and COMMAND. It makes the node's namespace, runs
 * COMMAND in it, and sees to it that nothing of it is left, even when
 * fuse-msr itself is killed.
 */
#ifndef MSRD_FUSE_MSR_HOST_SUPERVISOR_H
#define MSRD_FUSE_MSR_HOST_SUPERVISOR_H

#include "fuse-msr/command.h"

#define SUPERVISOR_GRACE_MS                                                                        \
	2000 /* chosen: time between SIGTERM and SIGKILL for what COMMAND left */

/* The whole life of the process: its exit status. daemon may be NULL; channel leads to fuse-msr. */
int supervisor_main(const struct command *command, const char *daemon, int channel);

#endif
