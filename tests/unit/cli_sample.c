/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "near.h"

#include "cli/sample.h"

#include <math.h>

static void a_rate_is_counts_over_the_time_between_readings(void **state)
{
	struct sample_counter counter = {.bits = 48};

	(void)state;
	assert_true(isnan(sample_counter_rate(&counter)));
	sample_counter_start(&counter, 1000, 500000000);
	assert_true(isnan(sample_counter_rate(&counter)));
	sample_counter_advance(&counter, 1300, 1000000000);
	assert_near(sample_counter_rate(&counter), 600, 1e-9);
	sample_counter_advance(&counter, 2000, 2500000000);
	assert_near(sample_counter_rate(&counter), 500, 1e-9);
}

static void the_next_interval_begins_where_the_last_reading_ended(void **state)
{
	struct sample_counter counter = {.bits = 48};

	(void)state;
	sample_counter_start(&counter, 0, 0);
	sample_counter_advance(&counter, 100, 1000000000);
	sample_counter_restart(&counter);
	assert_true(isnan(sample_counter_rate(&counter)));
	sample_counter_advance(&counter, 400, 2000000000);
	assert_near(sample_counter_rate(&counter), 300, 1e-9);
}

static void a_counter_wraps_at_its_width(void **state)
{
	struct sample_counter core = {.bits = 48}, energy = {.bits = 32}, tsc = {.bits = 64};

	(void)state;
	sample_counter_start(&core, 0xfffffffffff0, 0);
	sample_counter_advance(&core, 0x10, 1000000000);
	assert_near(sample_counter_rate(&core), 32, 1e-9);
	sample_counter_start(&energy, 0xffffffff, 0);
	sample_counter_advance(&energy, 1, 1000000000);
	assert_near(sample_counter_rate(&energy), 2, 1e-9);
	/* seen often enough, it may wrap more than once in an interval */
	sample_counter_advance(&energy, 0x80000001, 2000000000);
	sample_counter_advance(&energy, 1, 3000000000);
	assert_near(sample_counter_rate(&energy), (2 + 0x1p32) / 3, 1e-3);
	sample_counter_start(&tsc, UINT64_MAX, 0);
	sample_counter_advance(&tsc, 4, 1000000000);
	assert_near(sample_counter_rate(&tsc), 5, 1e-9);
}

static void a_counter_that_was_set_back_gives_no_rate(void **state)
{
	struct sample_counter counter = {.bits = 48};

	(void)state;
	sample_counter_start(&counter, 5000000000, 0);
	sample_counter_advance(&counter, 0, 1000000000);
	assert_true(isnan(sample_counter_rate(&counter)));
}

static void figures_follow_from_rates(void **state)
{
	(void)state;
	assert_near(sample_cpi(3e9, 2e9), 1.5, 1e-12);
	assert_true(isnan(sample_cpi(3e9, 0)));
	assert_near(sample_clock_mhz(1.4e9, 1.35e9, 2700), 2800, 1e-9);
	assert_true(isnan(sample_clock_mhz(0, 0, 2700)));
	assert_near(sample_bytes(1e6), 64e6, 1e-6);
	/* 0xa1003: 1/65536 J */
	assert_near(sample_watts(65536.0 * 95, 0xa1003), 95, 1e-9);
	assert_near(sample_base_mhz(0xc00e0001b00), 2700, 1e-9);
}

static void deviation_is_in_percent_of_what_is_expected(void **state)
{
	(void)state;
	assert_near(sample_deviation(101, 100), 1, 1e-9);
	assert_near(sample_deviation(99, 100), -1, 1e-9);
	assert_near(sample_deviation(0, 0), 0, 0);
	assert_true(isinf(sample_deviation(1, 0)));
	assert_true(isnan(sample_deviation(NAN, 1)));
	assert_true(isnan(sample_deviation(1, NAN)));
}

static void figures_are_found_by_scope_and_name(void **state)
{
	enum sample_figure figure;

	(void)state;
	assert_true(sample_figure_find(SAMPLE_CPU, "cpi", &figure));
	assert_int_equal(figure, SAMPLE_CPI);
	assert_true(sample_figure_find(SAMPLE_SOCKET, "dram_watts", &figure));
	assert_int_equal(figure, SAMPLE_DRAM_POWER);
	assert_false(sample_figure_find(SAMPLE_SOCKET, "cpi", &figure));
	assert_false(sample_figure_find(SAMPLE_CPU, "", &figure));
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
		assert_string_equal(
			sample_format(cases[i].value, text, sizeof text), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rate_is_counts_over_the_time_between_readings),
		cmocka_unit_test(the_next_interval_begins_where_the_last_reading_ended),
		cmocka_unit_test(a_counter_wraps_at_its_width),
		cmocka_unit_test(a_counter_that_was_set_back_gives_no_rate),
		cmocka_unit_test(figures_follow_from_rates),
		cmocka_unit_test(deviation_is_in_percent_of_what_is_expected),
		cmocka_unit_test(figures_are_found_by_scope_and_name),
		cmocka_unit_test(numbers_have_four_digits_and_a_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
