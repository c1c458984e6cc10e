/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <string.h>

#include "cli/repeats.h"
#include "near.h"

static void add(struct repeats *repeats, double a, double b)
{
	struct records records = {0};
	struct record *record = records_add(&records);

	record->metric = "cycles";
	record->value = a;
	record = records_add(&records);
	record->metric = "joules";
	record->value = b;
	if (isnan(b))
		strcpy(record->reason, "lost");
	assert_int_equal(repeats_add(repeats, &records), 0);
	records_deinit(&records);
}

static void a_summary_has_mean_and_deviation(void **state)
{
	struct repeats repeats = {0};
	struct records summary = {0};

	(void)state;
	/* large, so that squares of them would lose what they differ by */
	add(&repeats, 1e12 + 2, 1);
	add(&repeats, 1e12 + 4, 3);
	add(&repeats, 1e12 + 9, NAN);
	assert_int_equal(repeats_summary(&repeats, &summary), 0);
	assert_int_equal(summary.n, 2);
	assert_near(summary.list[0].value, 1e12 + 5, 1e-3);
	assert_near(summary.list[0].deviation, sqrt(13), 1e-3);
	assert_near(summary.list[0].min, 1e12 + 2, 0);
	assert_near(summary.list[0].max, 1e12 + 9, 0);
	assert_int_equal(summary.list[0].n, 3);
	assert_true(isnan(summary.list[1].value));
	assert_true(isnan(summary.list[1].min));
	assert_string_equal(summary.list[1].reason, "lost");
	records_deinit(&summary);
	repeats_deinit(&repeats);
}

static void one_run_has_no_deviation(void **state)
{
	struct repeats repeats = {0};
	struct records summary = {0};

	(void)state;
	add(&repeats, 7, 8);
	assert_int_equal(repeats_summary(&repeats, &summary), 0);
	assert_near(summary.list[0].value, 7, 0);
	assert_true(isnan(summary.list[0].deviation));
	records_deinit(&summary);
	repeats_deinit(&repeats);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_summary_has_mean_and_deviation),
		cmocka_unit_test(one_run_has_no_deviation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
