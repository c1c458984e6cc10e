/* SPDX-License-Identifier: MIT */
/*
 * From JSON to records, over jansson. Whatever is in the file, it gets one message; its texts are
 * cleaned before they are shown.
 */
#include "cli/input/ndjson.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "cli/input/line.h"
#include "cli/output/text.h"
#include "util/array.h"
#include "util/clock.h"

/* More than anything that was measured; such a number would leave no axis. */
#define MAX_VALUE 1e24

struct member {
	const char *key;
	bool may_be_null;
	enum { IS_TEXT, IS_NUMBER, IS_COUNT, IS_TIME, IS_LIST } is;
};

int ndjson_fail(struct ndjson *ndjson, const char *format, ...)
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
	case IS_COUNT:
		return json_is_integer(value) && json_integer_value(value) >= 0 &&
		       json_integer_value(value) <= UINT32_MAX;
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
		[IS_COUNT] = "a number of what there is on a node",
		[IS_TIME] = "a number of nanoseconds",
		[IS_LIST] = "a list"};

	for (size_t i = 0; i < n; i++) {
		const json_t *value = json_object_get(object, members[i].key);

		if (!value)
			return ndjson_fail(ndjson,
				"there is no \"%s\": is it written with --columns? %s, with all "
				"columns",
				members[i].key, ndjson->reader->cure);
		if (!is_member(&members[i], value) &&
			!(members[i].may_be_null && json_is_null(value)))
			return ndjson_fail(ndjson, "\"%s\" is not %s: %s", members[i].key,
				words[members[i].is], ndjson->reader->cure);
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

static uint32_t count_of(const json_t *root, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(root, key));
}

static enum record_together together_of(const json_t *object)
{
	const char *text = text_of(object, "together");

	for (unsigned i = RECORD_SUM; text && i <= RECORD_RATIO; i++)
		if (strcmp(text, record_together((enum record_together)i)) == 0)
			return (enum record_together)i;
	return RECORD_APART;
}

/* What those who put nodes together want to know. */
static int add_together(struct ndjson *ndjson, const json_t *object, struct record *record)
{
	static const struct member members[] = {
		{"number", true, IS_COUNT},
		{"n", true, IS_COUNT},
		{"together", true, IS_TEXT},
		{"dividend", true, IS_NUMBER},
		{"divisor", true, IS_NUMBER},
	};
	int r = check(ndjson, object, members, N_ELEMENTS(members));

	if (r < 0)
		return r;
	if (json_is_string(json_object_get(object, "region")))
		return ndjson_fail(
			ndjson, "it has values of --regions, which are no node's: measure without");
	record->has_number = json_is_integer(json_object_get(object, "number"));
	record->number = count_of(object, "number");
	record->n = (uint64_t)json_integer_value(json_object_get(object, "n"));
	record->together = together_of(object);
	record->dividend = number_of(object, "dividend");
	record->divisor = number_of(object, "divisor");
	return 0;
}

static int add_record(struct ndjson *ndjson, const json_t *object, struct records *records)
{
	static const struct member members[] = {
		{"place", false, IS_TEXT},
		{"scope", false, IS_TEXT},
		{"socket", true, IS_COUNT},
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
				       : ndjson_fail(ndjson, "\"records\" are not objects: %s",
						 ndjson->reader->cure);
	struct record *record = r == 0 ? records_add(records) : NULL;

	if (!record)
		return r < 0 ? r : -ENOMEM;
	text_clean(text_of(object, "place"), record->place, sizeof record->place);
	text_clean(reason ? reason : "", record->reason, sizeof record->reason);
	record->scope = text_of(object, "scope");
	record->has_socket = json_is_integer(socket);
	record->socket = (uint32_t)json_integer_value(socket);
	record->group = text_of(object, "group");
	record->metric = text_of(object, "metric");
	record->unit = text_of(object, "unit");
	record->is_count = strcmp(text_of(object, "type"), "count") == 0;
	record->value = number_of(object, "value");
	record->per_second = number_of(object, "per_second");
	return ndjson->reader->wants_nodes ? add_together(ndjson, object, record) : 0;
}

/* As text_time writes it. False: it is none. */
static bool parse_time(const char *text, uint64_t *wall_ns)
{
	struct tm tm = {0};
	unsigned micros;
	const char *behind = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	time_t seconds = behind ? timegm(&tm) : -1;

	if (seconds < 0 || sscanf(behind, ".%6uZ", &micros) != 1)
		return false;
	*wall_ns = (uint64_t)seconds * CLOCK_SECOND_NS + micros * UINT64_C(1000);
	return true;
}

/* What those who tell nodes apart want to know. */
static int take_node(struct ndjson *ndjson, const json_t *root, struct interval *interval)
{
	static const struct member members[] = {
		{"begin", true, IS_TEXT},
		{"end", true, IS_TEXT},
		{"command", true, IS_TEXT},
		{"node", false, IS_TEXT},
		{"model", false, IS_TEXT},
		{"ranks", true, IS_COUNT},
		{"job_ranks", true, IS_COUNT},
	};
	const char *command = text_of(root, "command");
	int r = check(ndjson, root, members, N_ELEMENTS(members));

	if (r < 0)
		return r;
	interval->has_command = command != NULL;
	text_clean(command ? command : "", interval->command, sizeof interval->command);
	interval->node = text_of(root, "node");
	interval->model = text_of(root, "model");
	interval->ranks = count_of(root, "ranks");
	interval->job_ranks = count_of(root, "job_ranks");
	if (interval->kind != INTERVAL_SUMMARY &&
		(!text_of(root, "begin") || !text_of(root, "end") ||
			!parse_time(text_of(root, "begin"), &interval->begin.wall_ns) ||
			!parse_time(text_of(root, "end"), &interval->end.wall_ns)))
		return ndjson_fail(ndjson, "\"begin\" and \"end\" are no date and time: %s",
			ndjson->reader->cure);
	return 0;
}

static int take_kind(struct ndjson *ndjson, const char *text, enum interval_kind *kind)
{
	for (unsigned i = 0; i < INTERVAL_N_KINDS; i++) {
		if (strcmp(text, interval_kind((enum interval_kind)i)) != 0)
			continue;
		*kind = (enum interval_kind)i;
		return 0;
	}
	return ndjson_fail(ndjson, "\"kind\" is none that there is: %s", ndjson->reader->cure);
}

static int take_interval(struct ndjson *ndjson, const json_t *root, struct interval *interval)
{
	if (!json_is_integer(json_object_get(root, "begin_ns")) ||
		!json_is_integer(json_object_get(root, "end_ns")))
		return ndjson_fail(ndjson, "the interval has no time: %s", ndjson->reader->cure);
	interval->begin.ns = (uint64_t)json_integer_value(json_object_get(root, "begin_ns"));
	interval->end.ns = (uint64_t)json_integer_value(json_object_get(root, "end_ns"));
	return 0;
}

static int take_records(struct ndjson *ndjson, const json_t *root, const struct interval *interval)
{
	const json_t *list = json_object_get(root, "records"), *record;
	struct records records = {0};
	int r = 0;
	size_t i;

	json_array_foreach(list, i, record)
	{
		if (r == 0)
			r = add_record(ndjson, record, &records);
	}
	if (r == 0)
		r = ndjson->reader->take(ndjson->reader->context, ndjson, interval, &records);
	ndjson->n_taken += r == 0;
	records_deinit(&records);
	return r;
}

static int take(struct ndjson *ndjson, const json_t *root)
{
	static const struct member members[] = {
		{"kind", false, IS_TEXT},
		{"begin_ns", true, IS_TIME},
		{"end_ns", true, IS_TIME},
		{"records", false, IS_LIST},
	};
	bool wants_nodes = ndjson->reader->wants_nodes;
	struct interval interval = {.kind = INTERVAL_ONE};
	int r = json_is_object(root)
			? check(ndjson, root, members, N_ELEMENTS(members))
			: ndjson_fail(ndjson, "no JSON object: %s", ndjson->reader->cure);

	if (r == 0)
		r = take_kind(ndjson, text_of(root, "kind"), &interval.kind);
	/* totals and summaries are of no time */
	if (r < 0 || (!wants_nodes && interval.kind != INTERVAL_ONE))
		return r;
	if (interval.kind == INTERVAL_ONE || interval.kind == INTERVAL_TOTAL)
		r = take_interval(ndjson, root, &interval);
	if (r == 0 && wants_nodes)
		r = take_node(ndjson, root, &interval);
	return r < 0 ? r : take_records(ndjson, root, &interval);
}

static bool is_blank(const struct line *line)
{
	return strspn(line->text, " \t\r") == line->n;
}

static int read_line(struct ndjson *ndjson, const struct line *line)
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
		return ndjson_fail(ndjson, "%s: %s", line_kind(line), ndjson->reader->cure);
	if (!root)
		return ndjson_fail(ndjson, "not valid JSON, at column %d: %s", error.column,
			ndjson->reader->cure);
	r = take(ndjson, root);
	json_decref(root);
	return r;
}

static int say_line(struct ndjson *ndjson, const struct line *line, enum line_result result)
{
	if (result == LINE_HAS_NUL && ndjson->line == 1 && line_packed(line))
		return ndjson_fail(ndjson, "%s: %s", line_packed(line), ndjson->reader->cure);
	if (result == LINE_HAS_NUL)
		return ndjson_fail(ndjson, "a NUL byte, this is no text: %s", ndjson->reader->cure);
	if (result == LINE_TOO_LONG)
		return ndjson_fail(ndjson,
			"the line is longer than %zu MiB: fewer CPUs (-c) or events make shorter "
			"ones",
			LINE_MAX_BYTES >> 20);
	return result == LINE_FAILED ? -errno : 0;
}

int ndjson_read(struct ndjson *ndjson, FILE *file, const struct ndjson_reader *reader)
{
	enum line_result result;
	struct line line = {0};
	bool is_any = false;
	int r = 0;

	*ndjson = (struct ndjson){.reader = reader};
	do {
		ndjson->line++;
		result = line_read(&line, file);
		if (result == LINE_READ)
			r = read_line(ndjson, &line);
		is_any = is_any || (result == LINE_READ && !is_blank(&line));
	} while (r == 0 && result == LINE_READ && line.is_whole);
	if (r == 0)
		r = say_line(ndjson, &line, result);
	line_deinit(&line);
	if (r < 0 || ndjson->n_taken > 0)
		return r;
	ndjson->line = 0;
	return ndjson_fail(ndjson, "%s: %s",
		is_any ? "there is no whole interval in it" : "it is empty", ndjson->reader->cure);
}
