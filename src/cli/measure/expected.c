/* SPDX-License-Identifier: MIT */
/* Reads expected figures. Does not know how they are measured. */
#include "cli/measure/expected.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/cleanup.h"
#include "util/number.h"

#define BLANKS " \t\r\n"
/* The one figure of the file that is no metric. */
#define FIGURE_ACTIVE N_METRICS

static bool parse_scope(const char *word, enum scope *scope)
{
	for (unsigned i = 0; i < N_SCOPES; i++) {
		if (strcmp(word, scope_name((enum scope)i)) == 0) {
			*scope = (enum scope)i;
			return true;
		}
	}
	return false;
}

static bool is_ratio(unsigned figure)
{
	const struct metric *metric;

	if (figure == FIGURE_ACTIVE)
		return false;
	metric = metric_get((enum metric_id)figure);
	return metric->event != metric->divisor;
}

static bool parse_figure(const char *word, enum scope scope, unsigned *figure)
{
	*figure = FIGURE_ACTIVE;
	if (scope == SUBJECT_CPU && strcmp(word, "active") == 0)
		return true;
	for (*figure = 0; *figure < N_METRICS; (*figure)++) {
		const struct metric *metric = metric_get((enum metric_id) * figure);

		if (metric->scope == scope && strcmp(metric->name, word) == 0)
			return true;
	}
	return false;
}

static bool parse_value(const char *word, double *value)
{
	char *end;

	if (strcmp(word, "n/a") == 0) {
		*value = NAN;
		return true;
	}
	*value = strtod(word, &end);
	return end != word && *end == '\0';
}

/* A line, in words. */
struct words {
	const char *scope, *figure, *value;
	uint64_t number;
};

static int add_entry(struct expected *expected, const struct words *words)
{
	struct expected_entry entry = {.number = (uint32_t)words->number}, *entries;

	if (!parse_scope(words->scope, &entry.scope) ||
		!parse_figure(words->figure, entry.scope, &entry.figure) ||
		!parse_value(words->value, &entry.value))
		return -EINVAL;
	/* a ratio has no average over phases */
	if (expected->n_phases > 0 && is_ratio(entry.figure))
		return -EINVAL;
	entry.phase = expected->n_phases > 0 ? expected->n_phases - 1 : 0;
	entries = array_grow(expected->entries, expected->n_entries, sizeof *entries);
	if (!entries)
		return -ENOMEM;
	entries[expected->n_entries++] = entry;
	expected->entries = entries;
	return 0;
}

/* In their order, all before any figure, and none behind one that lasts for ever. */
static int add_phase(struct expected *expected, const struct words *words)
{
	size_t n = expected->n_phases;
	uint64_t length_ns, *lengths_ns;

	if (strcmp(words->figure, "length_ns") != 0 || words->number != n ||
		(n == 0 && expected->n_entries > 0) ||
		(n > 0 && expected->lengths_ns[n - 1] == 0) ||
		!number_parse(words->value, INT64_MAX, &length_ns))
		return -EINVAL;
	lengths_ns = array_grow(expected->lengths_ns, n, sizeof *lengths_ns);
	if (!lengths_ns)
		return -ENOMEM;
	lengths_ns[expected->n_phases++] = length_ns;
	expected->lengths_ns = lengths_ns;
	return 0;
}

static int add_node(struct expected *expected, const struct words *words)
{
	if (strcmp(words->figure, "started_ns") != 0 ||
		!number_parse(words->value, INT64_MAX, &expected->started_ns))
		return -EINVAL;
	expected->has_started = true;
	return 0;
}

static int add_line(struct expected *expected, char *line)
{
	struct words words;
	const char *number;
	char *rest;

	line[strcspn(line, "#")] = '\0';
	words.scope = strtok_r(line, BLANKS, &rest);
	if (!words.scope)
		return 0;
	number = strtok_r(NULL, BLANKS, &rest);
	words.figure = strtok_r(NULL, BLANKS, &rest);
	words.value = strtok_r(NULL, BLANKS, &rest);
	if (!words.value || strtok_r(NULL, BLANKS, &rest) ||
		!number_parse(number, UINT32_MAX, &words.number))
		return -EINVAL;
	if (strcmp(words.scope, "phase") == 0)
		return add_phase(expected, &words);
	if (strcmp(words.scope, "node") == 0)
		return add_node(expected, &words);
	return add_entry(expected, &words);
}

int expected_read(struct expected *expected, FILE *file, unsigned *line)
{
	cleanup_free char *text = NULL;
	size_t size = 0;

	*expected = (struct expected){0};
	for (*line = 1; getline(&text, &size, file) >= 0; (*line)++) {
		int r = add_line(expected, text);

		if (r < 0)
			return r;
	}
	*line = 0;
	return ferror(file) ? -EIO : 0;
}

void expected_deinit(struct expected *expected)
{
	free(expected->entries);
	free(expected->lengths_ns);
	*expected = (struct expected){0};
}

static double find(const struct expected *expected, size_t phase, enum scope scope, uint32_t number,
	unsigned figure)
{
	for (size_t i = 0; i < expected->n_entries; i++) {
		const struct expected_entry *entry = &expected->entries[i];

		if (entry->phase == phase && entry->scope == scope && entry->number == number &&
			entry->figure == figure)
			return entry->value;
	}
	return NAN;
}

/* How long the phase was on until the node's time ns. */
static uint64_t on_until(const struct expected *expected, size_t phase, uint64_t ns)
{
	uint64_t length = expected->lengths_ns[phase], begin = 0, period = 0, turns = 0;

	for (size_t i = 0; i < expected->n_phases; i++) {
		if (i == phase)
			begin = period;
		period += expected->lengths_ns[i];
	}
	if (length == 0) /* the last one, for ever */
		return ns > begin ? ns - begin : 0;
	if (expected->lengths_ns[expected->n_phases - 1] != 0) {
		turns = ns / period;
		ns %= period;
	}
	ns = ns > begin ? ns - begin : 0;
	return turns * length + (ns < length ? ns : length);
}

/* What a figure comes to from begin to end. */
static double sum_up(const struct expected *expected, const struct expected_entry *what,
	uint64_t begin_ns, uint64_t end_ns)
{
	double sum = 0;

	for (size_t i = 0; i < expected->n_phases && end_ns > begin_ns; i++)
		sum += find(expected, i, what->scope, what->number, what->figure) *
		       (double)(on_until(expected, i, end_ns) - on_until(expected, i, begin_ns));
	return sum;
}

static struct expectation average(
	const struct expected *expected, const struct expected_entry *what, const struct span *span)
{
	uint64_t begin_ns = span->begin.ns - expected->started_ns;
	uint64_t end_ns = span->end.ns - expected->started_ns;
	uint64_t begin_slack = span->begin.slack_ns, end_slack = span->end.slack_ns;
	double length = (double)(end_ns - begin_ns);

	if (expected->n_phases == 0) {
		double value = find(expected, 0, what->scope, what->number, what->figure);

		return (struct expectation){value, value, value};
	}
	if (span->begin.ns < expected->started_ns + begin_slack || end_ns <= begin_ns)
		return (struct expectation){NAN, NAN, NAN};
	return (struct expectation){
		sum_up(expected, what, begin_ns, end_ns) / length,
		sum_up(expected, what, begin_ns + begin_slack, end_ns - end_slack) / length,
		sum_up(expected, what, begin_ns - begin_slack, end_ns + end_slack) / length,
	};
}

/* The figure that is the rate of an event. */
static unsigned figure_of(enum event_id event)
{
	for (unsigned i = 0; i < N_METRICS; i++)
		if (metric_get((enum metric_id)i)->event == event && !is_ratio(i))
			return i;
	return FIGURE_ACTIVE;
}

struct expectation expected_find(const struct expected *expected, enum metric_id id,
	uint32_t number, const struct figure *figure)
{
	const struct metric *metric = metric_get(id);
	struct expected_entry what = {.scope = metric->scope, .number = number, .figure = id};
	struct expectation dividend, divisor;

	/* a ratio may be written where there are no phases */
	if (!is_ratio(id) || !isnan(find(expected, 0, what.scope, number, id)))
		return average(expected, &what, &figure->span);
	what.figure = figure_of(metric->event);
	dividend = average(expected, &what, &figure->span);
	what.figure = figure_of(metric->divisor);
	divisor = average(expected, &what, &figure->divisor_span);
	if (!(divisor.value > 0))
		return (struct expectation){NAN, NAN, NAN};
	return (struct expectation){
		dividend.value / divisor.value * metric->factor,
		dividend.low / divisor.high * metric->factor,
		divisor.low > 0 ? dividend.high / divisor.low * metric->factor : INFINITY,
	};
}
