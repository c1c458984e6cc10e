/* SPDX-License-Identifier: MIT */
#include "cli/repeats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const struct record *a, const struct record *b)
{
	return strcmp(a->metric, b->metric) == 0 && strcmp(a->place, b->place) == 0 &&
	       strcmp(a->group ? a->group : "", b->group ? b->group : "") == 0;
}

/* They come in the same order, unless one has fallen out. */
static const struct record *find(
	const struct records *records, const struct record *wanted, size_t place)
{
	if (place < records->n && is_same(&records->list[place], wanted))
		return &records->list[place];
	for (size_t i = 0; i < records->n; i++)
		if (is_same(&records->list[i], wanted))
			return &records->list[i];
	return NULL;
}

static int begin(struct repeats *repeats, const struct records *records)
{
	repeats->list = calloc(records->n + 1, sizeof *repeats->list);
	if (!repeats->list)
		return -ENOMEM;
	for (size_t i = 0; i < records->n; i++) {
		struct record *record = records_add(&repeats->first);

		if (!record)
			return -ENOMEM;
		*record = records->list[i];
	}
	return 0;
}

/* Welford's: the squares do not lose their digits to the size of the mean. */
static void add(struct repeat *repeat, double value)
{
	double off = value - repeat->mean;

	repeat->min = repeat->n == 0 ? value : fmin(repeat->min, value);
	repeat->max = repeat->n == 0 ? value : fmax(repeat->max, value);
	repeat->n++;
	repeat->mean += off / (double)repeat->n;
	repeat->squares += off * (value - repeat->mean);
}

int repeats_add(struct repeats *repeats, const struct records *records)
{
	int r = repeats->list ? 0 : begin(repeats, records);

	for (size_t i = 0; r == 0 && i < repeats->first.n; i++) {
		struct record *first = &repeats->first.list[i];
		const struct record *record = find(records, first, i);

		add(&repeats->list[i], record ? record->value : NAN);
		if (record && record->reason[0] && !first->reason[0])
			memcpy(first->reason, record->reason, sizeof first->reason);
	}
	return r;
}

int repeats_summary(const struct repeats *repeats, struct records *summary)
{
	for (size_t i = 0; i < repeats->first.n; i++) {
		const struct repeat *repeat = &repeats->list[i];
		struct record *record = records_add(summary);
		bool is_known = isfinite(repeat->mean);

		if (!record)
			return -ENOMEM;
		*record = repeats->first.list[i];
		record->value = record->average = repeat->mean;
		record->n = repeat->n;
		record->min = is_known ? repeat->min : NAN;
		record->max = is_known ? repeat->max : NAN;
		record->deviation =
			repeat->n > 1 ? sqrt(repeat->squares / (double)(repeat->n - 1)) : NAN;
		/* a mean of ratios is none */
		record->together = RECORD_APART;
		record->per_second = record->share = record->expected = record->off_percent = NAN;
	}
	return 0;
}

void repeats_deinit(struct repeats *repeats)
{
	records_deinit(&repeats->first);
	free(repeats->list);
	*repeats = (struct repeats){0};
}
