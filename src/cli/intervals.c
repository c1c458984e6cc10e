/* SPDX-License-Identifier: MIT */
/* The default figures as a way to measure: plan, readings and metrics in their order. */
#include "cli/intervals.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>

static int program(struct run *run)
{
	struct intervals *intervals = run->context;
	int r = hold_program(&run->hold, run->cpus, run->stint->all_sockets);

	intervals->view.arch = run->cli->node.arch;
	if (r == 0 && intervals->level != SUM_DEFAULT)
		r = topology_init(&intervals->topology, &run->cli->node);
	if (r == 0)
		r = readings_init(&intervals->readings, &run->hold.plan, stint_clock(run->stint));
	return r;
}

static int take(struct run *run)
{
	struct intervals *intervals = run->context;

	return readings_take(&intervals->readings, run->hold.msrd);
}

static void discard(struct run *run)
{
	struct intervals *intervals = run->context;

	readings_discard(&intervals->readings);
}

static uint64_t step_ns(const struct run *run)
{
	const struct intervals *intervals = run->context;

	return readings_keep_up_ns(&intervals->readings);
}

static int get_metrics(
	const struct intervals *intervals, enum run_part part, struct metrics *metrics)
{
	struct readings whole = {0};
	int r;

	*metrics = (struct metrics){0};
	if (part == RUN_INTERVAL)
		return metrics_init(metrics, &intervals->readings);
	r = readings_whole(&intervals->readings, &whole);
	if (r == 0)
		r = metrics_init(metrics, &whole);
	free(whole.list);
	return r;
}

static int check(struct run *run)
{
	struct intervals *intervals = run->context;
	struct metrics metrics;
	int r = plan_check(&run->hold.plan, run->hold.msrd);

	if (r < 0 || !intervals->view.expected)
		return r;
	r = get_metrics(intervals, RUN_INTERVAL, &metrics);
	if (r == 0)
		view_judge(&intervals->view, &metrics, &intervals->verdict);
	metrics_deinit(&metrics);
	return r;
}

static void restart(struct run *run)
{
	struct intervals *intervals = run->context;

	readings_restart(&intervals->readings);
}

static void span(const struct run *run, uint64_t *begin_ns, uint64_t *end_ns)
{
	const struct intervals *intervals = run->context;

	*begin_ns = intervals->readings.begin_ns;
	*end_ns = intervals->readings.taken_ns;
}

/* Of each CPU and socket. */
static int add_singles(
	const struct intervals *intervals, enum run_part part, struct records *records)
{
	struct metrics metrics;
	int r = get_metrics(intervals, part, &metrics);

	if (r == 0)
		r = view_records(&intervals->view, &metrics, records);
	metrics_deinit(&metrics);
	return r;
}

static int add_records(struct run *run, enum run_part part, struct records *records)
{
	const struct intervals *intervals = run->context;
	struct records singles = {0};
	int r;

	if (intervals->level == SUM_DEFAULT)
		return add_singles(intervals, part, records);
	r = add_singles(intervals, part, &singles);
	if (r == 0)
		r = levels_add_up(&intervals->topology, intervals->level, &singles, records);
	records_deinit(&singles);
	return r;
}

static int add_level_table(struct run *run, enum run_part part, struct table **tables, size_t *n)
{
	bool is_whole = part == RUN_WHOLE;
	struct records records = {0};
	int r = add_records(run, part, &records);

	if (r == 0)
		tables[(*n)++] =
			levels_table(&records, is_whole, is_whole ? &run->whole : &run->interval,
				run->output->format == OUTPUT_JSON);
	records_deinit(&records);
	return r;
}

static int add_tables(struct run *run, enum run_part part, struct table **tables, size_t *n)
{
	const struct intervals *intervals = run->context;
	struct metrics metrics;
	int r;

	if (intervals->level != SUM_DEFAULT)
		return add_level_table(run, part, tables, n);
	r = get_metrics(intervals, part, &metrics);
	for (unsigned i = 0; r == 0 && i < N_SUBJECT_KINDS; i++)
		tables[(*n)++] = part == RUN_WHOLE ? view_amounts(&metrics, (enum subject_kind)i)
						   : view_subjects(&intervals->view, &metrics,
							     (enum subject_kind)i);
	metrics_deinit(&metrics);
	return r;
}

static size_t max_tables(const struct run *run)
{
	(void)run;
	return N_SUBJECT_KINDS;
}

static unsigned failures(const struct run *run, bool is_quiet)
{
	const struct intervals *intervals = run->context;
	struct metrics metrics;
	unsigned n = 0;

	if (get_metrics(intervals, RUN_INTERVAL, &metrics) < 0)
		return 1;
	for (size_t i = 0; i < metrics.n_rows; i++) {
		const struct metrics_row *row = &metrics.rows[i];

		n += row->has_failure;
		if (row->has_failure && !is_quiet)
			warnx("%s %u: %s",
				row->kind == SUBJECT_CPU ? "CPU" : subject_name(row->kind),
				row->number, row->cause);
	}
	metrics_deinit(&metrics);
	return n;
}

/* Says how the figures compare. False when they do not. */
static bool judge(struct run *run)
{
	const struct intervals *intervals = run->context;
	const struct view_verdict *verdict = &intervals->verdict;

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
	output_say(run->output, "\nAll %u expected figures are measured within %g %%.\n",
		verdict->n_expected, intervals->view.tolerance);
	return true;
}

static void deinit(struct run *run)
{
	struct intervals *intervals = run->context;

	readings_deinit(&intervals->readings);
	topology_deinit(&intervals->topology);
}

const struct way intervals_way = {
	.program = program,
	.read = take,
	.discard = discard,
	.step_ns = step_ns,
	.step = take,
	.check = check,
	.restart = restart,
	.span = span,
	.add_records = add_records,
	.add_tables = add_tables,
	.max_tables = max_tables,
	.failures = failures,
	.judge = judge,
	.deinit = deinit,
};
