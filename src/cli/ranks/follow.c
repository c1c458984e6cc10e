/* SPDX-License-Identifier: MIT */
/* Whatever becomes of who measures, the command is run as it would be alone, and ends as itself. */
#include "cli/ranks/follow.h"

#include <err.h>
#include <errno.h>
#include <string.h>

#include "cli/job.h"

#define FAILED 1

/* Until it may start. False: it may not, and status or is_again says what then. */
static bool wait_for_go(struct follow *follow, struct job *job)
{
	bool is_later = false;

	job->input = follow->muster->leader;
	for (;;) {
		enum muster_word word;

		if (job_wait(job, UINT64_MAX) == JOB_SIGNAL) {
			warnx("interrupted by signal %u", job->signal);
			follow->status = FAILED;
			return false;
		}
		word = muster_hear(follow->muster);
		if (word == MUSTER_GO)
			return true;
		is_later = is_later || word == MUSTER_LATER;
		if (word == MUSTER_FAILED || word == MUSTER_OVER || word == MUSTER_END) {
			follow->status = word == MUSTER_FAILED ? follow->muster->status : FAILED;
			return false;
		}
		if (word != MUSTER_LOST)
			continue;
		follow->is_again = true;
		muster_count_lost(follow->muster, !is_later);
		return false;
	}
}

/* False: nobody measures any more. */
static bool take_word(struct follow *follow, struct job *job)
{
	enum muster_word word = muster_hear(follow->muster);

	if (word == MUSTER_NOTHING)
		return true;
	if (word == MUSTER_LOST)
		warnx("the rank that measured this node was killed: of rank %u nothing is shown",
			follow->muster->rank.number);
	if (word == MUSTER_END)
		job_terminate(job);
	return false;
}

static void wait_for_command(struct follow *follow, struct job *job)
{
	while (!job->has_ended) {
		enum job_event event = job_wait(job, UINT64_MAX);

		/* job_deinit passes it on, and waits */
		if (event == JOB_SIGNAL)
			return;
		if (event == JOB_INPUT && !take_word(follow, job))
			job->input = -1;
	}
}

static void run_command(struct follow *follow, struct job *job)
{
	int r = job_start(job, follow->command);

	if (r < 0) {
		warnx("%s: %s", follow->command[0], strerror(-r));
		follow->status = job_start_status(r);
		return;
	}
	wait_for_command(follow, job);
}

static void run_all(struct follow *follow, struct job *job)
{
	uint64_t n = 0;

	do {
		job_again(job);
		if (!wait_for_go(follow, job))
			return;
		if (n == 0 && follow->muster->differs)
			warnx("rank %u was given other options than the rank that measures this "
			      "node: what that one was given is measured",
				follow->muster->rank.number);
		/* without one there is nothing to be done but not to measure */
		if (!follow->command)
			return;
		run_command(follow, job);
		/* who waits for it to fail need not wait for the others */
		if (follow->status || job->signal || job_exit_status(job) || job->input < 0)
			return;
		muster_done(follow->muster);
	} while (++n < follow->n_repeats);
}

void follow_run(struct follow *follow)
{
	struct job job;
	int r = job_init(&job);

	follow->is_again = false;
	follow->status = 0;
	if (r < 0) {
		warnx("cannot wait for signals: %s", strerror(-r));
		follow->status = FAILED;
		return;
	}
	run_all(follow, &job);
	job_deinit(&job);
	muster_say_goodbye(follow->muster);
	if (job.has_ended && !follow->no_status)
		follow->status = job_exit_status(&job);
	else if (job.has_ended)
		follow->status = 0;
}
