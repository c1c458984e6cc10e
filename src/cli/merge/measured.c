/* SPDX-License-Identifier: MIT */
#include "cli/merge/measured.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/text.h"

#define CURE "msrctl merge puts together what msrctl stat --format ndjson writes, a node a FILE"

struct measured_text {
	struct measured_text *next;
	char text[];
};

/* At most so many for one that can't be shown. */
#define CLEAN_BYTES 3

/* The same text as long as measured lives, fit to be shown; NULL is NULL. -ENOMEM sets *r. */
static const char *keep(struct measured *measured, const char *text, int *r)
{
	struct measured_text *kept, *other;
	size_t size;

	if (!text)
		return NULL;
	size = CLEAN_BYTES * strlen(text) + 1;
	kept = malloc(sizeof *kept + size);
	if (!kept) {
		*r = -ENOMEM;
		return NULL;
	}
	text_clean(text, kept->text, size);
	for (other = measured->texts; other; other = other->next) {
		if (strcmp(kept->text, other->text) != 0)
			continue;
		free(kept);
		return other->text;
	}
	kept->next = measured->texts;
	measured->texts = kept;
	return kept->text;
}

/* Is the last one there already, as of an event that was asked for twice? Equal texts are kept
 * once.
 */
static bool is_double(const struct records *records)
{
	const struct record *last = &records->list[records->n - 1];

	for (const struct record *record = records->list; record < last; record++)
		if (record->metric == last->metric && record->group == last->group &&
			record->unit == last->unit && record->is_count == last->is_count &&
			strcmp(record->place, last->place) == 0)
			return true;
	return false;
}

/* Events are called as their users have written them; figures have names for OpenMetrics. */
static enum record_source source_of(const struct record *record)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";

	if (record->group)
		return RECORD_GROUP;
	return strspn(record->metric, letters) == strlen(record->metric) ? RECORD_FIGURE
									 : RECORD_EVENT;
}

static int keep_records(struct measured *measured, const struct records *records)
{
	int r = 0;

	records_deinit(&measured->records);
	for (size_t i = 0; i < records->n; i++) {
		struct record *record = records_add(&measured->records);

		if (!record)
			return -ENOMEM;
		*record = records->list[i];
		record->scope = keep(measured, record->scope, &r);
		record->group = keep(measured, record->group, &r);
		record->metric = keep(measured, record->metric, &r);
		record->unit = keep(measured, record->unit, &r);
		if (r < 0)
			return r;
		if (!record->unit)
			record->unit = "";
		record->source = source_of(&records->list[i]);
		record->node = measured->interval.node;
		if (record->is_count && record->together == RECORD_APART)
			record->together = RECORD_SUM;
		measured->records.n -= is_double(&measured->records);
	}
	return r;
}

static int keep_line(
	struct measured *measured, const struct interval *interval, const struct records *records)
{
	int r = 0;

	measured->interval = *interval;
	measured->interval.node = keep(measured, interval->node, &r);
	measured->interval.model = keep(measured, interval->model, &r);
	return r < 0 ? r : keep_records(measured, records);
}

static int take(void *context, struct ndjson *ndjson, const struct interval *interval,
	const struct records *records)
{
	struct measured *measured = context;
	bool is_total = interval->kind == INTERVAL_TOTAL;
	int r = 0;
	const char *node = keep(measured, interval->node, &r);

	if (r < 0)
		return r;
	if (measured->n_intervals > 0 && measured->interval.kind == INTERVAL_TOTAL)
		return ndjson_fail(ndjson, "another measurement begins here: " CURE);
	if (interval->kind == INTERVAL_SUMMARY)
		return ndjson_fail(ndjson, "runs of --repeat are many measurements: " CURE);
	if (interval->kind == INTERVAL_NODES)
		return ndjson_fail(ndjson, "msrctl merge has written it: " CURE);
	/* equal texts are kept once */
	if (measured->n_intervals > 0 && measured->interval.node != node)
		return ndjson_fail(ndjson, "another node begins here: " CURE);
	if (measured->n_intervals > 0 && !is_total &&
		interval->begin.ns < measured->interval.begin.ns)
		return ndjson_fail(ndjson, "another measurement begins here: " CURE);
	measured->n_intervals++;
	return keep_line(measured, interval, records);
}

/* Is what came last all that there was to come? */
static int judge(struct measured *measured, struct ndjson *ndjson)
{
	const struct interval *interval = &measured->interval;
	bool is_total = interval->kind == INTERVAL_TOTAL;

	if (ndjson->is_cut || (interval->has_command && !is_total)) {
		snprintf(measured->why_not, sizeof measured->why_not,
			"its file ends before its measurement did");
		return 0;
	}
	if (is_total || measured->n_intervals == 1)
		return 0;
	ndjson->line = 0;
	return ndjson_fail(ndjson,
		"it has several intervals and no total: measure one, or a COMMAND, which has one");
}

int measured_read(struct measured *measured, struct ndjson *ndjson, FILE *file)
{
	const struct ndjson_reader reader = {
		.cure = CURE, .wants_nodes = true, .take = take, .context = measured};
	int r = ndjson_read(ndjson, file, &reader);

	ndjson->reader = NULL;
	return r < 0 ? r : judge(measured, ndjson);
}

void measured_deinit(struct measured *measured)
{
	struct measured_text *next;

	for (struct measured_text *kept = measured->texts; kept; kept = next) {
		next = kept->next;
		free(kept);
	}
	records_deinit(&measured->records);
	*measured = (struct measured){0};
}
