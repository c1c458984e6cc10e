/* SPDX-License-Identifier: MIT */
/*
 * Measures for some intervals, or while a command runs. Whatever ends it, the
 * registers it programmed are restored. Says what went wrong, and does not exit.
 */
#include "cli/intervals.h"

#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/hold.h"
#include "cli/job.h"
#include "cli/reach.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/number.h"

/* A measurement under way. */
struct measurement {
	const struct intervals *intervals;
	const struct cli *cli;
	const struct places *cpus;
	struct hold hold;
	struct readings readings;
	struct job job;
	FILE *out;
	struct view_verdict verdict;
	unsigned n_failures;
	uint64_t begin_ns, interval_begin_ns, last_read_ns;
	uint64_t n_done;   /* intervals */
	const char *doing; /* what a failure would be about, when not the daemon */
	int start_result;  /* of the command */
	bool is_over;	   /* interrupted, or the command ended */
};

static void show_progress(const struct measurement *measurement)
{
	const struct intervals *intervals = measurement->intervals;
	double seconds = clock_seconds(clock_now_ns() - measurement->interval_begin_ns);

	/* the terminal is the command's while it runs */
	if (intervals->stint->command || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[Kmeasuring: %.0f of %g s, interval %llu", seconds,
		intervals->stint->length_s, (unsigned long long)measurement->n_done + 1);
	if (intervals->stint->count)
		fprintf(stderr, " of %llu", (unsigned long long)intervals->stint->count);
}

static void clear_progress(const struct measurement *measurement)
{
	if (!measurement->intervals->stint->command && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static const struct table_column interval_columns[] = {
	{"INTERVAL", "interval", true},
	{"SECONDS", "seconds", true},
	{"COMMAND", "command", false},
};

static void add_command(struct table *table, const struct job *job)
{
	if (!job->has_ended)
		table_cell(table, "runs");
	else if (WIFSIGNALED(job->status))
		table_cell(table, "killed by signal %d", WTERMSIG(job->status));
	else
		table_cell(table, "exit status %d", WEXITSTATUS(job->status));
}

static struct table *make_interval(const struct measurement *measurement)
{
	size_t n_columns = measurement->intervals->stint->command ? 3 : 2;
	struct table *table =
		table_new("intervals", interval_columns, n_columns, measurement->cli->json);

	table_row(table);
	table_cell(table, "%llu", (unsigned long long)measurement->n_done + 1);
	table_cell(table, "%.3f",
		clock_seconds(measurement->last_read_ns - measurement->interval_begin_ns));
	if (measurement->intervals->stint->command)
		add_command(table, &measurement->job);
	return table;
}

/* Whoever does not look at the tables hears of it too, once. */
static void say_failures(struct measurement *measurement, const struct metrics *metrics)
{
	for (size_t i = 0; i < metrics->n_rows; i++) {
		const struct metrics_row *row = &metrics->rows[i];

		if (!row->has_failure)
			continue;
		measurement->n_failures++;
		if (measurement->n_done == 0)
			warnx("%s %u: %s",
				row->kind == SUBJECT_CPU ? "CPU" : subject_name(row->kind),
				row->number, row->cause);
	}
}

static int print_metrics(struct measurement *measurement, const struct metrics *metrics)
{
	const struct view *view = &measurement->intervals->view;
	struct table *tables[] = {
		make_interval(measurement),
		view_subjects(view, metrics, SUBJECT_CPU, &measurement->verdict),
		view_subjects(view, metrics, SUBJECT_SOCKET, &measurement->verdict),
	};
	size_t n_tables = N_ELEMENTS(tables);
	int r;

	clear_progress(measurement);
	say_failures(measurement, metrics);
	if (measurement->n_done > 0 && !view->json)
		fputc('\n', measurement->out);
	measurement->doing = "output";
	r = tables_print(tables, n_tables, measurement->out);
	for (size_t i = 0; i < n_tables; i++)
		table_free(tables[i]);
	return r;
}

static int print_interval(struct measurement *measurement)
{
	struct metrics metrics;
	int r = metrics_init(&metrics, &measurement->readings);

	if (r == 0)
		r = print_metrics(measurement, &metrics);
	metrics_deinit(&metrics);
	return r;
}

/* Says how the figures compare. False when they do not. */
static bool judge(const struct measurement *measurement)
{
	const struct view_verdict *verdict = &measurement->verdict;
	const struct intervals *intervals = measurement->intervals;

	if (!intervals->expect_path)
		return true;
	if (verdict->n_expected == 0) {
		warnx("%s expects nothing of what was measured", intervals->expect_path);
		return false;
	}
	if (verdict->n_deviating > 0) {
		warnx("%u of %u expected figures are not measured within %g %%",
			verdict->n_deviating, verdict->n_expected, intervals->view.tolerance);
		return false;
	}
	if (!measurement->cli->json)
		fprintf(measurement->out, "\nAll %u expected figures are measured within %g %%.\n",
			verdict->n_expected, intervals->view.tolerance);
	return true;
}

static int take_readings(struct measurement *measurement)
{
	int r = readings_take(&measurement->readings, measurement->hold.msrd);

	measurement->doing = NULL;
	measurement->last_read_ns = clock_now_ns();
	return r;
}

/* Absolute, so that the intervals do not drift. */
static uint64_t interval_end_ns(const struct measurement *measurement)
{
	double length_s = measurement->intervals->stint->length_s;

	if (length_s == 0)
		return UINT64_MAX;
	return measurement->begin_ns +
	       (uint64_t)(length_s * (double)CLOCK_SECOND_NS * (double)(measurement->n_done + 1));
}

static int wait_interval(struct measurement *measurement)
{
	uint64_t end_ns = interval_end_ns(measurement);
	uint64_t keep_up_ns = readings_keep_up_ns(&measurement->readings);

	while (clock_now_ns() < end_ns) {
		uint64_t step_ns = clock_now_ns() + CLOCK_SECOND_NS;

		if (job_wait(&measurement->job, step_ns < end_ns ? step_ns : end_ns) != JOB_TIME) {
			measurement->is_over = true;
			return 0;
		}
		if (clock_now_ns() < end_ns)
			show_progress(measurement);
		if (clock_now_ns() - measurement->last_read_ns > keep_up_ns) {
			int r = take_readings(measurement);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int measure_interval(struct measurement *measurement)
{
	int r = wait_interval(measurement);

	if (r == 0)
		r = take_readings(measurement);
	if (r == 0)
		r = plan_check(&measurement->hold.plan, measurement->hold.msrd);
	if (r == 0)
		r = print_interval(measurement);
	readings_restart(&measurement->readings);
	measurement->interval_begin_ns = measurement->last_read_ns;
	measurement->n_done++;
	return r;
}

static int start(struct measurement *measurement)
{
	int r = hold_program(
		&measurement->hold, measurement->cpus, measurement->intervals->stint->all_sockets);

	if (r == 0)
		r = readings_init(&measurement->readings, &measurement->hold.plan,
			stint_clock(measurement->intervals->stint));
	if (r == 0)
		r = take_readings(measurement);
	if (r == 0 && measurement->intervals->stint->command) {
		measurement->doing = measurement->intervals->stint->command[0];
		r = measurement->start_result =
			job_start(&measurement->job, measurement->intervals->stint->command);
	}
	measurement->begin_ns = measurement->interval_begin_ns = measurement->last_read_ns;
	return r;
}

static int measure_all(struct measurement *measurement)
{
	uint64_t count = measurement->intervals->stint->count;
	int r = start(measurement);

	while (r == 0 && !measurement->is_over && (count == 0 || measurement->n_done < count))
		r = measure_interval(measurement);
	return r;
}

static void say_failure(const struct measurement *measurement, int r)
{
	char text[MSRD_ERROR_SIZE];

	clear_progress(measurement);
	/* said already */
	if (r == -EBUSY)
		return;
	if (measurement->doing)
		warnx("%s: %s", measurement->doing, strerror(-r));
	else if (r == -ENOMEM || !*msrd_error(measurement->hold.msrd, text, sizeof text))
		warnx("%s", strerror(-r));
	else
		warnx("%s", text);
}

static bool run_measurement(struct measurement *measurement)
{
	bool is_interrupted;
	bool is_good;
	int r = measure_all(measurement);

	if (r < 0)
		say_failure(measurement, r);
	readings_deinit(&measurement->readings); /* whose daemon may become another now */
	is_good = hold_release(&measurement->hold) && r == 0;
	is_interrupted = measurement->job.signal != 0 && measurement->intervals->stint->count != 0;
	if (is_interrupted)
		warnx("interrupted by signal %u", measurement->job.signal);
	if (r == 0)
		is_good = judge(measurement) && is_good;
	return is_good && !is_interrupted && measurement->n_failures == 0;
}

/* The command's own failure says more than ours. */
static int exit_status(const struct measurement *measurement, bool is_good)
{
	int status = 0;

	if (measurement->intervals->stint->command && !measurement->intervals->stint->no_status) {
		if (measurement->start_result < 0)
			status = job_start_status(measurement->start_result);
		else if (measurement->job.has_ended)
			status = job_exit_status(&measurement->job);
	}
	if (status == 0 && !is_good)
		status = CLI_FAILED;
	return status;
}

/* One that reaches nothing has a cause that doctor may know. */
static void explain(const struct cli *cli, struct msrd *msrd, const struct places *cpus)
{
	int r = cpus->n > 0 ? reach_check(msrd, &cpus->list[0]) : 0;

	if (r > 0 && *cli_hint(r))
		doctor_explain(cli, r);
}

int intervals_run(const struct intervals *intervals, const struct cli *cli,
	const struct places *cpus, FILE *out)
{
	struct measurement measurement = {
		.intervals = intervals, .cli = cli, .cpus = cpus, .out = out};
	bool is_good = false;
	int r = job_init(&measurement.job);

	if (r < 0) {
		warnx("cannot wait for signals: %s", strerror(-r));
		return CLI_FAILED;
	}
	hold_init(&measurement.hold, cli, cli_open(cli), intervals->stint->wait_ms);
	if (measurement.hold.msrd)
		is_good = run_measurement(&measurement);
	if (measurement.hold.msrd && !is_good)
		explain(cli, measurement.hold.msrd, cpus);
	readings_deinit(&measurement.readings);
	msrd_close(measurement.hold.msrd);
	job_deinit(&measurement.job);
	plan_deinit(&measurement.hold.plan);
	return exit_status(&measurement, is_good);
}
