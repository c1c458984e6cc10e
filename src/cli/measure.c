/* SPDX-License-Identifier: MIT */
/*
 * Measures for some intervals, or while a command runs. Whatever ends it, the
 * registers it programmed are restored.
 */
#include "cli/measure.h"

#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"
#include "cli/job.h"
#include "cli/report.h"

/* The energy counters wrap after 65536 J: in minutes. No counter may wrap unseen. */
#define KEEP_UP_NS (30 * CLOCK_SECOND_NS)

/* A measurement under way. */
struct run {
	const struct measure *measure;
	const struct cli *cli;
	const struct expect *expect;
	struct msrd *msrd;
	struct meter meter;
	struct job job;
	FILE *out;
	struct report_verdict verdict;
	uint64_t begin_ns, interval_begin_ns, last_read_ns;
	uint64_t n_done;   /* intervals */
	const char *doing; /* what a failure would be about, when not the daemon */
	bool is_over;	   /* interrupted, or the command ended */
};

/* -- what is printed ----------------------------------------------------- */

static void show_progress(const struct run *run)
{
	const struct measure *measure = run->measure;
	double seconds = (double)(clock_now_ns() - run->interval_begin_ns) / 1e9;

	/* the terminal is the command's while it runs */
	if (measure->command || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[Kmeasuring: %.0f of %g s, interval %llu", seconds,
		measure->interval_s, (unsigned long long)run->n_done + 1);
	if (measure->count)
		fprintf(stderr, " of %llu", (unsigned long long)measure->count);
}

static void clear_progress(const struct run *run)
{
	if (!run->measure->command && isatty(STDERR_FILENO))
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

static struct table *make_interval(const struct run *run)
{
	size_t n_columns = run->measure->command ? 3 : 2;
	struct table *table = table_new("intervals", interval_columns, n_columns, run->cli->json);

	table_row(table);
	table_cell(table, "%llu", (unsigned long long)run->n_done + 1);
	table_cell(table, "%.3f", (double)(run->last_read_ns - run->interval_begin_ns) / 1e9);
	if (run->measure->command)
		add_command(table, &run->job);
	return table;
}

static int print_interval(struct run *run)
{
	const struct report_options report = {
		.expect = run->measure->expect_path ? run->expect : NULL,
		.tolerance = run->measure->tolerance,
		.json = run->cli->json,
	};
	struct table *tables[] = {
		make_interval(run),
		report_scope(&run->meter, SAMPLE_CPU, &report, &run->verdict),
		report_scope(&run->meter, SAMPLE_SOCKET, &report, &run->verdict),
	};
	size_t n_tables = sizeof tables / sizeof tables[0];
	int r;

	clear_progress(run);
	if (run->n_done > 0 && !report.json)
		fputc('\n', run->out);
	run->doing = "output";
	r = tables_print(tables, n_tables, run->out);
	for (size_t i = 0; i < n_tables; i++)
		table_free(tables[i]);
	return r;
}

/* Says how the figures compare. False when they do not. */
static bool judge(const struct run *run)
{
	const struct report_verdict *verdict = &run->verdict;
	const struct measure *measure = run->measure;

	if (!measure->expect_path)
		return true;
	if (verdict->n_expected == 0) {
		warnx("%s expects nothing of what was measured", measure->expect_path);
		return false;
	}
	if (verdict->n_deviating > 0) {
		warnx("%u of %u expected figures are not measured within %g %%",
			verdict->n_deviating, verdict->n_expected, measure->tolerance);
		return false;
	}
	if (!run->cli->json)
		fprintf(run->out, "\nAll %u expected figures are measured within %g %%.\n",
			verdict->n_expected, measure->tolerance);
	return true;
}

/* -- measuring ----------------------------------------------------------- */

static int read_meter(struct run *run)
{
	int r = meter_read(&run->meter, run->msrd);

	run->doing = NULL;
	run->last_read_ns = clock_now_ns();
	return r;
}

/* Absolute, so that the intervals do not drift. */
static uint64_t interval_end_ns(const struct run *run)
{
	double interval_s = run->measure->interval_s;

	if (interval_s == 0)
		return UINT64_MAX;
	return run->begin_ns + (uint64_t)(interval_s * 1e9 * (double)(run->n_done + 1));
}

static int wait_interval(struct run *run)
{
	uint64_t end_ns = interval_end_ns(run);

	while (clock_now_ns() < end_ns) {
		uint64_t step_ns = clock_now_ns() + CLOCK_SECOND_NS;

		if (job_wait(&run->job, step_ns < end_ns ? step_ns : end_ns) != JOB_TIME) {
			run->is_over = true;
			return 0;
		}
		if (clock_now_ns() < end_ns)
			show_progress(run);
		if (clock_now_ns() - run->last_read_ns > KEEP_UP_NS) {
			int r = read_meter(run);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int measure_interval(struct run *run)
{
	int r = wait_interval(run);

	if (r == 0)
		r = read_meter(run);
	if (r == 0)
		r = print_interval(run);
	meter_restart(&run->meter);
	run->interval_begin_ns = run->last_read_ns;
	run->n_done++;
	return r;
}

static int start(struct run *run, const struct target_list *cpus)
{
	int r = meter_start(&run->meter, run->msrd, &run->cli->node, cpus);

	if (r == 0)
		r = read_meter(run);
	if (r == 0 && run->measure->command) {
		run->doing = run->measure->command[0];
		r = job_start(&run->job, run->measure->command);
	}
	run->begin_ns = run->interval_begin_ns = run->last_read_ns;
	return r;
}

static int measure_all(struct run *run, const struct target_list *cpus)
{
	uint64_t count = run->measure->count;
	int r = start(run, cpus);

	while (r == 0 && !run->is_over && (count == 0 || run->n_done < count))
		r = measure_interval(run);
	return r;
}

/* If the daemon was lost on the way, another one puts back the rest. */
static bool restore(struct run *run)
{
	struct journal *journal = &run->meter.journal;
	char text[MSRD_ERROR_SIZE];
	unsigned n_failed = 0;
	int r = journal_restore(journal, run->msrd, &n_failed, text, sizeof text);

	if (r < 0) {
		run->msrd = msrd_close(run->msrd);
		run->msrd = cli_open(run->cli);
		if (run->msrd)
			r = journal_restore(journal, run->msrd, &n_failed, text, sizeof text);
	}
	if (r < 0)
		warnx("%zu registers are left as they were programmed: no daemon",
			journal->n_entries);
	if (n_failed > 0)
		warnx("%u registers could not be restored, the first: %s", n_failed, text);
	return r == 0 && n_failed == 0;
}

static void say_failure(const struct run *run, int r)
{
	char text[MSRD_ERROR_SIZE];

	clear_progress(run);
	if (run->doing)
		warnx("%s: %s", run->doing, strerror(-r));
	else if (r == -ENOMEM)
		warnx("out of memory");
	else
		warnx("%s", msrd_error(run->msrd, text, sizeof text));
}

static enum cli_status run_measurement(struct run *run, const struct target_list *cpus)
{
	bool is_interrupted;
	bool is_good;
	int r = measure_all(run, cpus);

	if (r < 0)
		say_failure(run, r);
	is_good = restore(run) && r == 0;
	is_interrupted = run->job.signal != 0 && run->measure->count != 0;
	if (is_interrupted)
		warnx("interrupted by signal %u", run->job.signal);
	if (r == 0)
		is_good = judge(run) && is_good;
	return is_good && !is_interrupted && run->verdict.n_failures == 0 ? CLI_DONE : CLI_FAILED;
}

enum cli_status measure_run(const struct measure *measure, const struct cli *cli,
	const struct target_list *cpus, const struct expect *expect, FILE *out)
{
	struct run run = {.measure = measure, .cli = cli, .expect = expect, .out = out};
	enum cli_status status = CLI_FAILED;
	int r = job_init(&run.job);

	if (r < 0) {
		warnx("cannot wait for signals: %s", strerror(-r));
		return CLI_FAILED;
	}
	run.msrd = cli_open(cli);
	if (run.msrd)
		status = run_measurement(&run, cpus);
	msrd_close(run.msrd);
	job_deinit(&run.job);
	meter_deinit(&run.meter);
	return status;
}
