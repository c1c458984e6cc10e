/* SPDX-License-Identifier: MIT */
/* The verbs of fuse-msr (run, mount, check), one file each, and what they are told. */
#ifndef MSRD_FUSE_MSR_VERB_H
#define MSRD_FUSE_MSR_VERB_H

#include <stdbool.h>

#include "sim/machine/machine.h"

/* Exit statuses of our own, as those of env(1) and timeout(1). */
#define EXIT_USAGE	    2
#define EXIT_TRACE_CUT	    4 /* --trace: it could not be written whole */
#define EXIT_NO_NODE	    125
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND	    127
#define EXIT_SIGNAL	    128 /* plus the signal */

/* The command line. */
struct options {
	const char *fixture;
	const char *dir; /* mount */
	char **command;	 /* run: NULL terminated */
	enum machine_clock clock;
	bool as_root;
	const char *trace;   /* file to be written, or NULL */
	const char *daemon;  /* NULL: the one beside fuse-msr, if there is one */
	const char *syslog;  /* NULL: nowhere */
	bool likwid;	     /* run: make the node fit for LIKWID's tools */
	bool cpuid;	     /* run: instructions answer as the node; so they do with likwid */
	const char *release; /* of LIKWID; NULL: of the one that is found */
	int ask_ms;	     /* run: for LIKWID to tell its release */
	int grace_ms; /* run: between SIGTERM and SIGKILL, for what the command leaves behind */
};

/* Each returns fuse-msr's exit status. */
int verb_run(const struct options *options);
int verb_mount(const struct options *options);
int verb_check(const struct options *options);

#endif
