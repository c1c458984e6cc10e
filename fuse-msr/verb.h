/* SPDX-License-Identifier: MIT */
/* The verbs of fuse-msr (run, mount, check, import), one file each, and what they are told. */
#ifndef MSRD_FUSE_MSR_VERB_H
#define MSRD_FUSE_MSR_VERB_H

#include <argp.h>
#include <stdbool.h>

#include "sim/machine/machine.h"

/* Exit statuses of our own, as those of env(1) and timeout(1). */
#define EXIT_USAGE	    2
#define EXIT_TRACE_CUT	    4 /* --trace: it could not be written whole */
#define EXIT_NO_NODE	    125
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND	    127
#define EXIT_SIGNAL	    128 /* plus the signal */

/* A file to import, in the order of the command line. */
struct import_source {
	int kind; /* the option's key */
	const char *text;
};
#define IMPORT_MAX_SOURCES 256

/* The command line. */
struct options {
	const char *fixture;
	const char *dir; /* mount, import */
	char **command;	 /* run: NULL terminated */
	enum machine_clock clock;
	bool as_root;
	const char *trace;   /* file to be written, or NULL */
	const char **faults; /* n_faults directives */
	size_t n_faults;
	const char *daemon;  /* NULL: the one beside fuse-msr, if there is one */
	const char *syslog;  /* NULL: nowhere */
	bool likwid;	     /* run: make the node fit for LIKWID's tools */
	bool cpuid;	     /* run: instructions answer as the node; so they do with likwid */
	const char *release; /* of LIKWID; NULL: of the one that is found */
	int ask_ms;	     /* run: for LIKWID to tell its release */
	struct import_source sources[IMPORT_MAX_SOURCES]; /* import */
	size_t n_sources;
	const char *name; /* import: of the node; NULL: DIR's */
	int grace_ms;	  /* run: between SIGTERM and SIGKILL, for what the command leaves behind */
};

/* Each returns fuse-msr's exit status. */
int verb_run(const struct options *options);
int verb_mount(const struct options *options);
int verb_check(const struct options *options);
int verb_import(const struct options *options);

/* What import takes: many kinds of files, so the verb itself knows them. */
extern const struct argp_option import_options[];
int import_parse(int key, char *argument, struct argp_state *state);

#endif
