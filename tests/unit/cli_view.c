/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/measure/view.h"
#include "cli/output/text.h"
#include "fake_msrd.h"
#include "near.h"
#include "util/cleanup.h"

/* One CPU that did 2 G instructions in 3 G cycles in a second, one that is not there. */
static struct metrics_row rows[2];
static const struct metrics metrics = {rows, 2};

static int set_rows(void **state)
{
	(void)state;
	memset(rows, 0, sizeof rows);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < N_METRICS; j++)
			rows[i].figures[j] = (struct figure){.value = NAN};
	rows[0].figures[METRIC_INSTRUCTIONS].value = 2e9;
	rows[0].figures[METRIC_CYCLES].value = 3e9;
	rows[0].figures[METRIC_CPI].value = 1.5;
	rows[0].figures[METRIC_CLOCK].value = 3000;
	rows[1].number = 7;
	strcpy(rows[1].cause, "not there");
	return 0;
}

static char *print(const struct view *view, enum subject_kind kind, struct view_verdict *verdict)
{
	cleanup_table struct table *table = view_subjects(view, &metrics, kind);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(tables_print(&table, 1, out), 0);
	view_judge(view, &metrics, verdict);
	fclose(out);
	return text;
}

static void assert_prints(const struct view *view, struct view_verdict *verdict, const char *wanted)
{
	cleanup_free char *text = print(view, SUBJECT_CPU, verdict);

	if (!strstr(text, wanted))
		fail_msg("\"%s\" does not have \"%s\"", text, wanted);
}

static void what_is_not_measured_says_why(void **state)
{
	struct view view = {.tolerance = 1};
	struct view_verdict verdict = {0};

	(void)state;
	assert_prints(&view, &verdict,
		"  0  2000 M   3000 M 1.500 3000 -\n"
		"  7     n/a      n/a   n/a  n/a not there\n");
}

static void scripts_get_null_for_what_is_not_measured(void **state)
{
	struct view view = {.tolerance = 1, .json = true};
	struct view_verdict verdict = {0};

	(void)state;
	assert_prints(&view, &verdict, "\"instructions_per_second\": 2000000000,");
	assert_prints(&view, &verdict, "\"clock_mhz\": null,");
	assert_prints(&view, &verdict, "\"cause\": \"not there\"");
}

static void a_package_that_is_not_known_has_no_number(void **state)
{
	struct view view = {.tolerance = 1};
	struct view_verdict verdict = {0};
	cleanup_free char *text = NULL;

	(void)state;
	rows[1].kind = SUBJECT_SOCKET;
	rows[1].number = NODE_NO_PACKAGE;
	text = print(&view, SUBJECT_SOCKET, &verdict);
	assert_null(strstr(text, "4294967295"));
	assert_non_null(strstr(text, "     -          n/a"));
}

static void expected_figures_stand_beside_the_measured_ones(void **state)
{
	struct expected_entry entries[] = {
		{.kind = SUBJECT_CPU, .figure = METRIC_INSTRUCTIONS, .value = 1990000000},
		{.kind = SUBJECT_CPU, .figure = METRIC_CPI, .value = 1.6},
	};
	struct expected expected = {.entries = entries, .n_entries = 2};
	struct view view = {.expected = &expected, .tolerance = 1};
	struct view_verdict verdict = {0};

	(void)state;
	assert_prints(&view, &verdict, "2000 M   1990 M +0.50   3000 M");
	assert_int_equal(verdict.n_expected, 2);
	assert_int_equal(verdict.n_deviating, 1);
	verdict = (struct view_verdict){0};
	view.tolerance = 10;
	assert_prints(&view, &verdict, "1.500    1.600 -6.25");
	assert_int_equal(verdict.n_deviating, 0);
}

static void what_is_expected_and_not_measured_is_no_agreement(void **state)
{
	struct expected_entry entry = {
		.kind = SUBJECT_CPU, .number = 7, .figure = METRIC_CLOCK, .value = 2700};
	struct expected expected = {.entries = &entry, .n_entries = 1};
	struct view view = {.expected = &expected, .tolerance = 1};
	struct view_verdict verdict = {0};

	(void)state;
	assert_prints(&view, &verdict, "not there");
	assert_int_equal(verdict.n_expected, 1);
	assert_int_equal(verdict.n_deviating, 1);
}

static void deviation_is_in_percent_of_what_is_expected(void **state)
{
	(void)state;
	assert_near(view_deviation(101, 100), 1, 1e-9);
	assert_near(view_deviation(99, 100), -1, 1e-9);
	assert_near(view_deviation(0, 0), 0, 0);
	assert_true(isinf(view_deviation(1, 0)));
	assert_true(isnan(view_deviation(NAN, 1)));
	assert_true(isnan(view_deviation(1, NAN)));
}

static void numbers_have_four_digits_and_a_prefix(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{0, "0.000"},
		{1.5, "1.500"},
		{9.9996, "10.00"},
		{95, "95.00"},
		{999.96, "1000"},
		{2700, "2700"},
		{9999.4, "9999"},
		{9999.6, "10.00 k"},
		{2160000000, "2160 M"},
		{21600000000, "21.60 G"},
		{-12345, "-12.35 k"},
		{NAN, "n/a"},
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(text_short(cases[i].value, text, sizeof text), cases[i].text);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, set_rows)
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_measured_says_why),
		TEST(scripts_get_null_for_what_is_not_measured),
		TEST(a_package_that_is_not_known_has_no_number),
		TEST(expected_figures_stand_beside_the_measured_ones),
		TEST(what_is_expected_and_not_measured_is_no_agreement),
		cmocka_unit_test(deviation_is_in_percent_of_what_is_expected),
		cmocka_unit_test(numbers_have_four_digits_and_a_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
