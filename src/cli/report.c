/* SPDX-License-Identifier: MIT */
/* Rows into table cells. Measures nothing, prints nothing. */
#include "cli/report.h"

#include <math.h>

/* SCOPE, then figure, expected and deviation for each figure, then the cause. */
#define MAX_COLUMNS (2 + 3 * SAMPLE_N_FIGURES)

static const struct {
	const char *key; /* of the table in JSON */
	struct table_column column;
} scopes[] = {
	[SAMPLE_CPU] = {"cpus", {"CPU", "cpu", true}},
	[SAMPLE_SOCKET] = {"sockets", {"SOCKET", "socket", true}},
};

/* Keys that JSON has beside a figure's own. */
static const struct table_column expected_columns[] = {
#define X(figure, scope, name, heading) [figure] = {"EXPECTED", name "_expected", true},
	SAMPLE_FIGURES(X)
#undef X
};

static const struct table_column deviation_columns[] = {
#define X(figure, scope, name, heading) [figure] = {"DEV %", name "_deviation_percent", true},
	SAMPLE_FIGURES(X)
#undef X
};

static size_t get_columns(enum sample_scope scope, bool has_expected, bool has_cause,
	struct table_column columns[MAX_COLUMNS])
{
	size_t n = 0;

	columns[n++] = scopes[scope].column;
	for (unsigned i = 0; i < SAMPLE_N_FIGURES; i++) {
		enum sample_figure figure = (enum sample_figure)i;

		if (sample_figure_scope(figure) != scope)
			continue;
		columns[n++] = (struct table_column){
			sample_figure_heading(figure), sample_figure_name(figure), true};
		if (has_expected) {
			columns[n++] = expected_columns[i];
			columns[n++] = deviation_columns[i];
		}
	}
	if (has_cause)
		columns[n++] = (struct table_column){"WHY N/A", "cause", false};
	return n;
}

static void add_number(struct table *table, double value, const struct report_options *options)
{
	char text[32];

	if (!options->json)
		table_cell(table, "%s", sample_format(value, text, sizeof text));
	else if (isfinite(value))
		table_cell(table, "%.10g", value);
	else
		table_no_cell(table);
}

static void add_expected(struct table *table, double measured, double expected,
	const struct report_options *options, struct report_verdict *verdict)
{
	double deviation = sample_deviation(measured, expected);

	if (isnan(expected))
		table_no_cell(table);
	else
		add_number(table, expected, options);
	if (!isfinite(deviation))
		table_no_cell(table);
	else if (options->json)
		table_cell(table, "%.4f", deviation);
	else if (fabs(deviation) < 0.005)
		table_cell(table, "0.00"); /* not -0.00 */
	else
		table_cell(table, "%+.2f", deviation);
	if (isnan(expected))
		return;
	verdict->n_expected++;
	/* what could not be measured is no agreement either: NAN is not <= */
	if (!(fabs(deviation) <= options->tolerance))
		verdict->n_deviating++;
}

static void add_row(struct table *table, const struct row *row, bool has_cause,
	const struct report_options *options, struct report_verdict *verdict)
{
	table_row(table);
	table_cell(table, "%u", row->number);
	for (unsigned i = 0; i < SAMPLE_N_FIGURES; i++) {
		enum sample_figure figure = (enum sample_figure)i;

		if (sample_figure_scope(figure) != row->scope)
			continue;
		add_number(table, row->figures[i], options);
		if (options->expect)
			add_expected(table, row->figures[i],
				expect_find(options->expect, row->scope, row->number, figure),
				options, verdict);
	}
	if (has_cause && row->cause[0])
		table_cell(table, "%s", row->cause);
	else if (has_cause)
		table_no_cell(table);
	verdict->n_failures += row->has_failure;
}

/* People get the column only when there is something to say. */
static bool needs_cause(
	const struct meter *meter, enum sample_scope scope, const struct report_options *options)
{
	for (size_t i = 0; i < row_count(meter); i++) {
		struct row row;

		row_get(meter, i, &row);
		if (row.scope == scope && row.cause[0])
			return true;
	}
	return options->json;
}

struct table *report_scope(const struct meter *meter, enum sample_scope scope,
	const struct report_options *options, struct report_verdict *verdict)
{
	struct table_column columns[MAX_COLUMNS];
	bool has_cause = needs_cause(meter, scope, options);
	size_t n_columns = get_columns(scope, options->expect != NULL, has_cause, columns);
	struct table *table = table_new(scopes[scope].key, columns, n_columns, options->json);

	for (size_t i = 0; table && i < row_count(meter); i++) {
		struct row row;

		row_get(meter, i, &row);
		if (row.scope == scope)
			add_row(table, &row, has_cause, options, verdict);
	}
	return table;
}
