/* SPDX-License-Identifier: MIT */
/*
 * From JSON to records, over jansson. Whatever is in the file, it gets one message; its texts are
 * cleaned before they are shown.
 */
#include "cli/plot/ndjson.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "cli/output/text.h"
#include "cli/plot/line.h"
#include "util/array.h"

#define CURE "msrctl plot draws what msrctl stat --format ndjson writes"

/* More than anything that was measured; such a number would leave no axis. */
#define MAX_VALUE 1e24

struct member {
	const char *key;
	bool may_be_null;
	enum { IS_TEXT, IS_NUMBER, IS_TIME, IS_LIST } is;
};

__attribute__((format(printf, 2, 3))) static int fail(
	struct ndjson *ndjson, const char *format, ...)
{
	char text[NDJSON_ERROR_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	text_clean(text, ndjson->error, sizeof ndjson->error);
	return -EINVAL;
}

static bool is_member(const struct member *member, const json_t *value)
{
	switch (member->is) {
	case IS_TEXT:
		return json_is_string(value);
	case IS_NUMBER:
		return json_is_number(value) && fabs(json_number_value(value)) <= MAX_VALUE;
	case IS_TIME:
		return json_is_integer(value) && json_integer_value(value) >= 0;
	case IS_LIST:
		return json_is_array(value);
	default:
		return false;
	}
}

static int check(
	struct ndjson *ndjson, const json_t *object, const struct member *members, size_t n)
{
	static const char *const words[] = {[IS_TEXT] = "a text",
		[IS_NUMBER] = "a number that can have been measured",
		[IS_TIME] = "a number of nanoseconds",
		[IS_LIST] = "a list"};

	for (size_t i = 0; i < n; i++) {
		const json_t *value = json_object_get(object, members[i].key);

		if (!value)
			return fail(ndjson,
				"there is no \"%s\": is it written with --columns? %s, with all "
				"columns",
				members[i].key, CURE);
		if (!is_member(&members[i], value) &&
			!(members[i].may_be_null && json_is_null(value)))
			return fail(ndjson, "\"%s\" is not %s: %s", members[i].key,
				words[members[i].is], CURE);
	}
	return 0;
}

static double number_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int add_record(struct ndjson *ndjson, const json_t *object, struct records *records)
{
	static const struct member members[] = {
		{"place", false, IS_TEXT},
		{"scope", false, IS_TEXT},
		{"socket", true, IS_TIME},
		{"group", true, IS_TEXT},
		{"metric", false, IS_TEXT},
		{"type", false, IS_TEXT},
		{"value", true, IS_NUMBER},
		{"unit", true, IS_TEXT},
		{"per_second", true, IS_NUMBER},
		{"reason", true, IS_TEXT},
	};
	const json_t *socket = json_object_get(object, "socket");
	const char *reason = text_of(object, "reason");
	int r = json_is_object(object) ? check(ndjson, object, members, N_ELEMENTS(members))
				       : fail(ndjson, "\"records\" are not objects: %s", CURE);
	struct record *record = r == 0 ? records_add(records) : NULL;

	if (!record)
		return r < 0 ? r : -ENOMEM;
	snprintf(record->place, sizeof record->place, "%s", text_of(object, "place"));
	snprintf(record->reason, sizeof record->reason, "%s", reason ? reason : "");
	record->scope = text_of(object, "scope");
	record->has_socket = json_is_integer(socket);
	record->socket = (uint32_t)json_integer_value(socket);
	record->group = text_of(object, "group");
	record->metric = text_of(object, "metric");
	record->unit = text_of(object, "unit");
	record->is_count = strcmp(text_of(object, "type"), "count") == 0;
	record->value = number_of(object, "value");
	record->per_second = number_of(object, "per_second");
	return 0;
}

static int say_series(struct ndjson *ndjson, int r)
{
	if (r == -EINVAL)
		return fail(ndjson, "the interval begins before the one above it: it is of another "
				    "measurement, and each wants a file of its own");
	if (r == -E2BIG)
		return fail(
			ndjson, "more values than can be drawn up to here: which ones, --metric?");
	return r;
}

static int take(struct ndjson *ndjson, const json_t *root, struct series_set *set)
{
	static const struct member members[] = {
		{"kind", false, IS_TEXT},
		{"begin_ns", true, IS_TIME},
		{"end_ns", true, IS_TIME},
		{"records", false, IS_LIST},
	};
	struct interval interval = {.kind = INTERVAL_ONE};
	struct records records = {0};
	int r = json_is_object(root) ? check(ndjson, root, members, N_ELEMENTS(members))
				     : fail(ndjson, "no JSON object: %s", CURE);
	const json_t *list = json_object_get(root, "records"), *record;
	size_t i;

	/* totals and summaries are of no time */
	if (r < 0 || strcmp(text_of(root, "kind"), "interval") != 0)
		return r;
	if (!json_is_integer(json_object_get(root, "begin_ns")) ||
		!json_is_integer(json_object_get(root, "end_ns")))
		return fail(ndjson, "the interval has no time: %s", CURE);
	interval.begin.ns = (uint64_t)json_integer_value(json_object_get(root, "begin_ns"));
	interval.end.ns = (uint64_t)json_integer_value(json_object_get(root, "end_ns"));
	json_array_foreach(list, i, record)
	{
		if (r == 0)
			r = add_record(ndjson, record, &records);
	}
	if (r == 0)
		r = say_series(ndjson, series_add(set, &interval, &records));
	records_deinit(&records);
	return r;
}

static bool is_blank(const struct line *line)
{
	return strspn(line->text, " \t\r") == line->n;
}

static int read_line(struct ndjson *ndjson, const struct line *line, struct series_set *set)
{
	json_error_t error;
	json_t *root;
	int r;

	if (is_blank(line))
		return 0;
	root = json_loadb(line->text, line->n, JSON_REJECT_DUPLICATES, &error);
	if (!root && json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	/* a run that was killed leaves half a line */
	if (!root && !line->is_whole && line->text[0] == '{') {
		ndjson->is_cut = true;
		return 0;
	}
	if (!root && ndjson->line == 1 && line_kind(line))
		return fail(ndjson, "%s: %s", line_kind(line), CURE);
	if (!root)
		return fail(ndjson, "not valid JSON, at column %d: %s", error.column, CURE);
	r = take(ndjson, root, set);
	json_decref(root);
	return r;
}

static int say_line(struct ndjson *ndjson, enum line_result result)
{
	if (result == LINE_HAS_NUL)
		return fail(ndjson, "a NUL byte, this is no text: %s", CURE);
	if (result == LINE_TOO_LONG)
		return fail(ndjson,
			"the line is longer than %zu MiB: fewer CPUs (-c) or events make shorter "
			"ones",
			LINE_MAX_BYTES >> 20);
	return result == LINE_FAILED ? -errno : 0;
}

int ndjson_read(struct ndjson *ndjson, FILE *file, struct series_set *set)
{
	enum line_result result;
	struct line line = {0};
	bool is_any = false;
	int r = 0;

	*ndjson = (struct ndjson){0};
	do {
		ndjson->line++;
		result = line_read(&line, file);
		if (result == LINE_READ)
			r = read_line(ndjson, &line, set);
		is_any = is_any || (result == LINE_READ && !is_blank(&line));
	} while (r == 0 && result == LINE_READ && line.is_whole);
	if (r == 0)
		r = say_line(ndjson, result);
	line_deinit(&line);
	if (r < 0 || (is_any && set->sources[set->n_sources - 1].n > 0))
		return r;
	ndjson->line = 0;
	return fail(ndjson, "%s: %s", is_any ? "there is no whole interval in it" : "it is empty",
		CURE);
}
