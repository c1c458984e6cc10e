/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "cli/input/ndjson.h"
#include "cli/plot/take.h"
#include "util/array.h"

#define RECORD(place, metric, value, reason)                                                       \
	"{\"place\":\"" place "\",\"scope\":\"socket\",\"socket\":1,\"group\":null,\"metric\":"    \
	"\"" metric "\",\"type\":\"gauge\",\"value\":" value                                       \
	",\"unit\":\"W\",\"per_second\":null,\"reason\":" reason "}"
#define LINE(kind, begin, end, records)                                                            \
	"{\"kind\":\"" kind "\",\"begin_ns\":" begin ",\"end_ns\":" end ",\"records\":[" records   \
	"]}\n"
#define ONE   LINE("interval", "1", "2", RECORD("socket 1", "package_watts", "42.5", "null"))
#define TWO   LINE("interval", "2", "4", RECORD("socket 1", "package_watts", "null", "\"set back\""))
#define TOTAL LINE("total", "1", "4", RECORD("node", "package_watts", "1", "null"))

static struct series_set set;
static struct ndjson ndjson;

static int end(void **state)
{
	(void)state;
	series_deinit(&set);
	return 0;
}

static int read_text(const char *text)
{
	FILE *file = fmemopen((void *)text, strlen(text) + (*text == '\0'), "r");
	struct ndjson_reader reader;
	int r;

	assert_non_null(file);
	if (*text == '\0')
		getc(file);
	series_deinit(&set);
	reader = take_reader(&set);
	assert_int_equal(series_source(&set, "a"), 0);
	r = ndjson_read(&ndjson, file, &reader);
	fclose(file);
	return r;
}

static void values_are_those_of_the_records(void **state)
{
	(void)state;
	assert_int_equal(read_text(ONE "\r\n" TWO TOTAL), 0);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.list[0].n, 2);
	assert_true(set.list[0].values[0] == 42.5);
	assert_true(isnan(set.list[0].values[1]));
	assert_string_equal(set.list[0].reason, "set back");
	assert_true(set.list[0].has_socket && set.list[0].socket == 1);
	assert_int_equal(set.sources[0].spans[1].end_ns, 4);
	assert_false(ndjson.is_cut);
}

static void a_count_is_its_rate(void **state)
{
	(void)state;
	assert_int_equal(
		read_text(
			"{\"kind\":\"interval\",\"begin_ns\":0,\"end_ns\":2000000000,\"records\":[{"
			"\"place\":\"cpu 0\",\"scope\":\"cpu\",\"socket\":null,\"group\":null,"
			"\"metric\":\"instructions\",\"type\":\"count\",\"value\":10,\"unit\":null,"
			"\"per_second\":5,\"reason\":null}]}"),
		0);
	assert_true(set.list[0].values[0] == 5);
	assert_string_equal(set.list[0].unit, "1/s");
	assert_false(set.list[0].has_socket);
}

static void a_last_line_that_was_cut_is_left_out(void **state)
{
	(void)state;
	assert_int_equal(read_text(ONE "{\"kind\":\"inter"), 0);
	assert_true(ndjson.is_cut);
	assert_int_equal(ndjson.line, 2);
	assert_int_equal(set.list[0].n, 1);
}

#define CURE ": msrctl plot draws what msrctl stat --format ndjson writes"

static void a_file_that_is_none_of_ours_gets_one_message(void **state)
{
	static const struct {
		const char *text;
		size_t line;
		const char *error;
	} files[] = {
		{"", 0, "it is empty" CURE},
		{"\n\n", 0, "it is empty" CURE},
		{TOTAL, 0, "there is no whole interval in it" CURE},
		{"{\"kind\":", 0, "there is no whole interval in it" CURE},
		{"kind,interval\r\n", 1, "CSV" CURE},
		{"{\n \"cpus\": [\n", 1,
			"a JSON document of several lines, as --json writes it" CURE},
		{"{\"kind\":\"total\",\"kind\":\"interval\"}\n", 1,
			"not valid JSON, at column 22" CURE},
		{"[1]\n", 1, "no JSON object" CURE},
		{ONE "{\"kind\":\"inter\n" TWO, 2, "not valid JSON, at column 14" CURE},
		{ONE "\x1b[31m\n", 2, "not valid JSON, at column 1" CURE},
		{ONE ONE LINE("interval", "0", "1", ""), 3,
			"the interval begins before the one above it: it is of another "
			"measurement, and each wants a file of its own"},
		{"{\"kind\":\"interval\",\"records\":[]}\n", 1,
			"there is no \"begin_ns\": is it written with --columns? msrctl plot draws "
			"what msrctl stat --format ndjson writes, with all columns"},
		{LINE("interval", "null", "1", ""), 1, "the interval has no time" CURE},
		{LINE("interval", "-1", "1", ""), 1,
			"\"begin_ns\" is not a number of nanoseconds" CURE},
		{LINE("interval", "1", "2", "3"), 1, "\"records\" are not objects" CURE},
		{LINE("interval", "1", "2", RECORD("a", "b", "\"c\"", "null")), 1,
			"\"value\" is not a number that can have been measured" CURE},
		{LINE("interval", "1", "2", RECORD("a", "b", "1e300", "null")), 1,
			"\"value\" is not a number that can have been measured" CURE},
		{LINE("interval", "1", "2", RECORD("a", "b\\u0000c", "1", "null")), 1,
			"not valid JSON, at column 127" CURE},
		{LINE("interval", "1", "2", RECORD("a", "\xff", "1", "null")), 1,
			"not valid JSON, at column 118" CURE},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(files); i++) {
		assert_int_equal(read_text(files[i].text), -EINVAL);
		assert_string_equal(ndjson.error, files[i].error);
		assert_int_equal(ndjson.line, files[i].line);
	}
}

static void lists_in_lists_end(void **state)
{
	static char deep[100000];

	(void)state;
	memset(deep, '[', sizeof deep - 1);
	assert_int_equal(read_text(deep), -EINVAL);
	assert_int_equal(ndjson.line, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(values_are_those_of_the_records, end),
		cmocka_unit_test_teardown(a_count_is_its_rate, end),
		cmocka_unit_test_teardown(a_last_line_that_was_cut_is_left_out, end),
		cmocka_unit_test_teardown(a_file_that_is_none_of_ours_gets_one_message, end),
		cmocka_unit_test_teardown(lists_in_lists_end, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
