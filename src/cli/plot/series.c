/* SPDX-License-Identifier: MIT */
/* Collects values. Memory is bounded: by how many there may be, whoever wrote the records. */
#include "cli/plot/series.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/text.h"
#include "util/array.h"

/* 64 MiB of values, and more lines than anybody can tell apart; chosen, not tuned. */
#define MAX_VALUES ((size_t)8 << 20)
#define MAX_SERIES ((size_t)4096)

static const char *const usual[] = {"memory_read_bytes_per_second", "memory_write_bytes_per_second",
	"package_watts", "dram_watts"};

static bool is_usual(const char *metric)
{
	for (size_t i = 0; i < N_ELEMENTS(usual); i++)
		if (strcmp(usual[i], metric) == 0)
			return true;
	return false;
}

static int want(struct series_set *set, const char *name, size_t length)
{
	struct wanted *grown = array_grow(set->wanted, set->n_wanted, sizeof *grown);

	if (!grown)
		return -ENOMEM;
	set->wanted = grown;
	grown += set->n_wanted++;
	*grown = (struct wanted){0};
	snprintf(grown->name, sizeof grown->name, "%.*s", (int)length, name);
	return 0;
}

/* The near words point to the names, which move while there come more of them. */
static void begin_near(struct series_set *set)
{
	for (size_t i = 0; i < set->n_wanted; i++)
		set->wanted[i].near = near_to(set->wanted[i].name);
}

int series_want(struct series_set *set, const char *list)
{
	bool is_between = false;
	const char *begin = list;
	int r = 0;

	for (const char *c = list; r == 0; c++) {
		is_between = is_between != (*c == '/');
		if (*c && (*c != ',' || is_between))
			continue;
		if (c > begin)
			r = want(set, begin, (size_t)(c - begin));
		begin = c + 1;
		if (!*c)
			break;
	}
	begin_near(set);
	return r;
}

int series_source(struct series_set *set, const char *name)
{
	struct source *grown = array_grow(set->sources, set->n_sources, sizeof *grown);

	if (!grown)
		return -ENOMEM;
	set->sources = grown;
	grown += set->n_sources++;
	*grown = (struct source){0};
	text_clean(name, grown->name, sizeof grown->name);
	return 0;
}

static bool is_like(const char *name, const char *text)
{
	return strcmp(name, text) == 0 || fnmatch(name, text, 0) == 0;
}

static void look(struct wanted *wanted, const struct record *record)
{
	char clean[SERIES_NAME_SIZE];

	near_look(&wanted->near, text_clean(record->metric, clean, sizeof clean));
}

/* Every one that asks for it has found it. */
static bool is_wanted(struct series_set *set, const struct record *record, bool is_first)
{
	bool is_found = false;

	if (set->n_wanted == 0)
		return set->choice == SERIES_ALL || is_usual(record->metric);
	for (size_t i = 0; i < set->n_wanted; i++) {
		struct wanted *wanted = &set->wanted[i];

		if (is_like(wanted->name, record->metric) ||
			(record->group && is_like(wanted->name, record->group)))
			wanted->is_found = is_found = true;
		else if (is_first && !wanted->is_found)
			look(wanted, record);
	}
	return is_found;
}

static void decide(struct series_set *set, const struct records *records)
{
	if (set->choice != SERIES_UNDECIDED || records->n == 0)
		return;
	set->choice = SERIES_ALL;
	for (size_t i = 0; i < records->n; i++)
		if (is_usual(records->list[i].metric))
			set->choice = SERIES_USUAL;
}

/* What a count's unit is by the second. */
static void set_unit(struct series *series, const struct record *record)
{
	char unit[SERIES_UNIT_SIZE];

	text_clean(record->unit ? record->unit : "", unit, sizeof unit);
	if (!record->is_count)
		snprintf(series->unit, sizeof series->unit, "%s", unit);
	else if (strcmp(unit, "J") == 0)
		snprintf(series->unit, sizeof series->unit, "W");
	else
		snprintf(series->unit, sizeof series->unit, "%.28s/s", *unit ? unit : "1");
}

static struct series describe(const struct series_set *set, const struct record *record)
{
	struct series series = {.source = set->n_sources - 1,
		.has_socket = record->has_socket,
		.socket = record->socket,
		.is_count = record->is_count};

	text_clean(record->metric, series.metric, sizeof series.metric);
	text_clean(record->group ? record->group : "", series.group, sizeof series.group);
	text_clean(record->place, series.place, sizeof series.place);
	text_clean(record->scope, series.scope, sizeof series.scope);
	set_unit(&series, record);
	return series;
}

static bool is_same(const struct series *a, const struct series *b)
{
	return a->source == b->source && strcmp(a->place, b->place) == 0 &&
	       strcmp(a->metric, b->metric) == 0 && strcmp(a->group, b->group) == 0 &&
	       strcmp(a->scope, b->scope) == 0 && strcmp(a->unit, b->unit) == 0;
}

/* Records come in the same order in each interval. */
static struct series *find(struct series_set *set, const struct record *record)
{
	const struct series wanted = describe(set, record);
	struct series *grown;

	for (size_t i = 0; i < set->n; i++) {
		size_t at = (set->next + i) % set->n;

		if (!is_same(&set->list[at], &wanted))
			continue;
		set->next = at + 1;
		return &set->list[at];
	}
	if (set->n == MAX_SERIES) {
		errno = E2BIG;
		return NULL;
	}
	grown = array_grow(set->list, set->n, sizeof *grown);
	if (!grown) {
		errno = ENOMEM;
		return NULL;
	}
	set->list = grown;
	set->next = set->n + 1;
	grown += set->n++;
	*grown = wanted;
	return grown;
}

/* With those that it had not, up to this one. */
static int put(struct series_set *set, struct series *series, size_t index, double value)
{
	while (series->n <= index) {
		double *grown = array_grow(series->values, series->n, sizeof *grown);

		if (!grown)
			return -ENOMEM;
		series->values = grown;
		if (++set->n_values > MAX_VALUES)
			return -E2BIG;
		grown[series->n++] = NAN;
	}
	series->values[index] = value;
	return 0;
}

static int add_record(struct series_set *set, size_t index, const struct record *record)
{
	struct series *series;
	double value = record->is_count ? record->per_second : record->value;

	if (!is_wanted(set, record, index == 0))
		return 0;
	series = find(set, record);
	if (!series)
		return -errno;
	/* an event that was asked for twice is the same line */
	if (series->n > index)
		return 0;
	if (!isfinite(value)) {
		if (series->n_missing++ == 0)
			text_clean(record->reason, series->reason, sizeof series->reason);
		value = NAN;
	}
	return put(set, series, index, value);
}

static int add_span(struct source *source, const struct interval *interval)
{
	const struct source_span span = {interval->begin.ns, interval->end.ns};
	struct source_span *grown;

	if (span.end_ns < span.begin_ns)
		return -EINVAL;
	if (source->n > 0 && span.begin_ns < source->spans[source->n - 1].begin_ns)
		return -EINVAL;
	grown = array_grow(source->spans, source->n, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	source->spans = grown;
	grown[source->n++] = span;
	return 0;
}

int series_add(
	struct series_set *set, const struct interval *interval, const struct records *records)
{
	struct source *source = &set->sources[set->n_sources - 1];
	int r;

	if (interval->kind != INTERVAL_ONE)
		return 0;
	if (source->n == MAX_VALUES)
		return -E2BIG;
	r = add_span(source, interval);
	decide(set, records);
	set->next = 0;
	for (size_t i = 0; r == 0 && i < records->n; i++)
		r = add_record(set, source->n - 1, &records->list[i]);
	return r;
}

size_t series_intervals(const struct series_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n_sources; i++)
		n += set->sources[i].n;
	return n;
}

void series_remove(struct series_set *set, size_t i)
{
	free(set->list[i].values);
	set->n--;
	memmove(&set->list[i], &set->list[i + 1], (set->n - i) * sizeof *set->list);
}

struct series *series_like(struct series_set *set, size_t i, const char *scope)
{
	struct series *grown = array_grow(set->list, set->n, sizeof *grown);
	size_t n;

	if (!grown)
		return NULL;
	set->list = grown;
	grown += set->n;
	*grown = set->list[i];
	snprintf(grown->scope, sizeof grown->scope, "%s", scope);
	grown->n_missing = 0;
	grown->reason[0] = '\0';
	n = set->sources[grown->source].n;
	grown->n = 0;
	grown->values = calloc(n, sizeof *grown->values);
	if (!grown->values)
		return NULL;
	grown->n = n;
	set->n++;
	return grown;
}

void series_deinit(struct series_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		free(set->list[i].values);
	for (size_t i = 0; i < set->n_sources; i++)
		free(set->sources[i].spans);
	free(set->list);
	free(set->sources);
	free(set->wanted);
	*set = (struct series_set){0};
}
