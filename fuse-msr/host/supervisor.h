/* SPDX-License-Identifier: MIT */
/*
 * The process between fuse-msr and COMMAND. It makes the node's namespace, runs
 * COMMAND in it, and sees to it that nothing of it is left, even when
 * fuse-msr itself is killed.
 */
#ifndef MSRD_FUSE_MSR_HOST_SUPERVISOR_H
#define MSRD_FUSE_MSR_HOST_SUPERVISOR_H

#include "fuse-msr/verb.h"

struct namespace;
struct release;

/* What is installed on the node. */
struct installation {
	char *daemon;		       /* by its real path; NULL: none has privileges */
	bool cpuid;		       /* instructions are to answer as the node */
	const struct release *release; /* of LIKWID, whose tools will run; NULL: none will */
};

/* The whole life of a process that namespace_fork made: its exit status. channel leads to
 * fuse-msr. */
int supervisor_main(struct namespace *namespace, const struct options *options,
	const struct installation *installation, int channel);

#endif
