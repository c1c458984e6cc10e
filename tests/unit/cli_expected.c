/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "cli/measure/expected.h"
#include "fake_msrd.h"
#include "near.h"
#include "util/cleanup.h"

static int read_text(struct expected *expected, const char *text, unsigned *line)
{
	cleanup_fclose FILE *file = fmemopen((char *)text, strlen(text), "r");

	assert_non_null(file);
	return expected_read(expected, file, line);
}

/* From begin to end, read in no time. */
static double find(const struct expected *expected, enum metric_id id, uint32_t number,
	uint64_t begin_ns, uint64_t end_ns)
{
	struct span span = {{begin_ns, 0}, {end_ns, 0}};
	struct figure figure = {.span = span, .divisor_span = span};

	return expected_find(expected, id, number, &figure).value;
}

static void lines_say_scope_number_figure_and_value(void **state)
{
	struct expected expected;
	unsigned line;

	(void)state;
	assert_int_equal(read_text(&expected,
				 "# scope\tnumber\tfigure\tvalue\n"
				 "cpu\t0\tcycles_per_second\t2.7e+09\n"
				 "\n"
				 "  cpu 12 cpi 0.8 # measured\n"
				 "cpu 1 cpi n/a\n"
				 "socket 1 dram_watts 20.5",
				 &line),
		0);
	assert_int_equal(line, 0);
	assert_int_equal(expected.n_entries, 4);
	assert_near(find(&expected, METRIC_CYCLES, 0, 0, 1), 2.7e9, 1);
	assert_near(find(&expected, METRIC_CPI, 12, 0, 1), 0.8, 1e-9);
	assert_near(find(&expected, METRIC_DRAM_POWER, 1, 0, 1), 20.5, 1e-9);
	assert_true(isnan(find(&expected, METRIC_CPI, 1, 0, 1)));
	assert_true(isnan(find(&expected, METRIC_CPI, 2, 0, 1)));
	assert_true(isnan(find(&expected, METRIC_DRAM_POWER, 0, 0, 1)));
	expected_deinit(&expected);
}

static void a_wrong_line_is_named(void **state)
{
	static const char *const wrong[] = {
		"core 0 cpi 1\n",
		"cpu x cpi 1\n",
		"cpu -1 cpi 1\n",
		"cpu 0 watts 1\n",
		"socket 0 cpi 1\n",
		"cpu 0 cpi\n",
		"cpu 0 cpi 1x\n",
		"cpu 0 cpi 1 2\n",
		"cpu\n",
		"socket 0 active 1\n",
		/* behind a figure */
		"phase 0 length_ns 5\n",
		"node 0 started_ns x\n",
		"node 0 length_ns 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct expected expected;
		char text[100];
		unsigned line;

		snprintf(text, sizeof text, "cpu 0 cpi 1\n%s", wrong[i]);
		assert_int_equal(read_text(&expected, text, &line), -EINVAL);
		assert_int_equal(line, 2);
		expected_deinit(&expected);
	}
}

static void ratios_follow_from_rates(void **state)
{
	struct expected expected;
	unsigned line;

	(void)state;
	assert_int_equal(read_text(&expected,
				 "cpu 0 instructions_per_second 6e9\n"
				 "cpu 0 cycles_per_second 1.5e9\n"
				 "cpu 0 active 0.5\n"
				 "cpu 1 instructions_per_second 0\n"
				 "cpu 1 cycles_per_second 0\n"
				 "cpu 1 active 0\n",
				 &line),
		0);
	assert_near(find(&expected, METRIC_CPI, 0, 0, 1), 0.25, 1e-12);
	assert_near(find(&expected, METRIC_CLOCK, 0, 0, 1), 3000, 1e-9);
	assert_true(isnan(find(&expected, METRIC_CPI, 1, 0, 1)));
	assert_true(isnan(find(&expected, METRIC_CLOCK, 1, 0, 1)));
	expected_deinit(&expected);
}

/* 3 s of 6 G and 1 s of nothing, from the time 1000 s on. */
static const char *const two_phases = "node 0 started_ns 1000000000000\n"
				      "phase 0 length_ns 3000000000\n"
				      "cpu 0 instructions_per_second 6e9\n"
				      "cpu 0 cycles_per_second 3e9\n"
				      "cpu 0 active 1\n"
				      "phase 1 length_ns 1000000000\n"
				      "cpu 0 instructions_per_second 0\n"
				      "cpu 0 cycles_per_second 0\n"
				      "cpu 0 active 0\n";

#define SECOND UINT64_C(1000000000)
#define START  (1000 * SECOND)

static void an_interval_is_compared_with_the_phases_that_are_on_in_it(void **state)
{
	static const struct {
		uint64_t begin, end; /* ms after the start */
		double instructions;
	} cases[] = {
		{0, 1000, 6e9},
		{3000, 4000, 0},
		{2500, 3500, 3e9},
		{0, 4000, 4.5e9},
		/* around, some times */
		{3500, 4500, 3e9},
		{1000, 41000, 4.5e9},
		{40002500, 40003001, 6e9 * 500 / 501},
	};
	struct expected expected;
	unsigned line;

	(void)state;
	assert_int_equal(read_text(&expected, two_phases, &line), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_near(find(&expected, METRIC_INSTRUCTIONS, 0,
				    START + cases[i].begin * SECOND / 1000,
				    START + cases[i].end * SECOND / 1000),
			cases[i].instructions, 1e-3);
	/* ratios are those of the averages; where all is idle there are none */
	assert_near(find(&expected, METRIC_CPI, 0, START, START + 4 * SECOND), 0.5, 1e-12);
	assert_near(find(&expected, METRIC_CLOCK, 0, START, START + 4 * SECOND), 3000, 1e-9);
	assert_true(isnan(find(&expected, METRIC_CPI, 0, START + 3 * SECOND, START + 4 * SECOND)));
	/* no interval, or before there was a node */
	assert_true(isnan(find(&expected, METRIC_INSTRUCTIONS, 0, START, START)));
	assert_true(isnan(find(&expected, METRIC_INSTRUCTIONS, 0, 0, SECOND)));
	expected_deinit(&expected);
}

static void readings_that_took_time_may_have_been_on_either_side(void **state)
{
	/* from the start to the end of the first phase, give or take 100 us */
	struct span span = {{START + SECOND, 0}, {START + 3 * SECOND, SECOND / 10000}};
	/* the other counter was read a millisecond later */
	struct span later = {{START + SECOND, 0}, {START + SECOND * 3001 / 1000, 0}};
	struct figure figure = {.span = span, .divisor_span = later};
	struct expectation expectation;
	struct expected expected;
	unsigned line;

	(void)state;
	assert_int_equal(read_text(&expected, two_phases, &line), 0);
	expectation = expected_find(&expected, METRIC_INSTRUCTIONS, 0, &figure);
	assert_near(expectation.value, 6e9, 1e-3);
	assert_near(expectation.high, 6e9, 1e-3);
	assert_near(expectation.low, 6e9 * 1.9999 / 2, 1e-3);
	/* each is of its own time: 6 G cycles in 2 s, 12 G instructions in 2.001 s */
	expectation = expected_find(&expected, METRIC_CPI, 0, &figure);
	assert_near(expectation.value, 0.5 * 2.001 / 2, 1e-9);
	assert_near(expectation.low, 0.5 * 2.001 / 2 * 1.9999 / 2, 1e-9);
	expected_deinit(&expected);
}

static void the_last_phase_may_last_for_ever(void **state)
{
	struct expected expected;
	unsigned line;

	(void)state;
	assert_int_equal(read_text(&expected,
				 "phase 0 length_ns 1000000000\nsocket 2 dram_watts 10\n"
				 "phase 1 length_ns 0\nsocket 2 dram_watts 2\n",
				 &line),
		0);
	assert_near(find(&expected, METRIC_DRAM_POWER, 2, 0, 2 * SECOND), 6, 1e-9);
	assert_near(find(&expected, METRIC_DRAM_POWER, 2, 9 * SECOND, 99 * SECOND), 2, 1e-9);
	expected_deinit(&expected);
}

static void wrong_phases_are_named(void **state)
{
	static const char *const wrong[] = {
		/* the second line of each is wrong */
		"phase 0 length_ns 5\nphase 2 length_ns 5\n",
		"phase 0 length_ns 0\nphase 1 length_ns 5\n",
		"phase 0 length_ns 5\nphase 1 seconds 5\n",
		"phase 0 length_ns 5\nphase 1 length_ns -5\n",
		"phase 0 length_ns 5\ncpu 0 cpi 1\n",
		"phase 0 length_ns 5\ncpu 0 clock_mhz 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct expected expected;
		unsigned line;

		assert_int_equal(read_text(&expected, wrong[i], &line), -EINVAL);
		assert_int_equal(line, 2);
		expected_deinit(&expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_say_scope_number_figure_and_value),
		cmocka_unit_test(a_wrong_line_is_named),
		cmocka_unit_test(ratios_follow_from_rates),
		cmocka_unit_test(an_interval_is_compared_with_the_phases_that_are_on_in_it),
		cmocka_unit_test(readings_that_took_time_may_have_been_on_either_side),
		cmocka_unit_test(the_last_phase_may_last_for_ever),
		cmocka_unit_test(wrong_phases_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
