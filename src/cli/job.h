/* SPDX-License-Identifier: MIT */
/* The COMMAND that msrctl stat measures, and the signals that end a measurement. */
#ifndef MSRD_CLI_JOB_H
#define MSRD_CLI_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct job {
	int signals; /* signalfd: SIGINT, SIGTERM, SIGHUP, SIGPIPE no longer kill us */
	pid_t pid;   /* of the command, 0 is none */
	int status;  /* as from waitpid(2), once has_ended */
	bool has_ended;
	uint32_t signal; /* the one that came, or 0 */
};

enum job_event {
	JOB_TIME,
	JOB_SIGNAL,
	JOB_COMMAND_ENDED,
};

/* From here on the signals are events. 0 or -errno. */
int job_init(struct job *job);
/* Passes a signal that came on to the command, lets signals kill again, and
 * waits for the command. */
void job_deinit(struct job *job);

/* Runs argv[0] of PATH, with the signals as a program expects them. 0 or -errno. */
int job_start(struct job *job, char **argv);

/* Waits until CLOCK_MONOTONIC shows ns, or for an event before that. */
enum job_event job_wait(struct job *job, uint64_t until_ns);

#endif
