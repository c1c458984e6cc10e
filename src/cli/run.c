/* SPDX-License-Identifier: MIT */
/*
 * The order of a measurement. Whatever ends it, the registers that it programmed are restored. Says
 * what went wrong, and does not exit. Knows no counter.
 */
#include "cli/run.h"

#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/reach.h"
#include "util/clock.h"

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t to_ns(double seconds)
{
	return (uint64_t)(seconds * (double)CLOCK_SECOND_NS);
}

void run_show_progress(const struct run *run)
{
	const struct stint *stint = run->stint;

	/* the terminal is the command's while it runs */
	if (stint->command || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[Kmeasuring: %.0f s, interval %llu",
		clock_seconds(clock_now_ns() - run->begin_ns), (unsigned long long)run->n_done + 1);
	if (stint->count)
		fprintf(stderr, " of %llu", (unsigned long long)stint->count);
}

void run_clear_progress(const struct run *run)
{
	if (!run->stint->command && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* How long other ranks may run on when our command has failed: whoever started us may have to hear
 * of it to end them. Chosen, not tuned. */
#define PATIENCE_NS (5 * CLOCK_SECOND_NS)

static bool will_repeat(const struct run *run)
{
	return run->n_runs < run->stint->n_repeats;
}

/* Runs of fewer ranks have no mean with those of all. */
static bool can_repeat(const struct run *run)
{
	if (!will_repeat(run) || !run->muster)
		return will_repeat(run);
	return job_exit_status(&run->job) == 0 && muster_is_whole(run->muster);
}

/* Our command, and those of the ranks that we measure as well. */
static bool have_all_ended(struct run *run)
{
	if (!run->job.has_ended || !run->muster)
		return run->job.has_ended;
	if (will_repeat(run) ? muster_n_running(run->muster) == 0 : muster_close(run->muster))
		return true;
	if (run->patience_ns == 0 && job_exit_status(&run->job) != 0)
		run->patience_ns = clock_now_ns() + PATIENCE_NS;
	return false;
}

static bool has_no_patience(const struct run *run)
{
	if (run->patience_ns == 0 || clock_now_ns() < run->patience_ns)
		return false;
	warnx("rank %u has failed: %u more of this node that still run are measured no longer",
		run->muster->rank.number, muster_n_running(run->muster));
	return true;
}

static int take_input(struct run *run)
{
	return run->muster ? muster_take(run->muster) : run->way->take_input(run);
}

/* Until CLOCK_MONOTONIC shows ns; false: something ended it. */
static bool wait_until(struct run *run, uint64_t ns)
{
	while (!run->is_over) {
		enum job_event event;

		if (have_all_ended(run) || has_no_patience(run)) {
			run->is_over = true;
			break;
		}
		event = job_wait(&run->job, run->patience_ns ? min(ns, run->patience_ns) : ns);
		if (event == JOB_TIME && clock_now_ns() >= ns)
			break;
		if (event == JOB_INPUT)
			run->input_result = take_input(run);
		run->is_over = event == JOB_SIGNAL || run->input_result < 0;
	}
	return !run->is_over;
}

static int start_command(struct run *run)
{
	if (!run->stint->command)
		return 0;
	if (run->way->offer && run->way->offer(run) < 0) {
		run->has_said = true;
		return -ECANCELED;
	}
	run->n_runs++;
	run->start_result = job_start(&run->job, run->stint->command);
	if (run->start_result == 0)
		return 0;
	warnx("%s: %s", run->stint->command[0], strerror(-run->start_result));
	/* the others' may have been started */
	if (run->muster) {
		job_end(&run->job, job_start_status(run->start_result));
		return 0;
	}
	run->has_said = true;
	return run->start_result;
}

/* All others of this node, but not for ever for one that does not come. */
static int wait_for_ranks(struct run *run)
{
	uint64_t until_ns = clock_now_ns() + run->stint->wait_ms * UINT64_C(1000000);
	struct muster *muster = run->muster;

	while (!muster->has_begun && !muster_is_complete(muster)) {
		enum job_event event = job_wait(&run->job, until_ns);
		int r = event == JOB_INPUT ? muster_take(muster) : 0;

		if (r < 0)
			return r;
		if (event == JOB_SIGNAL) {
			run->is_over = run->has_said = true;
			return -EINTR;
		}
		if (event != JOB_TIME)
			continue;
		warnx("%u of the %u ranks of this node have come within %g s: the others are "
		      "measured from when they come",
			muster->n_come + 1, muster->rank.local_size, run->stint->wait_ms / 1e3);
		break;
	}
	return 0;
}

/* The reading that begins the first interval of a run of COMMAND. */
static int begin_readings(struct run *run)
{
	int r = run->way->read(run);

	run->way->discard(run);
	run->begin_ns = clock_now_ns();
	return r;
}

/* COMMAND starts behind the first reading, unless it is to be left alone for a while. */
static int begin(struct run *run)
{
	bool is_delayed = run->stint->delay_s > 0;
	int r = is_delayed ? 0 : begin_readings(run);

	if (r == 0 && run->muster)
		muster_go(run->muster);
	if (r == 0 && is_delayed)
		r = start_command(run);
	if (r == 0 && is_delayed && wait_until(run, clock_now_ns() + to_ns(run->stint->delay_s)))
		r = begin_readings(run);
	else if (r == 0 && is_delayed && run->job.has_ended)
		warnx("%s ended within the delay of %g s: nothing was measured",
			run->stint->command[0], run->stint->delay_s);
	else if (r == 0 && !is_delayed)
		r = start_command(run);
	return r;
}

static uint64_t deadline_ns(const struct run *run)
{
	return run->stint->timeout_s > 0 ? run->begin_ns + to_ns(run->stint->timeout_s)
					 : UINT64_MAX;
}

/* Absolute, so that the intervals do not drift. */
static uint64_t interval_end_ns(const struct run *run)
{
	double length_s = run->stint->length_s;
	uint64_t end_ns = UINT64_MAX;

	if (length_s > 0)
		end_ns = run->begin_ns + to_ns(length_s * (double)(run->n_done + 1));
	return min(end_ns, deadline_ns(run));
}

static int wait_interval(struct run *run)
{
	uint64_t end_ns = interval_end_ns(run), stepped_ns = clock_now_ns();
	uint64_t step_ns = run->way->step_ns(run);
	int r = 0;

	while (r == 0 && clock_now_ns() < end_ns) {
		uint64_t next_ns = min(clock_now_ns() + CLOCK_SECOND_NS, stepped_ns + step_ns);

		if (!wait_until(run, min(next_ns, end_ns)))
			break;
		if (clock_now_ns() >= end_ns)
			break;
		run_show_progress(run);
		if (clock_now_ns() < stepped_ns + step_ns)
			continue;
		r = run->way->step(run);
		stepped_ns = clock_now_ns();
	}
	return r < 0 ? r : run->input_result;
}

static void set_moment(struct moment *moment, uint64_t ns)
{
	struct timespec now;
	uint64_t wall_ns, ours_ns = clock_now_ns();

	clock_gettime(CLOCK_REALTIME, &now);
	wall_ns = (uint64_t)now.tv_sec * CLOCK_SECOND_NS + (uint64_t)now.tv_nsec;
	/* a node's own time says nothing of ours */
	if (ns <= ours_ns && ours_ns - ns < wall_ns)
		wall_ns -= ours_ns - ns;
	*moment = (struct moment){ns, wall_ns};
}

static void set_command(struct run *run)
{
	const struct job *job = &run->job;
	struct interval *interval = &run->interval;

	interval->has_command = run->stint->command != NULL;
	if (!job->has_ended)
		snprintf(interval->command, sizeof interval->command, "runs");
	else if (WIFSIGNALED(job->status))
		snprintf(interval->command, sizeof interval->command, "killed by signal %d",
			WTERMSIG(job->status));
	else
		snprintf(interval->command, sizeof interval->command, "exit status %d",
			WEXITSTATUS(job->status));
}

/* Whose it is. */
static void set_node(const struct run *run, struct interval *interval)
{
	const struct output *output = run->output;

	interval->node = output->node;
	interval->model = run->cli->node.arch->name;
	interval->ranks = output->ranks;
	interval->job_ranks = output->job_ranks;
}

/* Those that have been measured, and not all that the launcher has started. */
static void set_ranks(struct run *run)
{
	if (run->muster)
		run->output->ranks = run->muster->n_started + 1;
}

/* What time it was when the interval began, and when it ended. */
static void set_interval(struct run *run)
{
	uint64_t begin_ns, end_ns;

	run->way->span(run, &begin_ns, &end_ns);
	run->interval.kind = INTERVAL_ONE;
	run->interval.number = run->n_done + 1;
	if (run->n_done > 0 && begin_ns == run->interval.end.ns)
		run->interval.begin = run->interval.end;
	else
		set_moment(&run->interval.begin, begin_ns);
	set_moment(&run->interval.end, end_ns);
	set_command(run);
	if (run->n_done == 0)
		run->whole.begin = run->interval.begin;
	run->whole = (struct interval){.kind = INTERVAL_TOTAL,
		.begin = run->whole.begin,
		.end = run->interval.end,
		.has_command = run->interval.has_command};
	set_ranks(run);
	set_node(run, &run->interval);
	set_node(run, &run->whole);
	memcpy(run->whole.command, run->interval.command, sizeof run->whole.command);
}

static bool is_last(const struct run *run)
{
	const struct stint *stint = run->stint;

	if (run->job.signal || (stint->n_repeats == 0 && run->is_over))
		return true;
	return stint->n_repeats > 0 ? !can_repeat(run)
				    : stint->count > 0 && run->n_done + 1 == stint->count;
}

static int measure_interval(struct run *run)
{
	int r = wait_interval(run);

	if (r == 0)
		r = run->way->read(run);
	if (r == 0)
		r = run->way->check(run);
	if (r < 0)
		return r;
	if (!run->is_over && clock_now_ns() >= deadline_ns(run)) {
		run->is_over = run->has_timed_out = true;
		if (run->muster)
			muster_dismiss(run->muster, MUSTER_END, 0);
		job_terminate(&run->job);
	}
	set_interval(run);
	r = run_report(run, is_last(run));
	if (r < 0)
		run->has_said = true;
	run->way->restart(run);
	run->n_done++;
	return r;
}

/* Of a run of COMMAND that is over. */
static void take_status(struct run *run)
{
	int status = run->job.has_ended ? job_exit_status(&run->job) : 0;

	if (status != 0 && run->stint->n_repeats > 0)
		warnx("run %llu of %llu: %s", (unsigned long long)run->n_runs,
			(unsigned long long)run->stint->n_repeats, run->interval.command);
	if (run->status == 0)
		run->status = status;
}

static int measure_once(struct run *run)
{
	uint64_t count = run->stint->count, n_before = run->n_done;
	int r = run->muster ? wait_for_ranks(run) : 0;

	run->patience_ns = 0;
	if (r == 0)
		r = begin(run);
	while (r == 0 && !run->is_over && (count == 0 || run->n_done < n_before + count))
		r = measure_interval(run);
	set_command(run);
	take_status(run);
	return r;
}

static int measure(struct run *run)
{
	int r = run->way->program(run);

	do {
		run->is_over = false;
		job_again(&run->job);
		if (r == 0)
			r = measure_once(run);
	} while (r == 0 && !run->job.signal && can_repeat(run));
	if (r == 0 && !run->job.signal && will_repeat(run)) {
		warnx("run %llu of %llu was the last: a rank of this node has failed in it, or is "
		      "not there for another one",
			(unsigned long long)run->n_runs, (unsigned long long)run->stint->n_repeats);
		run->n_failures++;
	}
	if (r == 0 && run->n_done > 0) {
		r = run_report_end(run);
		run->has_said = r < 0;
	}
	return r;
}

static void say_failure(struct run *run, int r)
{
	char text[MSRD_ERROR_SIZE];

	run_clear_progress(run);
	if (r == -EBUSY || run->is_usage || run->has_said)
		return;
	if (r == -ENOMEM || !*msrd_error(run->hold.msrd, text, sizeof text))
		warnx("%s", strerror(-r));
	else
		warnx("%s", text);
}

static bool run_measurement(struct run *run)
{
	int r = measure(run);
	bool is_good, is_interrupted;

	if (r < 0)
		say_failure(run, r);
	is_interrupted = run->job.signal != 0 && run->stint->count != 0;
	if (is_interrupted)
		warnx("interrupted by signal %u", run->job.signal);
	is_good = r == 0 && run->way->judge(run);
	return is_good && !is_interrupted && run->n_failures == 0 && run->n_done > 0;
}

/* The command's own failure says more than ours. */
static int exit_status(const struct run *run, bool is_good)
{
	int status = 0;

	if (run->is_usage)
		return CLI_USAGE;
	if (run->stint->command && !run->stint->no_status) {
		if (run->start_result < 0)
			status = job_start_status(run->start_result);
		else if (run->status)
			status = run->status;
		/* it may have outlasted the intervals */
		else if (run->job.has_ended)
			status = job_exit_status(&run->job);
	}
	return status == 0 && !is_good ? CLI_FAILED : status;
}

/* One that reaches nothing has a cause that doctor may know. */
static void explain(const struct run *run)
{
	int r = run->cpus->n > 0 ? reach_check(run->hold.msrd, &run->cpus->list[0]) : 0;

	if (r > 0 && *cli_hint(r))
		doctor_explain(run->cli, r);
}

/* Before our COMMAND is waited for: it may wait for that of a rank which comes only now. */
static void dismiss_ranks(struct run *run)
{
	if (!run->muster || !run->muster->has_begun)
		return;
	if (run->muster->n_killed > 0)
		warnx("other ranks of this node were killed (%u): what their programs did since is "
		      "not measured",
			run->muster->n_killed);
	muster_dismiss(run->muster, MUSTER_OVER, 0);
}

int run_all(struct run *run)
{
	bool is_good = false;
	int r = job_init(&run->job);

	if (r < 0) {
		warnx("cannot wait for signals: %s", strerror(-r));
		return CLI_FAILED;
	}
	if (run->muster)
		run->job.input = run->muster->events;
	hold_init(&run->hold, run->cli, cli_open(run->cli), run->stint->wait_ms);
	if (run->hold.msrd)
		is_good = run_measurement(run);
	dismiss_ranks(run);
	/* its batches are of this daemon, and the one that puts back may be another */
	run->way->deinit(run);
	if (run->hold.msrd)
		is_good = hold_release(&run->hold) && is_good;
	if (run->hold.msrd && !is_good && !run->is_usage)
		explain(run);
	msrd_close(run->hold.msrd);
	job_deinit(&run->job);
	plan_deinit(&run->hold.plan);
	repeats_deinit(&run->repeats);
	return exit_status(run, is_good);
}
