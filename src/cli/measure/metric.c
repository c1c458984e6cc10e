/* SPDX-License-Identifier: MIT */
/* From what counters counted to what people want to know. Touches no register. */
#include "cli/measure/metric.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/measure/grain.h"

static const struct metric metrics_table[N_METRICS] = {
#define X(metric, kind, name, heading, unit, event, divisor, factor)                               \
	[metric] = {kind, name, heading, unit, event, divisor, factor},
	METRICS(X)
#undef X
};

const struct metric *metric_get(enum metric_id id)
{
	return &metrics_table[id];
}

const char *subject_name(enum subject_kind kind)
{
	static const char *const names[N_SUBJECT_KINDS] = {
		[SUBJECT_CPU] = "cpu", [SUBJECT_SOCKET] = "socket"};

	return names[kind];
}

/* A row, and what its events went at: each computed once. */
struct builder {
	struct metrics_row *row;
	const struct plan_subject *subject;
	double rates[N_EVENTS]; /* counts a second; NAN: not known */
	double totals[N_EVENTS];
	struct span spans[N_EVENTS];
	unsigned n_readings[N_EVENTS];
	const struct reading *any; /* the interval of what was not measured */
};

/* Each once: a register that is missing takes several figures with it. */
static void add_cause(struct builder *builder, const struct cause *cause)
{
	char *text = builder->row->cause;
	size_t used = strlen(text), size = sizeof builder->row->cause;

	if (!strstr(text, cause->text))
		snprintf(text + used, size - used, "%s%s", used ? "; " : "", cause->text);
	builder->row->has_failure = builder->row->has_failure || !cause->is_absence;
}

/* A counter that was read well and yet gives no rate. */
static void explain(struct builder *builder, const struct reading *reading)
{
	static const struct cause no_time = {.text = "no time passed in the interval"};
	static const struct cause set_back = {
		.text = "somebody else set a counter back during the interval"};

	add_cause(builder, reading->end.ns <= reading->begin.ns ? &no_time : &set_back);
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The middle of n instants and one more; the slack reaches to all of them. */
static void add_instant(struct instant *middle, unsigned n, const struct instant *added)
{
	uint64_t ns = (middle->ns * n + added->ns) / (n + 1);
	uint64_t begin = added->ns - added->slack_ns, end = added->ns + added->slack_ns;

	if (n > 0) {
		begin = begin < middle->ns - middle->slack_ns ? begin
							      : middle->ns - middle->slack_ns;
		end = max(end, middle->ns + middle->slack_ns);
	}
	*middle = (struct instant){ns, max(ns - begin, end - ns)};
}

static void add_reading(struct builder *builder, enum event_id event, const struct reading *reading)
{
	double rate = reading_rate(reading);

	assert(builder->subject); /* whoever builds has one */
	if (builder->subject->counts[event].cause.text[0])
		return;
	if (isnan(rate))
		explain(builder, reading);
	add_instant(&builder->spans[event].begin, builder->n_readings[event], &reading->begin);
	add_instant(&builder->spans[event].end, builder->n_readings[event], &reading->end);
	builder->n_readings[event]++;
	builder->rates[event] += rate;
	builder->totals[event] += (double)reading->total;
}

/* What was not planned, or fell out, has no rate. */
static void begin_row(struct builder *builder)
{
	for (unsigned i = 0; i < N_EVENTS; i++) {
		const struct cause *cause = &builder->subject->counts[i].cause;

		builder->rates[i] = cause->text[0] ? NAN : 0;
		if (cause->text[0])
			add_cause(builder, cause);
	}
}

/* In the event's quantity a second, and not in counts. */
static double get_quantity(struct builder *builder, enum event_id id)
{
	const struct plan_count *count = &builder->subject->counts[id];

	if (isnan(builder->rates[id]) || !count->scale_cause.text[0])
		return builder->rates[id] * count->scale;
	add_cause(builder, &count->scale_cause);
	return NAN;
}

static double get_value(struct builder *builder, const struct metric *metric)
{
	static const struct cause idle = {
		.text = "no instructions in the interval: the CPU was idle", .is_absence = true};
	double dividend = get_quantity(builder, metric->event), divisor;

	if (metric->divisor == metric->event)
		return dividend * metric->factor;
	divisor = get_quantity(builder, metric->divisor);
	if (divisor == 0)
		add_cause(builder, &idle);
	return divisor > 0 ? dividend / divisor * metric->factor : NAN;
}

static struct span get_span(const struct builder *builder, enum event_id event)
{
	return builder->n_readings[event] > 0
		       ? builder->spans[event]
		       : (struct span){builder->any->begin, builder->any->end};
}

static void set_amount(struct builder *builder, enum event_id event)
{
	const struct plan_count *count = &builder->subject->counts[event];
	struct amount *amount = &builder->row->amounts[event];
	struct span span = get_span(builder, event);

	*amount = (struct amount){NAN, NAN, NAN};
	if (event_subject(event) != builder->row->kind || isnan(builder->rates[event]))
		return;
	amount->raw = builder->totals[event];
	if (count->scale_cause.text[0])
		return;
	amount->value = amount->raw * count->scale;
	if (count->period_ns)
		amount->grain_percent =
			grain_percent(count->period_ns, span.end.ns - span.begin.ns, amount->raw);
}

static void end_row(struct builder *builder)
{
	struct metrics_row *row = builder->row;

	for (unsigned i = 0; i < N_EVENTS; i++)
		set_amount(builder, (enum event_id)i);
	for (unsigned i = 0; i < N_METRICS; i++) {
		const struct metric *metric = metric_get((enum metric_id)i);

		row->figures[i].value = NAN;
		if (metric->kind != row->kind)
			continue;
		row->figures[i] = (struct figure){
			.value = get_value(builder, metric),
			.span = get_span(builder, metric->event),
			.divisor_span = get_span(builder, metric->divisor),
		};
	}
}

static const struct reading *find_any(const struct readings *readings)
{
	for (size_t i = 0; i < readings->plan->n_counters; i++)
		if (readings->list[i].is_begun)
			return &readings->list[i];
	return readings->list;
}

static uint32_t find_package(const struct plan *plan, const struct plan_subject *subject)
{
	if (subject->kind == SUBJECT_SOCKET)
		return subject->number;
	return plan->node && subject->number < plan->node->n_cpus
		       ? plan->node->cpus[subject->number].package
		       : NODE_NO_PACKAGE;
}

static void build_rows(
	struct metrics *metrics, struct builder *builders, const struct readings *readings)
{
	const struct plan *plan = readings->plan;

	for (size_t i = 0; i < metrics->n_rows; i++) {
		builders[i].row = &metrics->rows[i];
		builders[i].subject = &plan->subjects[i];
		builders[i].any = find_any(readings);
		builders[i].row->kind = plan->subjects[i].kind;
		builders[i].row->number = plan->subjects[i].number;
		builders[i].row->package = find_package(plan, &plan->subjects[i]);
		begin_row(&builders[i]);
	}
	for (size_t i = 0; i < plan->n_counters; i++)
		add_reading(&builders[plan->counters[i].subject], plan->counters[i].event,
			&readings->list[i]);
	for (size_t i = 0; i < metrics->n_rows; i++)
		end_row(&builders[i]);
}

int metrics_init(struct metrics *metrics, const struct readings *readings)
{
	size_t n_rows = readings->plan->n_subjects;
	struct builder *builders = calloc(n_rows + 1, sizeof *builders);

	*metrics = (struct metrics){0};
	metrics->rows = builders ? calloc(n_rows + 1, sizeof *metrics->rows) : NULL;
	if (metrics->rows) {
		metrics->n_rows = n_rows;
		build_rows(metrics, builders, readings);
	}
	free(builders);
	return metrics->rows ? 0 : -ENOMEM;
}

void metrics_deinit(struct metrics *metrics)
{
	free(metrics->rows);
	*metrics = (struct metrics){0};
}
