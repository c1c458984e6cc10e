/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "cli/plot/level.h"
#include "cli/plot/panel.h"
#include "cli/plot/series.h"
#include "util/array.h"

#define SECOND UINT64_C(1000000000)

struct value {
	const char *place, *scope, *group, *metric, *unit;
	int socket; /* -1: not known */
	bool is_count;
	double value; /* of a count: per second */
	const char *reason;
};

static int add(struct series_set *set, uint64_t begin_ns, uint64_t end_ns,
	const struct value *values, size_t n)
{
	const struct interval interval = {.begin.ns = begin_ns, .end.ns = end_ns};
	struct records records = {0};
	int r;

	for (size_t i = 0; i < n; i++) {
		struct record *record = records_add(&records);

		strcpy(record->place, values[i].place);
		record->scope = values[i].scope;
		record->group = values[i].group;
		record->metric = values[i].metric;
		record->unit = values[i].unit;
		record->has_socket = values[i].socket >= 0;
		record->socket = (uint32_t)values[i].socket;
		record->is_count = values[i].is_count;
		record->value = values[i].is_count ? 12345 : values[i].value;
		record->per_second = values[i].is_count ? values[i].value : NAN;
		strcpy(record->reason, values[i].reason ? values[i].reason : "");
	}
	r = series_add(set, &interval, &records);
	records_deinit(&records);
	return r;
}

static struct series_set set;

static int begin(void **state)
{
	(void)state;
	return series_source(&set, "a");
}

static int end(void **state)
{
	(void)state;
	series_deinit(&set);
	return 0;
}

static const struct value figures[] = {
	{"cpu 0", "cpu", NULL, "clock_mhz", "MHz", 0, false, 3500, NULL},
	{"socket 0", "socket", NULL, "package_watts", "W", 0, false, 42.5, NULL},
	{"socket 0", "socket", NULL, "package_joules", "J", 0, true, 42.5, NULL},
	{"socket 1", "socket", NULL, "package_watts", "W", 1, false, 39, NULL},
	{"node", "node", NULL, "package_joules", "J", -1, true, 81.5, NULL},
};

static const struct value events[] = {
	{"cpu 0", "cpu", NULL, "instructions", "", 0, true, 1e9, NULL},
	{"cpu 1", "cpu", NULL, "instructions", "", 0, true, 2e9, NULL},
	{"cpu 8", "cpu", NULL, "instructions", "", 1, true, 5e9, NULL},
	{"socket 0", "socket", "clock", "clock", "MHz", 0, false, 3500, NULL},
};

static void without_a_choice_it_is_bandwidth_and_power(void **state)
{
	(void)state;
	assert_int_equal(add(&set, SECOND, 2 * SECOND, figures, N_ELEMENTS(figures)), 0);
	assert_int_equal(set.n, 2);
	assert_string_equal(set.list[0].metric, "package_watts");
	assert_string_equal(set.list[1].place, "socket 1");
	assert_true(set.list[1].values[0] == 39);
	assert_int_equal(set.sources[0].spans[0].end_ns, 2 * SECOND);
}

static void or_all_where_there_is_none_of_these_a_count_as_its_rate(void **state)
{
	(void)state;
	assert_int_equal(add(&set, 0, SECOND, events, N_ELEMENTS(events)), 0);
	assert_int_equal(set.n, 4);
	assert_string_equal(set.list[0].unit, "1/s");
	assert_true(set.list[0].values[0] == 1e9);
	assert_string_equal(set.list[3].group, "clock");
}

static void a_metric_a_pattern_or_a_group_is_chosen_by_name(void **state)
{
	(void)state;
	assert_int_equal(series_want(&set, "package_jou*,clock"), 0);
	assert_int_equal(series_want(&set, "imc/event=0x04,umask=0x03/,pakage_watts"), 0);
	assert_int_equal(set.n_wanted, 4);
	assert_string_equal(set.wanted[2].name, "imc/event=0x04,umask=0x03/");
	assert_int_equal(add(&set, 0, SECOND, figures, N_ELEMENTS(figures)), 0);
	assert_int_equal(add(&set, SECOND, 2 * SECOND, events, N_ELEMENTS(events)), 0);
	assert_int_equal(set.n, 3);
	assert_string_equal(set.list[0].unit, "W"); /* joules by the second */
	assert_string_equal(set.list[2].metric, "clock");
	assert_true(set.wanted[0].is_found && set.wanted[1].is_found);
	assert_false(set.wanted[2].is_found || set.wanted[3].is_found);
	assert_string_equal(set.wanted[3].near.name, "package_watts");
}

static void what_is_not_there_is_a_gap_with_its_reason(void **state)
{
	struct value values[2] = {figures[1], figures[3]};

	(void)state;
	assert_int_equal(add(&set, 0, SECOND, values, 2), 0);
	values[1].value = NAN;
	values[1].reason = "set back";
	assert_int_equal(add(&set, SECOND, 2 * SECOND, values + 1, 1), 0);
	assert_int_equal(add(&set, 2 * SECOND, 3 * SECOND, values, 1), 0);
	assert_int_equal(set.n, 2);
	assert_int_equal(set.list[0].n, 3);
	assert_true(isnan(set.list[0].values[1])); /* it was not in the list at all */
	assert_true(set.list[0].values[2] == 42.5);
	assert_int_equal(set.list[1].n_missing, 1);
	assert_string_equal(set.list[1].reason, "set back");
	assert_int_equal(series_intervals(&set), 3);
}

static void totals_are_left_out_and_time_does_not_go_back(void **state)
{
	const struct interval total = {.kind = INTERVAL_TOTAL};
	const struct records none = {0};

	(void)state;
	assert_int_equal(add(&set, SECOND, 2 * SECOND, figures, 5), 0);
	assert_int_equal(series_add(&set, &total, &none), 0);
	assert_int_equal(set.sources[0].n, 1);
	assert_int_equal(add(&set, 0, SECOND, figures, 5), -EINVAL);
	assert_int_equal(add(&set, 4 * SECOND, 3 * SECOND, figures, 5), -EINVAL);
}

static void names_are_cleaned_before_anybody_sees_them(void **state)
{
	struct value value = figures[1];

	(void)state;
	value.place = "a\033[31m\nb";
	assert_int_equal(add(&set, 0, SECOND, &value, 1), 0);
	assert_string_equal(set.list[0].place, "a\xef\xbf\xbd[31m\xef\xbf\xbd"
					       "b");
}

static void also_the_nearest_to_a_name_that_there_is_not(void **state)
{
	struct value value = figures[1];

	(void)state;
	value.metric = "package_watt\033";
	assert_int_equal(series_want(&set, "package_watts"), 0);
	assert_int_equal(add(&set, 0, SECOND, &value, 1), 0);
	assert_string_equal(set.wanted[0].near.name, "package_watt\ufffd");
}

static void what_may_be_kept_is_bounded(void **state)
{
	char name[32];
	struct value value = events[0];
	int r = 0, n = 0;

	(void)state;
	value.metric = name;
	while (r == 0 && n < 5000) {
		snprintf(name, sizeof name, "event %d", n++);
		r = add(&set, 0, SECOND, &value, 1);
	}
	assert_int_equal(r, -E2BIG);
	assert_true(n > 4000);
}

static void the_same_event_twice_is_one_line(void **state)
{
	const struct value values[2] = {events[0], events[0]};

	(void)state;
	assert_int_equal(add(&set, 0, SECOND, values, 2), 0);
	assert_int_equal(add(&set, SECOND, 2 * SECOND, values, 2), 0);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.list[0].n, 2);
}

/* --- levels */

static void a_sum_is_left_out_where_its_parts_are(void **state)
{
	char error[LEVEL_ERROR_SIZE];

	(void)state;
	assert_int_equal(series_want(&set, "package_joules"), 0);
	assert_int_equal(add(&set, 0, SECOND, figures, N_ELEMENTS(figures)), 0);
	assert_int_equal(set.n, 2);
	assert_int_equal(level_choose(&set, NULL, error), 0);
	assert_int_equal(set.n, 1);
	assert_string_equal(set.list[0].scope, "socket");
}

static void the_sum_that_is_measured_is_taken(void **state)
{
	char error[LEVEL_ERROR_SIZE];

	(void)state;
	assert_int_equal(series_want(&set, "package_joules"), 0);
	assert_int_equal(add(&set, 0, SECOND, figures, N_ELEMENTS(figures)), 0);
	assert_int_equal(level_choose(&set, "node", error), 0);
	assert_int_equal(set.n, 1);
	assert_true(set.list[0].values[0] == 81.5);
}

static void amounts_are_added_up_and_what_lacks_a_part_is_not_known(void **state)
{
	struct value values[4];
	char error[LEVEL_ERROR_SIZE];

	(void)state;
	memcpy(values, events, sizeof values);
	assert_int_equal(series_want(&set, "instructions"), 0);
	assert_int_equal(add(&set, 0, SECOND, values, 4), 0);
	values[1].value = NAN;
	values[1].reason = "held";
	assert_int_equal(add(&set, SECOND, 2 * SECOND, values, 4), 0);
	assert_int_equal(level_choose(&set, "socket", error), 0);
	assert_int_equal(set.n, 2);
	assert_string_equal(set.list[0].place, "socket 0");
	assert_true(set.list[0].values[0] == 3e9);
	assert_true(isnan(set.list[0].values[1]));
	assert_int_equal(set.list[0].n_missing, 1);
	assert_string_equal(set.list[0].reason, "cpu 1: held");
	assert_string_equal(set.list[1].place, "socket 1");
	assert_true(set.list[1].values[1] == 5e9);
}

static void all_of_a_node_are_added_up(void **state)
{
	char error[LEVEL_ERROR_SIZE];

	(void)state;
	assert_int_equal(series_want(&set, "instructions"), 0);
	assert_int_equal(add(&set, 0, SECOND, events, 4), 0);
	assert_int_equal(level_choose(&set, "node", error), 0);
	assert_int_equal(set.n, 1);
	assert_string_equal(set.list[0].place, "node");
	assert_true(set.list[0].values[0] == 8e9);
}

static void parts_of_two_kinds_are_not_added_twice(void **state)
{
	struct value values[3] = {events[0], events[1], events[1]};
	char error[LEVEL_ERROR_SIZE];

	(void)state;
	values[2].place = "core 0";
	values[2].scope = "core";
	assert_int_equal(add(&set, 0, SECOND, values, 3), 0);
	assert_int_equal(level_choose(&set, "node", error), 0);
	assert_int_equal(set.n, 1);
	assert_true(set.list[0].values[0] == 3e9);
}

static void a_clock_is_no_sum_and_a_core_can_not_be_known(void **state)
{
	struct value value = events[0];
	char error[LEVEL_ERROR_SIZE];

	(void)state;
	assert_int_equal(add(&set, 0, SECOND, events, 4), 0);
	assert_int_equal(level_choose(&set, "node", error), -EINVAL);
	assert_string_equal(error,
		"--per node: clock is there per socket, and is no amount that can be added up");
	assert_int_equal(level_choose(&set, "core", error), -EINVAL);
	assert_string_equal(error, "--per core: instructions is there per cpu: msrctl stat --per "
				   "core measures it so");
	series_deinit(&set);
	assert_int_equal(series_source(&set, "a"), 0);
	value.socket = -1;
	assert_int_equal(add(&set, 0, SECOND, &value, 1), 0);
	assert_int_equal(level_choose(&set, "socket", error), -EINVAL);
	assert_string_equal(error, "--per socket: instructions of cpu 0 can't be added up: its "
				   "socket is not known");
	assert_null(level_find("rack"));
	assert_string_equal(level_find("numa"), "numa");
}

/* --- panels */

static void a_unit_is_a_panel_and_lines_without_a_value_are_in_none(void **state)
{
	struct value values[5];
	struct panels panels;
	char text[PANEL_LABEL_SIZE];

	(void)state;
	memcpy(values, events, 4 * sizeof *values);
	values[4] = figures[1];
	values[4].metric = "volts";
	values[4].unit = "V";
	values[4].value = NAN;
	assert_int_equal(series_want(&set, "instructions,clock,volts"), 0);
	assert_int_equal(add(&set, 0, SECOND, values, 5), 0);
	values[0].value = NAN;
	assert_int_equal(add(&set, SECOND, 2 * SECOND, values, 5), 0);
	assert_int_equal(panels_set(&panels, &set), 0);
	assert_int_equal(panels.n, 2);
	assert_string_equal(panels.list[0].unit, "1/s");
	assert_int_equal(panels.list[0].n, 3);
	assert_true(panels.list[0].max == 5e9 && panels.list[0].min == 1e9);
	assert_string_equal(
		panel_label(&panels.list[0], &set, 0, text), "instructions, cpu 0 (1 of 2 n/a)");
	assert_int_equal(panel_look(&panels.list[0], &set, 2).color, 2);
	assert_int_equal(panel_look(&panels.list[0], &set, 2).dashes, 0);
	panels_deinit(&panels);
}

static void each_file_has_its_color_and_says_whose_it_is(void **state)
{
	struct panels panels;
	char text[PANEL_LABEL_SIZE];

	(void)state;
	assert_int_equal(add(&set, 0, SECOND, figures, N_ELEMENTS(figures)), 0);
	assert_int_equal(series_source(&set, "b"), 0);
	assert_int_equal(add(&set, 0, SECOND, figures, N_ELEMENTS(figures)), 0);
	assert_int_equal(panels_set(&panels, &set), 0);
	assert_int_equal(panels.n, 1);
	assert_int_equal(panels.list[0].n, 4);
	assert_string_equal(panel_label(&panels.list[0], &set, 3, text), "b: package, socket 1");
	assert_int_equal(panel_look(&panels.list[0], &set, 3).color, 1);
	assert_int_equal(panel_look(&panels.list[0], &set, 3).dashes, 1);
	panels_deinit(&panels);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_choice_it_is_bandwidth_and_power),
		TEST(or_all_where_there_is_none_of_these_a_count_as_its_rate),
		TEST(a_metric_a_pattern_or_a_group_is_chosen_by_name),
		TEST(what_is_not_there_is_a_gap_with_its_reason),
		TEST(totals_are_left_out_and_time_does_not_go_back),
		TEST(names_are_cleaned_before_anybody_sees_them),
		TEST(also_the_nearest_to_a_name_that_there_is_not),
		TEST(what_may_be_kept_is_bounded),
		TEST(the_same_event_twice_is_one_line),
		TEST(a_sum_is_left_out_where_its_parts_are),
		TEST(the_sum_that_is_measured_is_taken),
		TEST(amounts_are_added_up_and_what_lacks_a_part_is_not_known),
		TEST(all_of_a_node_are_added_up),
		TEST(parts_of_two_kinds_are_not_added_twice),
		TEST(a_clock_is_no_sum_and_a_core_can_not_be_known),
		TEST(a_unit_is_a_panel_and_lines_without_a_value_are_in_none),
		TEST(each_file_has_its_color_and_says_whose_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
