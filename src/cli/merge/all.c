/* SPDX-License-Identifier: MIT */
#include "cli/merge/all.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"

/* Of one node. */
struct part {
	size_t n; /* of its values */
	double value, per_second, dividend, divisor;
	char reason[RECORD_REASON_SIZE];
};

static bool is_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_metric(const struct record *a, const struct record *b)
{
	return is_text(a->metric, b->metric) && is_text(a->group, b->group) &&
	       is_text(a->unit, b->unit) && a->is_count == b->is_count;
}

static bool is_nodes(const struct record *record)
{
	return strcmp(record->scope, "node") == 0;
}

/* Where the file has the sum of the node that is what its parts are. */
static bool has_nodes(const struct records *records, const struct record *metric)
{
	for (size_t i = 0; i < records->n; i++)
		if (is_metric(&records->list[i], metric) && is_nodes(&records->list[i]))
			return true;
	return false;
}

/* A ratio by 0 has no value, and is a part of one that has. */
static void add(struct part *part, const struct record *record, enum record_together together)
{
	bool is_known = together == RECORD_RATIO
				? isfinite(record->dividend) && isfinite(record->divisor)
				: isfinite(record->value);

	part->n++;
	part->value += record->value;
	part->per_second += record->per_second;
	part->dividend += record->dividend;
	part->divisor += record->divisor;
	if (!is_known && !part->reason[0])
		snprintf(part->reason, sizeof part->reason, "%.64s: %.400s", record->place,
			record->reason[0]	  ? record->reason
			: isfinite(record->value) ? "it has no dividend and divisor"
						  : "it is n/a");
}

static struct part part_of(const struct measured *node, const struct record *metric)
{
	bool of_node = has_nodes(&node->records, metric);
	struct part part = {0};

	for (size_t i = 0; i < node->records.n; i++) {
		const struct record *record = &node->records.list[i];

		if (is_metric(record, metric) && is_nodes(record) == of_node)
			add(&part, record, metric->together);
	}
	if (part.n == 0)
		snprintf(part.reason, sizeof part.reason, "it has not measured it");
	if (metric->together == RECORD_RATIO)
		part.value = part.dividend / part.divisor;
	return part;
}

__attribute__((format(printf, 2, 3))) static void set_reason(
	char reason[RECORD_REASON_SIZE], const char *format, ...)
{
	va_list arguments;

	if (reason[0])
		return;
	va_start(arguments, format);
	vsnprintf(reason, RECORD_REASON_SIZE, format, arguments);
	va_end(arguments);
}

/* Why nothing of all nodes can be known; "" it can. */
static void judge(const struct measured *nodes, size_t n, char reason[RECORD_REASON_SIZE])
{
	uint64_t ranks = 0;

	for (size_t i = 0; i < n; i++) {
		const struct interval *first = &nodes[0].interval, *interval = &nodes[i].interval;

		ranks += interval->ranks;
		if (nodes[i].why_not[0])
			set_reason(reason, "%.64s: %s", interval->node, nodes[i].why_not);
		if (strcmp(first->model, interval->model) != 0)
			set_reason(reason,
				"%.64s is a %.32s and %.64s a %.32s: what one counts need not be "
				"what the other does",
				first->node, first->model, interval->node, interval->model);
		if (first->job_ranks != interval->job_ranks)
			set_reason(reason, "%.64s and %.64s are of different jobs", first->node,
				interval->node);
	}
	if (nodes[0].interval.job_ranks > 0 && ranks != nodes[0].interval.job_ranks)
		set_reason(reason,
			"the job has %u ranks, and the nodes here %llu of them: which are missing?",
			nodes[0].interval.job_ranks, (unsigned long long)ranks);
}

static void set_interval(const struct measured *nodes, size_t n, struct interval *all)
{
	*all = (struct interval){.kind = INTERVAL_NODES,
		.begin = nodes[0].interval.begin,
		.end = nodes[0].interval.end,
		.model = nodes[0].interval.model,
		.job_ranks = nodes[0].interval.job_ranks};
	for (size_t i = 0; i < n; i++) {
		const struct interval *interval = &nodes[i].interval;

		all->ranks += interval->ranks;
		if (interval->begin.wall_ns < all->begin.wall_ns)
			all->begin = interval->begin;
		if (interval->end.wall_ns > all->end.wall_ns)
			all->end = interval->end;
		if (strcmp(interval->model, nodes[0].interval.model) != 0)
			all->model = NULL;
	}
}

/* Two that have no moment in common; what they did a second was never done at once. */
static bool find_apart(const struct measured *nodes, size_t n, const struct measured **a,
	const struct measured **b)
{
	*a = *b = &nodes[0];
	for (size_t i = 0; i < n; i++) {
		if (nodes[i].interval.end.wall_ns < (*a)->interval.end.wall_ns)
			*a = &nodes[i];
		if (nodes[i].interval.begin.wall_ns > (*b)->interval.begin.wall_ns)
			*b = &nodes[i];
	}
	/* one whose clock was put back meanwhile is measured all the same */
	return *a != *b && (*a)->interval.end.wall_ns <= (*b)->interval.begin.wall_ns;
}

static void add_part(struct record *all, const struct measured *node, const struct part *part)
{
	if (part->reason[0])
		set_reason(all->reason, "%.64s: %.430s", node->interval.node, part->reason);
	all->min = all->n == 0 ? part->value : fmin(all->min, part->value);
	all->max = all->n == 0 ? part->value : fmax(all->max, part->value);
	all->average += part->value;
	all->value += part->value;
	all->per_second += part->per_second;
	all->dividend += part->dividend;
	all->divisor += part->divisor;
	all->n++;
}

/* What the values of the nodes are together. */
static void end(struct record *all, bool is_at_once)
{
	all->average /= (double)all->n;
	if (all->together == RECORD_APART)
		set_reason(all->reason, "it does not follow from what the nodes have of it");
	if (all->together == RECORD_RATIO) {
		all->value = all->dividend / all->divisor;
		if (!isfinite(all->value))
			set_reason(all->reason, "it divides by 0");
	}
	if (!all->is_count || !is_at_once)
		all->per_second = NAN;
	if (all->reason[0])
		all->value = all->per_second = all->min = all->max = all->average = NAN;
}

static int add_metric(const struct measured *nodes, size_t n, const struct record *metric,
	const char *reason, struct records *records)
{
	const struct measured *a, *b;
	bool is_at_once = !find_apart(nodes, n, &a, &b);
	struct record *all = records_add(records);

	if (!all)
		return -ENOMEM;
	*all = (struct record){.place = "all nodes",
		.scope = "nodes",
		.source = metric->source,
		.group = metric->group,
		.metric = metric->metric,
		.unit = metric->unit,
		.is_count = metric->is_count,
		.together = metric->together,
		.deviation = NAN,
		.share = NAN,
		.expected = NAN,
		.off_percent = NAN,
		.grain_percent = NAN};
	if (reason[0])
		set_reason(all->reason, "%s", reason);
	for (size_t i = 0; i < n; i++) {
		const struct part part = part_of(&nodes[i], metric);

		add_part(all, &nodes[i], &part);
	}
	if (metric->together == RECORD_SUM && !metric->is_count && !is_at_once)
		set_reason(all->reason, "%.64s and %.64s were not measured at the same time",
			a->interval.node, b->interval.node);
	end(all, is_at_once);
	return 0;
}

static bool has_metric(const struct records *records, const struct record *metric)
{
	for (size_t i = 0; i < records->n; i++)
		if (is_metric(&records->list[i], metric))
			return true;
	return false;
}

int all_of(
	const struct measured *nodes, size_t n, struct interval *interval, struct records *records)
{
	char reason[RECORD_REASON_SIZE] = "";
	int r = 0;

	judge(nodes, n, reason);
	set_interval(nodes, n, interval);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; r == 0 && j < nodes[i].records.n; j++)
			if (!has_metric(records, &nodes[i].records.list[j]))
				r = add_metric(
					nodes, n, &nodes[i].records.list[j], reason, records);
	return r;
}
