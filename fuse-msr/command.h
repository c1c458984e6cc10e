/* SPDX-License-Identifier: MIT */
/* The commands of fuse-msr, one file each, and what they are told. */
#ifndef MSRD_FUSE_MSR_COMMAND_H
#define MSRD_FUSE_MSR_COMMAND_H

#include "sim/machine/machine.h"

#include <stdbool.h>

/* Exit statuses of our own, as those of env(1) and timeout(1). */
#define EXIT_USAGE	    2
#define EXIT_NO_NODE	    125
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND	    127
#define EXIT_SIGNAL	    128 /* plus the signal */

struct command {
	const char *fixture;
	const char *dir; /* mount */
	char **program;	 /* run: NULL terminated */
	enum machine_clock clock;
	bool as_root;
	const char *daemon; /* NULL: the one beside fuse-msr, if there is one */
	const char *syslog; /* NULL: nowhere */
	bool likwid;	    /* run: make the node fit for LIKWID's tools */
};

/* Each returns fuse-msr's exit status. */
int command_run(const struct command *command);
int command_mount(const struct command *command);
int command_check(const struct command *command);

#endif
