/* SPDX-License-Identifier: MIT */
/* Figures into table cells. Measures nothing, prints nothing. */
#include "cli/measure/view.h"

#include <math.h>

#include "cli/output/text.h"

/* SCOPE, then figure, expected and deviation for each figure, then the cause. */
#define MAX_COLUMNS (2 + 3 * N_METRICS)

static const struct {
	const char *key; /* of the table in JSON */
	struct table_column column;
} subjects[] = {
	[SUBJECT_CPU] = {"cpus", {"CPU", "cpu", true}},
	[SUBJECT_SOCKET] = {"sockets", {"SOCKET", "socket", true}},
};

/* Keys that JSON has beside a figure's own. */
static const struct table_column expected_columns[] = {
#define X(metric, kind, name, heading, unit, event, divisor, factor)                               \
	[metric] = {"EXPECTED", name "_expected", true},
	METRICS(X)
#undef X
};

static const struct table_column deviation_columns[] = {
#define X(metric, kind, name, heading, unit, event, divisor, factor)                               \
	[metric] = {"DEV %", name "_deviation_percent", true},
	METRICS(X)
#undef X
};

static size_t get_columns(const struct view *view, enum subject_kind kind, bool has_cause,
	struct table_column columns[MAX_COLUMNS])
{
	size_t n = 0;

	columns[n++] = subjects[kind].column;
	for (unsigned i = 0; i < N_METRICS; i++) {
		const struct metric *metric = metric_get((enum metric_id)i);

		if (metric->kind != kind)
			continue;
		columns[n++] = (struct table_column){metric->heading, metric->name, true};
		if (view->expected) {
			columns[n++] = expected_columns[i];
			columns[n++] = deviation_columns[i];
		}
	}
	if (has_cause)
		columns[n++] = (struct table_column){"WHY N/A", "cause", false};
	return n;
}

double view_deviation(double measured, double expected)
{
	if (measured == expected)
		return 0;
	return (measured - expected) / fabs(expected) * 100;
}

static void add_number(const struct view *view, struct table *table, double value)
{
	char text[32];

	if (!view->json)
		table_cell(table, "%s", text_short(value, text, sizeof text));
	else if (isfinite(value))
		table_cell(table, "%.10g", value);
	else
		table_no_cell(table);
}

static void add_deviation(const struct view *view, struct table *table, double deviation)
{
	if (!isfinite(deviation))
		table_no_cell(table);
	else if (view->json)
		table_cell(table, "%.4f", deviation);
	else if (fabs(deviation) < 0.005)
		table_cell(table, "0.00"); /* not -0.00 */
	else
		table_cell(table, "%+.2f", deviation);
}

/* What could not be measured is no agreement either: NAN is in no range. */
static bool agrees(const struct view *view, double measured, double deviation,
	const struct expectation *expected)
{
	double tolerance = view->tolerance / 100;

	return fabs(deviation) <= view->tolerance ||
	       (measured >= expected->low * (1 - tolerance) &&
		       measured <= expected->high * (1 + tolerance));
}

static void add_expected(const struct view *view, struct table *table, double measured,
	const struct expectation *expected)
{
	double deviation = view_deviation(measured, expected->value);

	if (isnan(expected->value)) {
		table_no_cell(table);
		table_no_cell(table);
		return;
	}
	add_number(view, table, expected->value);
	add_deviation(view, table, deviation);
	if (!agrees(view, measured, deviation, expected))
		table_mark(table);
}

static void add_row(
	const struct view *view, struct table *table, const struct metrics_row *row, bool has_cause)
{
	struct expectation expectations[N_METRICS];

	if (view->expected)
		expected_row(view->expected, row, expectations);
	table_row(table);
	if (row->number == NODE_NO_PACKAGE)
		table_no_cell(table);
	else
		table_cell(table, "%u", row->number);
	for (unsigned i = 0; i < N_METRICS; i++) {
		if (metric_get((enum metric_id)i)->kind != row->kind)
			continue;
		add_number(view, table, row->figures[i].value);
		/* beside it what it should be */
		if (view->expected)
			add_expected(view, table, row->figures[i].value, &expectations[i]);
	}
	if (has_cause && row->cause[0])
		table_cell(table, "%s", row->cause);
	else if (has_cause)
		table_no_cell(table);
}

/* People get the column only when there is something to say. */
static bool needs_cause(
	const struct view *view, const struct metrics *metrics, enum subject_kind kind)
{
	for (size_t i = 0; i < metrics->n_rows; i++)
		if (metrics->rows[i].kind == kind && metrics->rows[i].cause[0])
			return true;
	return view->json;
}

struct table *view_subjects(
	const struct view *view, const struct metrics *metrics, enum subject_kind kind)
{
	struct table_column columns[MAX_COLUMNS];
	bool has_cause = needs_cause(view, metrics, kind);
	size_t n_columns = get_columns(view, kind, has_cause, columns);
	struct table *table = table_new(subjects[kind].key, columns, n_columns, view->json);

	/* a figure, what is expected of it, and how far it is off */
	for (size_t i = 1; view->expected && i + has_cause < n_columns; i++)
		if (i % 3 != 1)
			table_bind(table, i);
	for (size_t i = 0; table && i < metrics->n_rows; i++)
		if (metrics->rows[i].kind == kind)
			add_row(view, table, &metrics->rows[i], has_cause);
	return table;
}

static void judge_row(
	const struct view *view, const struct metrics_row *row, struct view_verdict *verdict)
{
	struct expectation expectations[N_METRICS];

	expected_row(view->expected, row, expectations);
	for (unsigned i = 0; i < N_METRICS; i++) {
		double measured = row->figures[i].value, expected = expectations[i].value;

		if (metric_get((enum metric_id)i)->kind != row->kind || isnan(expected))
			continue;
		verdict->n_expected++;
		verdict->n_deviating += !agrees(
			view, measured, view_deviation(measured, expected), &expectations[i]);
	}
}

void view_judge(
	const struct view *view, const struct metrics *metrics, struct view_verdict *verdict)
{
	for (size_t i = 0; view->expected && i < metrics->n_rows; i++)
		judge_row(view, &metrics->rows[i], verdict);
}
