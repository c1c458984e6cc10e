/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "fake_msrd.h"
#include "util/cleanup.h"

/* One CPU that did 2 G instructions in 3 G cycles in a second, one that is not there. */
struct scene {
	struct meter_cpu cpus[2];
	struct meter meter;
};

static int set_scene(void **state)
{
	static const uint64_t totals[METER_N_FIXED] = {2000000000, 3000000000, 2700000000};
	struct scene *scene = calloc(1, sizeof *scene);

	for (size_t i = 0; i < METER_N_FIXED; i++)
		scene->cpus[0].fixed[i].counter = (struct sample_counter){
			.bits = 48, .total = totals[i], .now_ns = 1000000000, .is_started = true};
	scene->cpus[0].base_mhz = 2700;
	scene->cpus[1].cpu = 7;
	strcpy(scene->cpus[1].cause.text, "not there");
	scene->cpus[1].cause.is_absence = true;
	scene->meter = (struct meter){.cpus = scene->cpus, .n_cpus = 2};
	*state = scene;
	return 0;
}

static int strike_scene(void **state)
{
	free(*state);
	return 0;
}

static void assert_prints(struct scene *scene, const struct report_options *options,
	struct report_verdict *verdict, const char *wanted)
{
	cleanup_table struct table *table =
		report_scope(&scene->meter, SAMPLE_CPU, options, verdict);
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(tables_print(&table, 1, out), 0);
	fclose(out);
	if (!strstr(text, wanted))
		fail_msg("\"%s\" does not have \"%s\"", text, wanted);
}

static void what_is_not_measured_says_why(void **state)
{
	struct report_options options = {.tolerance = 1};
	struct report_verdict verdict = {0};

	assert_prints(*state, &options, &verdict,
		"  0  2000 M   3000 M 1.500 3000 -\n"
		"  7     n/a      n/a   n/a  n/a not there\n");
	assert_int_equal(verdict.n_failures, 0);
}

static void a_failure_is_counted(void **state)
{
	struct scene *scene = *state;
	struct report_options options = {.tolerance = 1};
	struct report_verdict verdict = {0};

	scene->cpus[1].cause.is_absence = false;
	assert_prints(scene, &options, &verdict, "not there");
	assert_int_equal(verdict.n_failures, 1);
}

static void scripts_get_null_for_what_is_not_measured(void **state)
{
	struct report_options options = {.tolerance = 1, .json = true};
	struct report_verdict verdict = {0};

	assert_prints(*state, &options, &verdict, "\"instructions_per_second\": 2000000000,");
	assert_prints(*state, &options, &verdict, "\"clock_mhz\": null,");
	assert_prints(*state, &options, &verdict, "\"cause\": \"not there\"");
}

static void expected_figures_stand_beside_the_measured_ones(void **state)
{
	struct expect_entry entries[] = {
		{SAMPLE_CPU, 0, SAMPLE_INSTRUCTIONS, 1990000000},
		{SAMPLE_CPU, 0, SAMPLE_CPI, 1.6},
	};
	struct expect expect = {entries, 2};
	struct report_options options = {.expect = &expect, .tolerance = 1};
	struct report_verdict verdict = {0};

	assert_prints(*state, &options, &verdict, "2000 M   1990 M +0.50   3000 M");
	assert_int_equal(verdict.n_expected, 2);
	assert_int_equal(verdict.n_deviating, 1);
	verdict = (struct report_verdict){0};
	options.tolerance = 10;
	assert_prints(*state, &options, &verdict, "1.500    1.600 -6.25");
	assert_int_equal(verdict.n_deviating, 0);
}

static void what_is_expected_and_not_measured_is_no_agreement(void **state)
{
	struct expect_entry entry = {SAMPLE_CPU, 7, SAMPLE_CLOCK, 2700};
	struct expect expect = {&entry, 1};
	struct report_options options = {.expect = &expect, .tolerance = 1};
	struct report_verdict verdict = {0};

	assert_prints(*state, &options, &verdict, "not there");
	assert_int_equal(verdict.n_expected, 1);
	assert_int_equal(verdict.n_deviating, 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_scene, strike_scene)
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_measured_says_why),
		TEST(a_failure_is_counted),
		TEST(scripts_get_null_for_what_is_not_measured),
		TEST(expected_figures_stand_beside_the_measured_ones),
		TEST(what_is_expected_and_not_measured_is_no_agreement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
