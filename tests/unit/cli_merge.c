/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/merge/all.h"

#define RECORD(place, scope, metric, type, value, together, dividend, divisor)                     \
	"{\"place\":\"" place "\",\"scope\":\"" scope                                              \
	"\",\"number\":0,\"socket\":0,\"group\":\"g\",\"metric\":\"" metric "\",\"type\":\"" type  \
	"\",\"value\":" value ",\"unit\":null,\"per_second\":null,\"n\":1,\"reason\":null,"        \
	"\"together\":" together ",\"dividend\":" dividend ",\"divisor\":" divisor "}"
#define SUM(place, value) RECORD(place, "socket", "rate", "gauge", value, "\"sum\"", "null", "null")
#define RATIO(place, value, dividend, divisor)                                                     \
	RECORD(place, "socket", "cpi", "gauge", value, "\"ratio\"", dividend, divisor)
#define LINE(node, seconds, records)                                                               \
	"{\"kind\":\"total\",\"begin_ns\":1,\"end_ns\":9,\"begin\":\"2026-01-01T00:00:" seconds    \
	".000000Z\",\"end\":\"2026-01-01T00:00:5" seconds                                          \
	".500000Z\",\"command\":null,\"node\":\"" node                                             \
	"\",\"model\":\"m\",\"ranks\":null,\"job_ranks\":null,\"records\":[" records "]}\n"

#define SHAPELESS "\357\277\275" /* U+FFFD */

static struct measured nodes[2];
static struct records records;
static struct interval all;
static struct ndjson ndjson;

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		measured_deinit(&nodes[i]);
	records_deinit(&records);
	return 0;
}

static int read_node(size_t i, const char *text)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	int r;

	assert_non_null(file);
	measured_deinit(&nodes[i]);
	r = measured_read(&nodes[i], &ndjson, file);
	fclose(file);
	return r;
}

static void put_together(const char *one, const char *other)
{
	assert_int_equal(read_node(0, one), 0);
	assert_int_equal(read_node(1, other), 0);
	records_deinit(&records);
	assert_int_equal(all_of(nodes, 2, &all, &records), 0);
}

static void sums_and_ratios_are_those_of_all_places(void **state)
{
	(void)state;
	put_together(
		LINE("a", "0", SUM("s0", "1") "," SUM("s1", "2") "," RATIO("s0", "2", "8", "4")),
		LINE("b", "0", SUM("s0", "4") "," RATIO("s0", "5", "5", "1")));
	assert_int_equal(records.n, 2);
	assert_true(records.list[0].value == 7);
	assert_true(records.list[0].min == 3 && records.list[0].max == 4);
	assert_true(records.list[0].average == 3.5);
	/* 13 by 5, and no mean of 2 and 5 */
	assert_true(fabs(records.list[1].value - 2.6) < 1e-12);
	assert_true(records.list[1].dividend == 13 && records.list[1].divisor == 5);
	assert_string_equal(records.list[1].scope, "nodes");
	assert_int_equal(all.kind, INTERVAL_NODES);
	assert_string_equal(all.model, "m");
}

static void a_sum_of_the_node_is_not_added_once_more(void **state)
{
	(void)state;
	put_together(LINE("a", "0",
			     SUM("s0", "1") "," RECORD("node", "node", "rate", "gauge", "1",
				     "\"sum\"", "null", "null")),
		LINE("b", "0", SUM("s0", "4")));
	assert_int_equal(records.n, 1);
	assert_true(records.list[0].value == 5);
}

static void what_one_place_does_not_know_nobody_knows(void **state)
{
	(void)state;
	put_together(LINE("a", "0", SUM("s0", "null") "," RATIO("s0", "null", "null", "3")),
		LINE("b", "0", SUM("s0", "4") "," RATIO("s0", "1", "3", "3")));
	assert_true(isnan(records.list[0].value) && isnan(records.list[0].max));
	assert_string_equal(records.list[0].reason, "a: s0: it is n/a");
	assert_true(isnan(records.list[1].value));
}

static void a_ratio_by_nothing_is_none(void **state)
{
	(void)state;
	put_together(LINE("a", "0", RATIO("s0", "null", "0", "0")),
		LINE("b", "0", RATIO("s0", "null", "0", "0")));
	assert_true(isnan(records.list[0].value));
	assert_string_equal(records.list[0].reason, "it divides by 0");
}

static void a_rate_is_of_one_time(void **state)
{
	(void)state;
	put_together(LINE("a", "1", SUM("s0", "1")), LINE("b", "2", SUM("s0", "4")));
	assert_true(records.list[0].value == 5);
	put_together("{\"kind\":\"total\",\"begin_ns\":1,\"end_ns\":9,\"begin\":\"2025-01-01T00:00:"
		     "00.000000Z\",\"end\":\"2025-01-01T00:00:01.000000Z\",\"command\":null,"
		     "\"node\":\"a\",\"model\":\"m\",\"ranks\":null,\"job_ranks\":null,"
		     "\"records\":[" SUM("s0", "1") "]}",
		LINE("b", "2", SUM("s0", "4")));
	assert_string_equal(records.list[0].reason, "a and b were not measured at the same time");
}

static void what_is_there_twice_counts_once(void **state)
{
	(void)state;
	put_together(LINE("a", "0", SUM("s0", "1") "," SUM("s1", "2") "," SUM("s0", "1")),
		LINE("b", "0", SUM("s0", "4")));
	assert_int_equal(nodes[0].records.n, 2);
	assert_int_equal(records.n, 1);
	assert_true(records.list[0].value == 7);
}

static void one_node_is_measured_at_one_time(void **state)
{
	(void)state;
	/* its clock was put back meanwhile */
	assert_int_equal(
		read_node(0,
			"{\"kind\":\"total\",\"begin_ns\":1,\"end_ns\":9,\"begin\":\"2026-01-01T02:"
			"00:00.000000Z\",\"end\":\"2026-01-01T00:00:01.000000Z\",\"command\":null,"
			"\"node\":\"a\",\"model\":\"m\",\"ranks\":null,\"job_ranks\":null,"
			"\"records\":[" SUM("s0", "1") "]}"),
		0);
	assert_int_equal(all_of(nodes, 1, &all, &records), 0);
	assert_true(records.list[0].value == 1);
}

static void a_ratio_without_its_parts_says_whose_they_are(void **state)
{
	(void)state;
	put_together(LINE("a", "0", RATIO("s0", "2", "4", "2")),
		LINE("b", "0",
			RECORD("s0", "socket", "cpi", "gauge", "2", "null", "null", "null")));
	assert_true(isnan(records.list[0].value));
	assert_string_equal(records.list[0].reason, "b: s0: it has no dividend and divisor");
}

static void texts_are_fit_to_be_shown(void **state)
{
	(void)state;
	/* controls of C0 and C1, which a terminal obeys */
	assert_int_equal(read_node(0, LINE("\\u001b[2Ja", "0",
					      RECORD("s\\n0", "socket", "r\\u009bte", "gauge", "1",
						      "\"sum\"", "null", "null"))),
		0);
	assert_string_equal(nodes[0].interval.node, SHAPELESS "[2Ja");
	assert_string_equal(nodes[0].records.list[0].place, "s" SHAPELESS "0");
	assert_string_equal(nodes[0].records.list[0].metric, "r" SHAPELESS "te");
}

static void more_ranks_than_there_can_be_are_none(void **state)
{
	(void)state;
	assert_int_equal(
		read_node(0,
			"{\"kind\":\"total\",\"begin_ns\":1,\"end_ns\":9,\"begin\":\"2026-01-01T00:"
			"00:00.000000Z\",\"end\":\"2026-01-01T00:00:01.000000Z\",\"command\":null,"
			"\"node\":\"a\",\"model\":\"m\",\"ranks\":4294967297,\"job_ranks\":null,"
			"\"records\":[]}"),
		-EINVAL);
	assert_non_null(strstr(ndjson.error, "\"ranks\" is not a number"));
}

static void texts_that_are_hostile_are_bounded(void **state)
{
	char *text = malloc(100000), *line = NULL;

	(void)state;
	memset(text, 'x', 99999);
	text[99999] = '\0';
	assert_true(
		asprintf(&line,
			"{\"kind\":\"total\",\"begin_ns\":1,\"end_ns\":9,\"begin\":\"2026-01-01T00:"
			"00:00.000000Z\",\"end\":\"2026-01-01T00:00:01.000000Z\",\"command\":"
			"\"%s\",\"node\":\"%s\",\"model\":\"%s\",\"ranks\":4294967295,"
			"\"job_ranks\":null,\"records\":[%s]}",
			text, text, text, SUM("s0", "null")) > 0);
	put_together(line, LINE("b", "0", SUM("s0", "4")));
	assert_true(strlen(records.list[0].reason) < RECORD_REASON_SIZE);
	free(line);
	free(text);
}

static void texts_are_their_own(void **state)
{
	(void)state;
	put_together(LINE("a", "0", SUM("s0", "1")), LINE("b", "0", SUM("s0", "4")));
	assert_string_equal(nodes[0].interval.node, "a");
	assert_string_equal(nodes[1].records.list[0].metric, "rate");
	assert_string_equal(nodes[1].records.list[0].unit, "");
	assert_int_equal(nodes[0].records.list[0].source, RECORD_GROUP);
}

static void a_file_of_two_measurements_is_none(void **state)
{
	(void)state;
	assert_int_equal(read_node(0, LINE("a", "0", "") LINE("a", "1", "")), -EINVAL);
	assert_int_equal(ndjson.line, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(sums_and_ratios_are_those_of_all_places, end),
		cmocka_unit_test_teardown(a_sum_of_the_node_is_not_added_once_more, end),
		cmocka_unit_test_teardown(what_one_place_does_not_know_nobody_knows, end),
		cmocka_unit_test_teardown(a_ratio_by_nothing_is_none, end),
		cmocka_unit_test_teardown(a_rate_is_of_one_time, end),
		cmocka_unit_test_teardown(what_is_there_twice_counts_once, end),
		cmocka_unit_test_teardown(one_node_is_measured_at_one_time, end),
		cmocka_unit_test_teardown(a_ratio_without_its_parts_says_whose_they_are, end),
		cmocka_unit_test_teardown(texts_are_fit_to_be_shown, end),
		cmocka_unit_test_teardown(more_ranks_than_there_can_be_are_none, end),
		cmocka_unit_test_teardown(texts_that_are_hostile_are_bounded, end),
		cmocka_unit_test_teardown(texts_are_their_own, end),
		cmocka_unit_test_teardown(a_file_of_two_measurements_is_none, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
