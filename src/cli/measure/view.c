/* SPDX-License-Identifier: MIT */
/* Figures into table cells. Measures nothing, prints nothing. */
#include "cli/measure/view.h"

#include <math.h>

#include "util/array.h"

/* SCOPE, then figure, expected and deviation for each figure, then the cause. */
#define MAX_COLUMNS (2 + 3 * N_METRICS)

static const struct {
	const char *key; /* of the table in JSON */
	struct table_column column;
} scopes[] = {
	[SUBJECT_CPU] = {"cpus", {"CPU", "cpu", true}},
	[SUBJECT_SOCKET] = {"sockets", {"SOCKET", "socket", true}},
};

/* Keys that JSON has beside a figure's own. */
static const struct table_column expected_columns[] = {
#define X(metric, scope, name, heading, event, divisor, factor)                                    \
	[metric] = {"EXPECTED", name "_expected", true},
	METRICS(X)
#undef X
};

static const struct table_column deviation_columns[] = {
#define X(metric, scope, name, heading, event, divisor, factor)                                    \
	[metric] = {"DEV %", name "_deviation_percent", true},
	METRICS(X)
#undef X
};

static size_t get_columns(const struct view *view, enum scope scope, bool has_cause,
	struct table_column columns[MAX_COLUMNS])
{
	size_t n = 0;

	columns[n++] = scopes[scope].column;
	for (unsigned i = 0; i < N_METRICS; i++) {
		const struct metric *metric = metric_get((enum metric_id)i);

		if (metric->scope != scope)
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

/* So many that there are four digits. */
static int decimals(double value)
{
	double size = fabs(value);

	return size < 9.9995 ? 3 : size < 99.995 ? 2 : size < 999.95 ? 1 : 0;
}

const char *view_format(double value, char *text, size_t size)
{
	static const char *const prefixes[] = {"", " k", " M", " G", " T"};
	unsigned i = 0;

	if (isnan(value)) {
		snprintf(text, size, "n/a");
		return text;
	}
	/* 9999.5 would be printed with five digits */
	while (fabs(value) >= 9999.5 && i < N_ELEMENTS(prefixes) - 1) {
		value /= 1000;
		i++;
	}
	snprintf(text, size, "%.*f%s", decimals(value), value, prefixes[i]);
	return text;
}

static void add_number(const struct view *view, struct table *table, double value)
{
	char text[32];

	if (!view->json)
		table_cell(table, "%s", view_format(value, text, sizeof text));
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
static bool agrees(const struct view *view, double measured, const struct expectation *expected)
{
	double tolerance = view->tolerance / 100;

	return fabs(view_deviation(measured, expected->value)) <= view->tolerance ||
	       (measured >= expected->low * (1 - tolerance) &&
		       measured <= expected->high * (1 + tolerance));
}

static void add_expected(const struct view *view, struct table *table, double measured,
	const struct expectation *expected, struct view_verdict *verdict)
{
	if (isnan(expected->value))
		table_no_cell(table);
	else
		add_number(view, table, expected->value);
	add_deviation(view, table, view_deviation(measured, expected->value));
	if (isnan(expected->value))
		return;
	verdict->n_expected++;
	verdict->n_deviating += !agrees(view, measured, expected);
}

/* A figure, and beside it what it should be. */
static void add_figure(const struct view *view, struct table *table, const struct metrics_row *row,
	enum metric_id id, struct view_verdict *verdict)
{
	const struct figure *figure = &row->figures[id];
	struct expectation expected;

	add_number(view, table, figure->value);
	if (!view->expected)
		return;
	expected = expected_find(view->expected, id, row->number, figure);
	add_expected(view, table, figure->value, &expected, verdict);
}

static void add_row(const struct view *view, struct table *table, const struct metrics_row *row,
	bool has_cause, struct view_verdict *verdict)
{
	table_row(table);
	if (row->number == NODE_NO_PACKAGE)
		table_no_cell(table);
	else
		table_cell(table, "%u", row->number);
	for (unsigned i = 0; i < N_METRICS; i++)
		if (metric_get((enum metric_id)i)->scope == row->scope)
			add_figure(view, table, row, (enum metric_id)i, verdict);
	if (has_cause && row->cause[0])
		table_cell(table, "%s", row->cause);
	else if (has_cause)
		table_no_cell(table);
}

/* People get the column only when there is something to say. */
static bool needs_cause(const struct view *view, const struct metrics *metrics, enum scope scope)
{
	for (size_t i = 0; i < metrics->n_rows; i++)
		if (metrics->rows[i].scope == scope && metrics->rows[i].cause[0])
			return true;
	return view->json;
}

struct table *view_scope(const struct view *view, const struct metrics *metrics, enum scope scope,
	struct view_verdict *verdict)
{
	struct table_column columns[MAX_COLUMNS];
	bool has_cause = needs_cause(view, metrics, scope);
	size_t n_columns = get_columns(view, scope, has_cause, columns);
	struct table *table = table_new(scopes[scope].key, columns, n_columns, view->json);

	for (size_t i = 0; table && i < metrics->n_rows; i++)
		if (metrics->rows[i].scope == scope)
			add_row(view, table, &metrics->rows[i], has_cause, verdict);
	return table;
}
