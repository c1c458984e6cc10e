/* SPDX-License-Identifier: MIT */
/*
 * Counts events for some intervals, or while a command runs; where they take
 * turns, it changes them. Whatever ends it, the registers it programmed are
 * restored. Says what went wrong, and does not exit.
 */
#include "cli/counting.h"

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

/* A run under way. */
struct run {
	const struct counting *counting;
	const struct cli *cli;
	const struct places *cpus;
	FILE *out;
	struct hold hold;
	struct count count;
	struct topology topology;
	struct show_groups groups;
	struct job job;
	uint64_t begin_ns; /* ours, of the first interval */
	uint64_t n_done;
	unsigned n_failures;
	int start_result; /* of the command */
	bool is_over;	  /* interrupted, or the command ended */
	bool is_usage;	  /* the events do not fit, and may not take turns */
};

static int start(struct run *run)
{
	int r = topology_init(&run->topology, &run->cli->node);

	if (r == 0)
		r = counting_program(run->counting, &run->hold, &run->topology, run->cpus,
			&run->count, &run->is_usage);
	if (r == 0)
		counting_constants(run->counting, &run->hold, &run->cpus->list[0], &run->groups);
	if (r == 0)
		r = count_read(&run->count, run->hold.msrd);
	run->begin_ns = clock_now_ns();
	if (r == 0 && run->counting->stint->command) {
		r = run->start_result = job_start(&run->job, run->counting->stint->command);
		if (r < 0)
			warnx("%s: %s", run->counting->stint->command[0], strerror(-r));
	}
	return r;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void show_progress(const struct run *run)
{
	const struct counting *counting = run->counting;

	/* the terminal is the command's while it runs */
	if (counting->stint->command || counting->stint->length_s < 2 || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[Kcounting: %.0f s, interval %llu",
		clock_seconds(clock_now_ns() - run->begin_ns), (unsigned long long)run->n_done + 1);
	if (counting->stint->count)
		fprintf(stderr, " of %llu", (unsigned long long)counting->stint->count);
}

static void clear_progress(const struct run *run)
{
	if (!run->counting->stint->command && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* How long until something is to be done that is not the interval's end. */
static uint64_t step_ns(const struct run *run)
{
	if (run->count.n_sets > 1)
		return (uint64_t)(run->counting->turn_s * (double)CLOCK_SECOND_NS);
	return CLOCK_SECOND_NS;
}

static int wait_interval(struct run *run)
{
	double length_s = run->counting->stint->length_s;
	uint64_t end_ns = UINT64_MAX, turn_ns = clock_now_ns();
	int r = 0;

	/* absolute, so that the intervals do not drift */
	if (length_s > 0)
		end_ns = run->begin_ns +
			 (uint64_t)(length_s * (double)CLOCK_SECOND_NS * (double)(run->n_done + 1));
	while (r == 0 && clock_now_ns() < end_ns) {
		uint64_t next_ns = min(end_ns, clock_now_ns() + step_ns(run));

		if (job_wait(&run->job, next_ns) != JOB_TIME) {
			run->is_over = true;
			break;
		}
		if (next_ns == end_ns)
			break;
		show_progress(run);
		if (run->count.n_sets > 1 || clock_now_ns() - turn_ns > COUNT_KEEP_UP_NS) {
			r = count_rotate(&run->count, run->hold.msrd);
			turn_ns = clock_now_ns();
		}
	}
	return r < 0 ? r : count_read(&run->count, run->hold.msrd);
}

static const struct table_column interval_columns[] = {
	{"INTERVAL", "interval", true},
	{"SECONDS", "seconds", true},
	{"COMMAND", "command", false},
};

static struct table *make_interval(const struct run *run)
{
	const struct job *job = &run->job;
	size_t n_columns = run->counting->stint->command ? 3 : 2;
	struct table *table = table_new("intervals", interval_columns, n_columns, run->cli->json);

	table_row(table);
	table_cell(table, "%llu", (unsigned long long)run->n_done + 1);
	table_cell(table, "%.3f", count_seconds(&run->count));
	if (!run->counting->stint->command)
		return table;
	if (!job->has_ended)
		table_cell(table, "runs");
	else if (WIFSIGNALED(job->status))
		table_cell(table, "killed by signal %d", WTERMSIG(job->status));
	else
		table_cell(table, "exit status %d", WEXITSTATUS(job->status));
	return table;
}

/* Whoever does not look at the tables hears of it too, once. */
static void say_failures(struct run *run)
{
	const char *said = "";

	for (size_t i = 0; i < run->count.n_devices; i++) {
		const struct count_device *device = &run->count.devices[i];
		struct sum_place place = sum_place_of(&run->topology, device, SUM_BOX);
		char text[SUM_PLACE_SIZE];

		for (size_t j = 0; j < device->n_slots; j++) {
			const struct cause *cause = &device->slots[j].cause;

			if (!cause->text[0] || cause->is_absence)
				continue;
			run->n_failures++;
			if (run->n_done == 0 && strcmp(said, cause->text) != 0)
				warnx("%s: %s", sum_place_text(&place, text), cause->text);
			said = cause->text;
		}
	}
}

static int print_tables(struct run *run, struct table **tables)
{
	const struct counting *counting = run->counting;
	size_t n = 0;
	int r;

	tables[n++] = make_interval(run);
	if (counting->n_events > 0) {
		tables[n] = show_events(
			&counting->show, &run->count, &run->topology, counting->n_events);
		if (!tables[n++])
			return -ENOMEM;
	}
	if (counting->n_groups > 0)
		n += show_group_tables(
			&counting->show, &run->groups, &run->count, &run->topology, &tables[n]);
	r = tables_print(tables, n, run->out);
	for (size_t i = 0; i < n; i++)
		table_free(tables[i]);
	return r;
}

static int print_interval(struct run *run)
{
	struct table **tables = calloc(3 + 2 * run->counting->n_groups, sizeof *tables);
	int r;

	clear_progress(run);
	say_failures(run);
	if (run->n_done > 0 && !run->cli->json)
		fputc('\n', run->out);
	r = tables ? print_tables(run, tables) : -ENOMEM;
	if (r < 0)
		warnx("output: %s", strerror(-r));
	free(tables);
	return r;
}

static int count_all(struct run *run)
{
	uint64_t count = run->counting->stint->count;
	int r = start(run);

	while (r == 0 && !run->is_over && (count == 0 || run->n_done < count)) {
		r = wait_interval(run);
		if (r == 0)
			r = count_check(&run->count, run->hold.msrd);
		if (r == 0)
			r = print_interval(run);
		count_restart(&run->count);
		run->n_done++;
	}
	return r;
}

static void say_failure(const struct run *run, int r)
{
	char text[MSRD_ERROR_SIZE];

	clear_progress(run);
	/* said already */
	if (r == -EBUSY || run->is_usage || run->start_result < 0)
		return;
	if (r == -ENOMEM || !*msrd_error(run->hold.msrd, text, sizeof text))
		warnx("%s", strerror(-r));
	else
		warnx("%s", text);
}

static bool run_all(struct run *run)
{
	int r = count_all(run);
	bool is_good, is_interrupted;

	if (r < 0)
		say_failure(run, r);
	is_good = hold_release(&run->hold) && r == 0;
	is_interrupted = run->job.signal != 0 && run->counting->stint->count != 0;
	if (is_interrupted)
		warnx("interrupted by signal %u", run->job.signal);
	return is_good && !is_interrupted && run->n_failures == 0;
}

/* The command's own failure says more than ours. */
static int exit_status(const struct run *run, bool is_good)
{
	int status = 0;

	if (run->is_usage)
		return CLI_USAGE;
	if (run->counting->stint->command && !run->counting->stint->no_status) {
		if (run->start_result < 0)
			status = job_start_status(run->start_result);
		else if (run->job.has_ended)
			status = job_exit_status(&run->job);
	}
	return status == 0 && !is_good ? CLI_FAILED : status;
}

/* One that reaches nothing has a cause that doctor may know. */
static void explain(const struct cli *cli, struct msrd *msrd, const struct places *cpus)
{
	int r = cpus->n > 0 ? reach_check(msrd, &cpus->list[0]) : 0;

	if (r > 0 && *cli_hint(r))
		doctor_explain(cli, r);
}

int counting_run(const struct counting *counting, const struct cli *cli, const struct places *cpus,
	FILE *out)
{
	struct run run = {.counting = counting, .cli = cli, .cpus = cpus, .out = out};
	bool is_good = false;
	int r = job_init(&run.job);

	if (r < 0) {
		warnx("cannot wait for signals: %s", strerror(-r));
		return CLI_FAILED;
	}
	hold_init(&run.hold, cli, cli_open(cli), counting->stint->wait_ms);
	if (run.hold.msrd)
		is_good = run_all(&run);
	if (run.hold.msrd && !is_good && !run.is_usage)
		explain(cli, run.hold.msrd, cpus);
	msrd_close(run.hold.msrd);
	job_deinit(&run.job);
	count_deinit(&run.count);
	topology_deinit(&run.topology);
	plan_deinit(&run.hold.plan);
	return exit_status(&run, is_good);
}
