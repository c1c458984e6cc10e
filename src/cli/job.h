/* SPDX-License-Identifier: MIT */
/* The COMMAND that msrctl stat measures, and the signals that end a measurement. */
#ifndef MSRD_CLI_JOB_H
#define MSRD_CLI_JOB_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct job {
	int signals; /* signalfd: SIGINT, SIGTERM, SIGHUP, SIGPIPE no longer kill us */
	sigset_t old_mask;
	struct sigaction old_child; /* what SIGCHLD did */
	pid_t pid;		    /* of the command, 0 is none */
	int status;		    /* as from waitpid(2), once has_ended */
	bool has_ended;
	uint32_t signal; /* the one that came, or 0 */
	int input;	 /* a descriptor that is waited for, too; -1: none */
};

enum job_event {
	JOB_TIME,
	JOB_SIGNAL,
	JOB_COMMAND_ENDED,
	JOB_INPUT, /* there is something to be read */
};

/* Those that end a measurement, but for those that we were told to ignore. */
void job_ending_signals(sigset_t *set);
bool job_is_ignored(int number);

/* From here on the signals are events, but for those that we were told to ignore, as
 * nohup(1) does; SIGUSR1 and SIGUSR2 are the command's, and do nothing here. 0 or -errno. */
int job_init(struct job *job);
/* Passes a signal that came on to the command, lets signals do what they did, and
 * waits for the command. */
void job_deinit(struct job *job);

/* Runs argv[0] of PATH, with the signals as a program expects them. 0 or -errno. */
int job_start(struct job *job, char **argv);

/* Ends one that still runs with SIGTERM, after some seconds with SIGKILL, and waits for it. */
void job_terminate(struct job *job);
/* Another one may be started now that the last one has ended. */
void job_again(struct job *job);

/* As if a command had run and ended with that exit status. */
void job_end(struct job *job, int status);

/* What a shell would have of the command that ended: its status, or 128 and the signal. */
int job_exit_status(const struct job *job);
/* ... of one that job_start could not run: 127 when it is not there, else 126. */
int job_start_status(int r);

/* Waits until CLOCK_MONOTONIC shows ns, or for an event before that. */
enum job_event job_wait(struct job *job, uint64_t until_ns);

#endif
