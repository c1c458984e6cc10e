/* SPDX-License-Identifier: MIT */
/* Figures and amounts as values for every format, and the amounts side by side for people. */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "cli/measure/view.h"
#include "cli/output/text.h"

static struct record *add(struct records *records, const struct metrics_row *row)
{
	struct record *record = records_add(records);

	if (!record)
		return NULL;
	record->source = RECORD_FIGURE;
	record->scope = subject_name(row->kind);
	record->n = 1;
	record->has_socket = row->package != NODE_NO_PACKAGE;
	record->socket = row->package;
	record->has_number = row->number != NODE_NO_PACKAGE;
	record->number = row->number;
	if (record->has_number)
		snprintf(record->place, sizeof record->place, "%s %u", record->scope, row->number);
	else
		snprintf(record->place, sizeof record->place, "%s ?", record->scope);
	return record;
}

static void end(struct record *record, double value, const char *cause)
{
	record->value = record->min = record->max = record->average = value;
	record->share = 1;
	if (!isnan(value))
		return;
	record->share = NAN;
	snprintf(record->reason, sizeof record->reason, "%s", cause);
}

static int add_figure(const struct view *view, const struct metrics_row *row, enum metric_id id,
	const struct expectation *expected, struct records *records)
{
	const struct metric *metric = metric_get(id);
	struct record *record = add(records, row);

	if (!record)
		return -ENOMEM;
	record->metric = metric->name;
	record->unit = metric->unit;
	record->grain_percent =
		metric->event == metric->divisor ? row->amounts[metric->event].grain_percent : NAN;
	end(record, row->figures[id].value, row->cause);
	record->together = metric->event == metric->divisor ? RECORD_SUM : RECORD_RATIO;
	if (record->together == RECORD_RATIO) {
		record->dividend = row->amounts[metric->event].value * metric->factor;
		record->divisor = row->amounts[metric->divisor].value;
	}
	if (view->expected && !isnan(expected->value)) {
		record->expected = expected->value;
		record->off_percent = view_deviation(record->value, expected->value);
	}
	return 0;
}

static const char *metric_name(const struct view *view, enum event_id id)
{
	return view->is_raw ? event_raw_name(id) : event_name(id);
}

static void set_amount(
	const struct view *view, struct record *record, enum event_id id, double seconds)
{
	char text[EVENT_ENCODING_SIZE];

	record->is_count = true;
	record->together = RECORD_SUM;
	record->metric = metric_name(view, id);
	record->unit = view->is_raw ? "" : event_unit(id);
	record->per_second = seconds > 0 ? record->value / seconds : NAN;
	if (view->arch)
		snprintf(record->encoding, sizeof record->encoding, "%s",
			event_encoding(view->arch, id, text));
}

static double seconds_of(const struct figure *figure)
{
	return ((double)figure->span.end.ns - (double)figure->span.begin.ns) / 1e9;
}

static int add_amount(const struct view *view, const struct metrics_row *row, enum event_id id,
	struct records *records)
{
	struct record *record = add(records, row);
	const struct amount *amount = &row->amounts[id];
	double seconds = NAN;

	if (!record)
		return -ENOMEM;
	end(record, view->is_raw ? amount->raw : amount->value, row->cause);
	for (unsigned i = 0; i < N_METRICS; i++)
		if (metric_get((enum metric_id)i)->event == id)
			seconds = seconds_of(&row->figures[i]);
	set_amount(view, record, id, seconds);
	record->grain_percent = amount->grain_percent;
	return 0;
}

static int add_row(const struct view *view, const struct metrics_row *row, struct records *records)
{
	struct expectation expectations[N_METRICS] = {0};
	int r = 0;

	if (view->expected)
		expected_row(view->expected, row, expectations);
	for (unsigned i = 0; r == 0 && !view->is_raw && i < N_METRICS; i++)
		if (metric_get((enum metric_id)i)->kind == row->kind)
			r = add_figure(view, row, (enum metric_id)i, &expectations[i], records);
	for (unsigned i = 0; r == 0 && i < N_EVENTS; i++)
		if (event_subject((enum event_id)i) == row->kind)
			r = add_amount(view, row, (enum event_id)i, records);
	return r;
}

/* Of all of them, once they are there. */
static int add_sum(
	const struct view *view, struct records *records, size_t n_rows, enum event_id id)
{
	struct record *sum = records_add(records);
	double seconds = NAN;

	if (!sum)
		return -ENOMEM;
	*sum = (struct record){.place = "node",
		.scope = "node",
		.source = RECORD_FIGURE,
		.unit = "",
		.deviation = NAN,
		.share = 1,
		.expected = NAN,
		.off_percent = NAN,
		.grain_percent = NAN};
	for (size_t i = 0; i < n_rows; i++) {
		const struct record *record = &records->list[i];

		if (record->metric != metric_name(view, id))
			continue;
		sum->min = sum->n == 0 ? record->value : fmin(sum->min, record->value);
		sum->max = sum->n == 0 ? record->value : fmax(sum->max, record->value);
		sum->value += record->value;
		sum->n++;
		sum->grain_percent = fmax(sum->grain_percent, record->grain_percent);
		seconds = record->value / record->per_second;
		if (record->reason[0] && !sum->reason[0])
			snprintf(sum->reason, sizeof sum->reason, "%.64s: %.440s", record->place,
				record->reason);
	}
	if (sum->n == 0 || sum->reason[0])
		sum->value = sum->min = sum->max = sum->share = NAN;
	sum->average = sum->value / (double)sum->n;
	set_amount(view, sum, id, seconds);
	if (sum->n == 0)
		records->n--;
	return 0;
}

int view_records(const struct view *view, const struct metrics *metrics, struct records *records)
{
	size_t n_rows;
	int r = 0;

	for (size_t i = 0; r == 0 && i < metrics->n_rows; i++)
		r = add_row(view, &metrics->rows[i], records);
	n_rows = records->n;
	for (unsigned i = 0; r == 0 && i < N_EVENTS; i++)
		r = add_sum(view, records, n_rows, (enum event_id)i);
	return r;
}

static void add_cell(struct table *table, double value, bool is_whole)
{
	if (isnan(value))
		table_cell(table, "n/a");
	else
		table_cell(table, is_whole ? "%.0f" : "%.3f", value);
}

static void add_amounts(struct table *table, enum subject_kind kind, const double *values)
{
	for (unsigned i = 0; i < N_EVENTS; i++) {
		const char *unit = event_unit((enum event_id)i);

		if (event_subject((enum event_id)i) == kind)
			add_cell(table, values[i], unit[0] == '\0' || unit[0] == 'B');
	}
}

struct table *view_amounts(const struct metrics *metrics, enum subject_kind kind)
{
	struct table_column columns[1 + N_EVENTS];
	double sums[N_EVENTS] = {0};
	struct table *table;
	size_t n = 1;

	columns[0] = (struct table_column){
		kind == SUBJECT_CPU ? "CPU" : "SOCKET", subject_name(kind), true};
	for (unsigned i = 0; i < N_EVENTS; i++)
		if (event_subject((enum event_id)i) == kind)
			columns[n++] = (struct table_column){event_heading((enum event_id)i),
				event_name((enum event_id)i), true};
	table = table_new("amounts", columns, n, false);
	for (size_t i = 0; i < metrics->n_rows; i++) {
		const struct metrics_row *row = &metrics->rows[i];
		double values[N_EVENTS];

		if (row->kind != kind)
			continue;
		table_row(table);
		if (row->number == NODE_NO_PACKAGE)
			table_no_cell(table);
		else
			table_cell(table, "%u", row->number);
		for (unsigned j = 0; j < N_EVENTS; j++)
			sums[j] += values[j] = row->amounts[j].value;
		add_amounts(table, kind, values);
	}
	table_row(table);
	table_cell(table, "all");
	add_amounts(table, kind, sums);
	return table;
}
