/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>

#include "cli/top/history.h"

static void the_newest_is_no_interval_ago(void **state)
{
	struct history history = {0};

	(void)state;
	assert_true(isnan(history_get(&history, 0)));
	history_add(&history, 1);
	history_add(&history, 2);
	assert_true(history_get(&history, 0) == 2);
	assert_true(history_get(&history, 1) == 1);
	assert_true(isnan(history_get(&history, 2)));
}

static void the_oldest_is_forgotten(void **state)
{
	struct history history = {0};

	(void)state;
	for (size_t i = 0; i < 3 * HISTORY_SIZE; i++)
		history_add(&history, (double)i);
	assert_true(history_get(&history, 0) == 3 * HISTORY_SIZE - 1);
	assert_true(history_get(&history, HISTORY_SIZE - 1) == 2 * HISTORY_SIZE);
	assert_true(isnan(history_get(&history, HISTORY_SIZE)));
}

static void a_peak_is_of_what_is_known_and_new(void **state)
{
	struct history history = {0};

	(void)state;
	assert_true(history_peak(&history, 10) == 0);
	history_add(&history, 9);
	history_add(&history, NAN);
	history_add(&history, 3);
	assert_true(history_peak(&history, 10) == 9);
	assert_true(history_peak(&history, 2) == 3);
}

static void an_average_is_value_by_value(void **state)
{
	struct history a = {0}, b = {0}, average;
	const struct history *const both[] = {&a, &b};

	(void)state;
	history_add(&a, 1);
	history_add(&a, NAN);
	history_add(&a, 0.5);
	history_add(&b, 0);
	history_add(&b, 1);
	history_add(&b, 1);
	history_average(&average, both, 2);
	assert_int_equal(average.n, 3);
	assert_true(history_get(&average, 0) == 0.75);
	assert_true(isnan(history_get(&average, 1)));
	assert_true(history_get(&average, 2) == 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_is_no_interval_ago),
		cmocka_unit_test(the_oldest_is_forgotten),
		cmocka_unit_test(a_peak_is_of_what_is_known_and_new),
		cmocka_unit_test(an_average_is_value_by_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
