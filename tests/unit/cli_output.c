/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/openmetrics.h"
#include "cli/output/rows.h"
#include "cli/output/text.h"
#include "util/cleanup.h"

#define SECOND UINT64_C(1000000000)

static const struct interval one = {.number = 3,
	.begin = {2 * SECOND, 1700000000 * SECOND + 1000},
	.end = {4 * SECOND + 1, 1700000002 * SECOND + 1000},
	.has_command = true,
	.command = "runs"};

/* A figure, a count that has none, an event and a metric of a group. */
static int set_records(void **state)
{
	static struct records records;
	struct record *record = records_add(&records);

	*record = (struct record){.place = "cpu 0",
		.scope = "cpu",
		.has_number = true,
		.metric = "clock_mhz",
		.unit = "MHz",
		.value = 3500,
		.per_second = NAN,
		.min = NAN,
		.max = NAN,
		.average = NAN,
		.deviation = NAN,
		.share = 1,
		.expected = NAN,
		.off_percent = NAN,
		.grain_percent = NAN};
	record = records_add(&records);
	record->scope = "socket";
	strcpy(record->place, "socket 1");
	record->metric = "package_joules";
	record->unit = "J";
	record->is_count = true;
	strcpy(record->reason, "not \"allowed\", by\nthe policy");
	record = records_add(&records);
	record->scope = "node";
	strcpy(record->place, "node");
	record->source = RECORD_EVENT;
	record->metric = "imc/event=0x04,umask=0x03/";
	record->is_count = true;
	record->value = 9007199254740991.0;
	record->share = 0.25;
	record = records_add(&records);
	record->scope = "node";
	strcpy(record->place, "node");
	record->source = RECORD_GROUP;
	record->group = "memory";
	record->metric = "read_bandwidth";
	record->unit = "B/s";
	record->value = 0.1;
	*state = &records;
	return 0;
}

static int strike_records(void **state)
{
	records_deinit(*state);
	return 0;
}

static struct columns choose(const char *list)
{
	struct columns columns;
	char error[COLUMNS_ERROR_SIZE];

	columns_all(&columns, false);
	if (!columns_choose(&columns, list, error))
		fail_msg("%s", error);
	return columns;
}

static void assert_written(FILE *out, char **text, const char *wanted)
{
	fclose(out);
	assert_string_equal(*text, wanted);
	free(*text);
}

static void csv_is_as_rfc_4180_has_it(void **state)
{
	const struct columns columns = choose("interval,seconds,place,value,reason");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	rows_csv_header(&columns, out);
	rows_csv(&columns, &one, *state, out);
	assert_written(out, &text,
		"interval,seconds,place,value,reason\r\n"
		"3,2.000000001,cpu 0,3500,\r\n"
		"3,2.000000001,socket 1,,\"not \"\"allowed\"\", by\nthe policy\"\r\n"
		"3,2.000000001,node,9007199254740991,\r\n"
		"3,2.000000001,node,0.1,\r\n");
}

static void ndjson_is_one_object_on_one_line(void **state)
{
	const struct columns columns =
		choose("kind,interval,begin_ns,begin,command,place,number,metric,value,reason");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	((struct records *)*state)->n = 2;
	rows_ndjson(&columns, &one, *state, out);
	assert_written(out, &text,
		"{\"kind\":\"interval\",\"interval\":3,\"begin_ns\":2000000000,"
		"\"begin\":\"2023-11-14T22:13:20.000001Z\",\"command\":\"runs\",\"records\":["
		"{\"place\":\"cpu 0\",\"number\":0,\"metric\":\"clock_mhz\",\"value\":3500,"
		"\"reason\":null},"
		"{\"place\":\"socket 1\",\"number\":null,\"metric\":\"package_joules\","
		"\"value\":null,\"reason\":\"not \\\"allowed\\\", by\\u000athe policy\"}]}\n");
	((struct records *)*state)->n = 4;
}

static void a_total_has_no_number_and_a_summary_no_time(void **state)
{
	const struct columns columns = choose("kind,interval,seconds");
	const struct interval total = {.kind = INTERVAL_TOTAL, .end.ns = SECOND};
	const struct interval summary = {.kind = INTERVAL_SUMMARY};
	const struct records none = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	rows_ndjson(&columns, &total, &none, out);
	rows_ndjson(&columns, &summary, &none, out);
	assert_written(out, &text,
		"{\"kind\":\"total\",\"interval\":null,\"seconds\":1,\"records\":[]}\n"
		"{\"kind\":\"summary\",\"interval\":null,\"seconds\":null,\"records\":[]}\n");
}

static void json_keeps_text_that_is_no_utf8_valid(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	/* alone, of a long form, a surrogate, behind the last one, cut off */
	text_json(
		"\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82|\x80|\xc0\xaf|\xed\xa0\x80|\xf5\x80\x80\x80|"
		"\xe2\x82",
		out);
	assert_written(out, &text,
		"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd|"
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|"
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|"
		"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void label_is_valid_utf8_whatever_is_in_it(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	text_label("\xc3\xa4 \"\\\n|\x80|\xe2\x82", out);
	assert_written(out, &text, "\xc3\xa4 \\\"\\\\\\n|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd");
}

static void numbers_keep_their_digits(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {{0, "0"}, {-0.0, "0"}, {0.1, "0.1"}, {1.0 / 3, "0.333333333333333"},
		{5950000000, "5950000000"}, {9007199254740991, "9007199254740991"},
		{1e300, "1e+300"}, {15.3e-6, "1.53e-05"}, {-2.5, "-2.5"}};
	char text[TEXT_NUMBER_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(text_number(cases[i].value, text), cases[i].text);
}

/* The lines of an exposition that begin with so. */
static void assert_lines(const char *text, const char *begin, const char *wanted)
{
	cleanup_free char *lines = calloc(1, strlen(text) + 1);
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		if (strncmp(text, begin, strlen(begin)) == 0)
			strncat(lines, text, (size_t)(end + 1 - text));
	assert_string_equal(lines, wanted);
}

static void openmetrics_have_base_units_and_end(void **state)
{
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(openmetrics_write(&one, *state, &one, *state, out), 0);
	fclose(out);
	assert_lines(text, "msrctl_clock",
		"msrctl_clock_hertz{place=\"cpu 0\",scope=\"cpu\",number=\"0\"} 3500000000\n");
	assert_lines(text, "# TYPE msrctl_clock", "# TYPE msrctl_clock_hertz gauge\n");
	assert_lines(text, "# UNIT msrctl_clock", "# UNIT msrctl_clock_hertz hertz\n");
	assert_lines(text, "msrctl_events_",
		"msrctl_events_total{place=\"node\",scope=\"node\","
		"event=\"imc/event=0x04,umask=0x03/\"} 9007199254740991\n"
		"msrctl_events_created{place=\"node\",scope=\"node\","
		"event=\"imc/event=0x04,umask=0x03/\"} 1700000000.000001000\n");
	assert_lines(text, "msrctl_memory_read",
		"msrctl_memory_read_bandwidth_bytes_per_second{place=\"node\",scope=\"node\","
		"group=\"memory\",metric=\"read_bandwidth\"} 0.1\n");
	assert_lines(text, "msrctl_unavailable",
		"msrctl_unavailable_info{place=\"socket 1\",scope=\"socket\","
		"metric=\"package_joules\",reason=\"not \\\"allowed\\\", by\\nthe policy\"} 1\n");
	assert_lines(text, "msrctl_measured_seconds_total",
		"msrctl_measured_seconds_total 2.000000001\n");
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
}

static void columns_are_chosen_and_changed(void **state)
{
	static const struct {
		const char *list, *names;
	} cases[] = {
		{"value", "value "},
		{"value,place,value", "place value "},
		{"-reason,-unit", "place metric value per_second "},
		{"+scope", "place metric value unit per_second reason scope "},
		{"-value,+value", "place metric unit per_second reason value "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char names[256] = "", error[COLUMNS_ERROR_SIZE];
		struct columns columns;

		columns_few(&columns);
		assert_true(columns_choose(&columns, cases[i].list, error));
		for (size_t j = 0; j < columns.n; j++) {
			strcat(names, column_get(columns.list[j])->name);
			strcat(names, " ");
		}
		assert_string_equal(names, cases[i].names);
	}
}

static void columns_that_there_are_not_are_said(void **state)
{
	static const struct {
		const char *list, *error;
	} cases[] = {
		{"valu", "there is no column \"valu\"; --columns help lists them"},
		{"", "there is no column \"\"; --columns help lists them"},
		{"value,", "there is no column \"\"; --columns help lists them"},
		{"+scope,value", "value wants + or - in front of it, as those before it have"},
		{"-place,-metric,-value,-unit,-per_second,-reason", "no column is left"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char error[COLUMNS_ERROR_SIZE];
		struct columns columns;

		columns_few(&columns);
		assert_false(columns_choose(&columns, cases[i].list, error));
		assert_string_equal(error, cases[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_as_rfc_4180_has_it),
		cmocka_unit_test(ndjson_is_one_object_on_one_line),
		cmocka_unit_test(a_total_has_no_number_and_a_summary_no_time),
		cmocka_unit_test(json_keeps_text_that_is_no_utf8_valid),
		cmocka_unit_test(label_is_valid_utf8_whatever_is_in_it),
		cmocka_unit_test(numbers_keep_their_digits),
		cmocka_unit_test(openmetrics_have_base_units_and_end),
		cmocka_unit_test(columns_are_chosen_and_changed),
		cmocka_unit_test(columns_that_there_are_not_are_said),
	};

	return cmocka_run_group_tests(tests, set_records, strike_records);
}
