/* SPDX-License-Identifier: MIT */
#include "cli/output/record.h"

#include <math.h>
#include <stdlib.h>

#include "util/array.h"
#include "util/clock.h"

struct record *records_add(struct records *records)
{
	struct record *grown = array_grow(records->list, records->n, sizeof *grown);
	struct record *record;

	if (!grown)
		return NULL;
	records->list = grown;
	record = &grown[records->n++];
	*record = (struct record){.unit = "",
		.value = NAN,
		.per_second = NAN,
		.min = NAN,
		.max = NAN,
		.average = NAN,
		.deviation = NAN,
		.share = NAN,
		.expected = NAN,
		.off_percent = NAN,
		.grain_percent = NAN,
		.dividend = NAN,
		.divisor = NAN};
	return record;
}

const char *record_together(enum record_together together)
{
	static const char *const names[] = {
#define X(together, name) [together] = name,
		RECORD_TOGETHER(X)
#undef X
	};

	return names[together];
}

void records_deinit(struct records *records)
{
	free(records->list);
	*records = (struct records){0};
}

const char *interval_kind(enum interval_kind kind)
{
	static const char *const names[] = {
#define X(kind, name) [kind] = name,
		INTERVAL_KINDS(X)
#undef X
	};

	return names[kind];
}

double interval_seconds(const struct interval *interval)
{
	return interval->end.ns > interval->begin.ns
		       ? clock_seconds(interval->end.ns - interval->begin.ns)
		       : 0;
}
