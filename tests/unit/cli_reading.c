/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "cli/measure/reading.h"
#include "fake_msrd.h"
#include "near.h"

#define SECOND	 UINT64_C(1000000000)
#define AT(time) ((struct instant){(time), 0})

static void a_rate_is_counts_over_the_time_between_readings(void **state)
{
	struct reading reading = {0};

	(void)state;
	assert_true(isnan(reading_rate(&reading)));
	reading_advance(&reading, 48, 1000, AT(SECOND / 2));
	assert_true(isnan(reading_rate(&reading)));
	reading_advance(&reading, 48, 1300, AT(SECOND));
	assert_near(reading_rate(&reading), 600, 1e-9);
	reading_advance(&reading, 48, 2000, AT(SECOND * 5 / 2));
	assert_near(reading_rate(&reading), 500, 1e-9);
}

static void a_counter_wraps_at_its_width(void **state)
{
	struct reading core = {0}, energy = {0}, tsc = {0};

	(void)state;
	reading_advance(&core, 48, 0xfffffffffff0, AT(0));
	reading_advance(&core, 48, 0x10, AT(SECOND));
	assert_near(reading_rate(&core), 32, 1e-9);
	reading_advance(&energy, 32, 0xffffffff, AT(0));
	reading_advance(&energy, 32, 1, AT(SECOND));
	assert_near(reading_rate(&energy), 2, 1e-9);
	/* seen often enough, it may wrap more than once in an interval */
	reading_advance(&energy, 32, 0x80000001, AT(2 * SECOND));
	reading_advance(&energy, 32, 1, AT(3 * SECOND));
	assert_near(reading_rate(&energy), (2 + 0x1p32) / 3, 1e-3);
	reading_advance(&tsc, 64, UINT64_MAX, AT(0));
	reading_advance(&tsc, 64, 4, AT(SECOND));
	assert_near(reading_rate(&tsc), 5, 1e-9);
}

static void a_counter_that_was_set_back_gives_no_rate(void **state)
{
	struct reading reading = {0};

	(void)state;
	reading_advance(&reading, 48, 5000000000, AT(0));
	reading_advance(&reading, 48, 0, AT(SECOND));
	assert_true(isnan(reading_rate(&reading)));
}

static void no_counter_wraps_between_readings_that_keep_up(void **state)
{
	struct plan_subject socket = {.kind = SUBJECT_SOCKET};
	struct plan_counter counters[] = {
		{.event = EVENT_MEMORY_READ, .width = 44, .is_programmed = true},
		{.event = EVENT_PACKAGE_ENERGY, .width = 32},
	};
	struct plan plan = {.subjects = &socket, .n_subjects = 1, .counters = counters};
	const struct readings readings = {.plan = &plan};

	(void)state;
	socket.counts[EVENT_MEMORY_READ].scale = 64;
	socket.counts[EVENT_PACKAGE_ENERGY].scale = 0x1p-16;
	/* nothing counts: what is far away still is a time */
	assert_true(readings_keep_up_ns(&readings) > 3600 * SECOND);
	/* 2^44 at 1e11 a second */
	plan.n_counters = 1;
	assert_int_equal(readings_keep_up_ns(&readings) / SECOND, 87);
	/* 65,536 J at 1000 W */
	plan.n_counters = 2;
	assert_int_equal(readings_keep_up_ns(&readings) / SECOND, 32);
	/* a finer unit wraps earlier, and one that is not known is of no figure */
	socket.counts[EVENT_PACKAGE_ENERGY].scale = 0x1p-18;
	assert_int_equal(readings_keep_up_ns(&readings) / SECOND, 8);
	snprintf(socket.counts[EVENT_PACKAGE_ENERGY].scale_cause.text, 8, "hidden");
	assert_int_equal(readings_keep_up_ns(&readings) / SECOND, 87);
}

/* A plan of one counter in two halves, read at times that the test says. */
struct scene {
	struct plan_subject subject;
	struct plan_counter counter;
	struct plan plan;
	struct msrd msrd;
	struct readings readings;
	uint64_t ns;
};

static uint64_t now(void *context)
{
	return ((struct scene *)context)->ns;
}

static int set_scene(void **state)
{
	static struct scene scene;
	struct place imc = place_of_unit(0, UNIT_IMC, 2);

	scene = (struct scene){
		.subject = {.kind = SUBJECT_SOCKET},
		.counter = {.event = EVENT_MEMORY_READ,
			.place = place_at(imc, 0xa0),
			.has_high = true,
			.width = 48},
	};
	scene.plan = (struct plan){.subjects = &scene.subject,
		.n_subjects = 1,
		.counters = &scene.counter,
		.n_counters = 1};
	fake_add(&scene.msrd, imc, 0xa0, 0xffffffff);
	fake_add(&scene.msrd, imc, 0xa4, 5);
	*state = &scene;
	return readings_init(&scene.readings, &scene.plan, (struct reading_clock){now, &scene});
}

static int strike_scene(void **state)
{
	struct scene *scene = *state;

	readings_deinit(&scene->readings);
	return 0;
}

static struct fake_register *half(struct msrd *msrd, uint32_t reg)
{
	return fake_find(msrd, place_at(place_of_unit(0, UNIT_IMC, 2), reg));
}

static void the_next_interval_begins_where_the_last_reading_ended(void **state)
{
	struct scene *scene = *state;

	half(&scene->msrd, 0xa0)->value = 0;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	scene->ns = SECOND;
	half(&scene->msrd, 0xa0)->value = 100;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	assert_near(reading_rate(scene->readings.list), 100, 1e-9);
	readings_restart(&scene->readings);
	assert_true(isnan(reading_rate(scene->readings.list)));
	scene->ns = 2 * SECOND;
	half(&scene->msrd, 0xa0)->value = 400;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	assert_near(reading_rate(scene->readings.list), 300, 1e-9);
}

/* The low half wraps right after the first read of this half. */
static void carry_after(struct msrd *msrd, const struct fake_register *read, uint32_t reg)
{
	if (read->place.reg != reg || read->n_reads != 1)
		return;
	half(msrd, 0xa0)->value = 3;
	half(msrd, 0xa4)->value = 6;
}

static void carry_after_high(struct msrd *msrd, struct fake_register *read)
{
	carry_after(msrd, read, 0xa4);
}

static void carry_after_low(struct msrd *msrd, struct fake_register *read)
{
	carry_after(msrd, read, 0xa0);
}

static void two_halves_fit_when_the_low_one_wraps_after_the_high_one_was_read(void **state)
{
	struct scene *scene = *state;

	scene->msrd.after_read = carry_after_high;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	assert_true(scene->readings.list[0].raw == 0x600000003);
}

static void two_halves_fit_when_the_low_one_wraps_after_it_was_read(void **state)
{
	struct scene *scene = *state;

	scene->msrd.after_read = carry_after_low;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	assert_true(scene->readings.list[0].raw == 0x600000003);
}

/* 2 ms for the first read of the low half, 5 ms for any other. */
static void delay(struct msrd *msrd, struct fake_register *read)
{
	struct scene *scene = (struct scene *)((char *)msrd - offsetof(struct scene, msrd));

	if (read->place.reg != 0xa0)
		return;
	scene->ns += (read->n_reads == 1 ? 2 : 5) * (SECOND / 1000);
	read->value = 7;
}

static void the_quickest_of_slow_readings_counts(void **state)
{
	struct scene *scene = *state;

	scene->msrd.after_read = delay;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	assert_true(half(&scene->msrd, 0xa0)->n_reads > 1);
	assert_true(scene->readings.list[0].raw == 0x5ffffffff);
	assert_true(scene->readings.list[0].end.ns == SECOND / 1000);
}

static void what_cannot_be_read_falls_out_of_the_plan(void **state)
{
	struct scene *scene = *state;
	struct cause *cause = &scene->subject.counts[EVENT_MEMORY_READ].cause;

	half(&scene->msrd, 0xa0)->read_result = MSRD_ABSENT;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	assert_string_equal(cause->text, "the fake refuses");
	assert_true(cause->is_absence);
	half(&scene->msrd, 0xa0)->read_result = 0;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), 0);
	assert_int_equal(half(&scene->msrd, 0xa0)->n_reads, 0);
}

static void a_lost_daemon_is_passed_on(void **state)
{
	struct scene *scene = *state;

	half(&scene->msrd, 0xa4)->read_result = -ECONNRESET;
	assert_int_equal(readings_take(&scene->readings, &scene->msrd), -ECONNRESET);
}

static void time_is_what_the_daemon_stamps(void **state)
{
	struct msrd msrd = {.times = {7 * SECOND, 7 * SECOND + 200}};
	struct plan_subject subject = {0};
	struct plan_counter counter = {.place = place_at(place_of_cpu(0), 0x309), .width = 48};
	struct plan plan = {
		.subjects = &subject, .n_subjects = 1, .counters = &counter, .n_counters = 1};
	struct readings readings, whole;

	(void)state;
	fake_add(&msrd, place_of_cpu(0), 0x309, 100);
	assert_int_equal(readings_init(&readings, &plan, (struct reading_clock){0}), 0);
	assert_int_equal(readings_take(&readings, &msrd), 0);
	msrd.times = (struct msrd_times){9 * SECOND, 9 * SECOND + 200};
	fake_find(&msrd, place_at(place_of_cpu(0), 0x309))->value = 300;
	assert_int_equal(readings_take(&readings, &msrd), 0);
	assert_true(readings.list[0].begin.ns == 7 * SECOND + 100);
	assert_true(readings.list[0].end.ns == 9 * SECOND + 100);
	assert_true(readings.begin_ns == 7 * SECOND + 100);
	assert_true(readings.taken_ns == 9 * SECOND + 100);
	/* the next interval, and what was in none: between two runs of a command */
	readings_restart(&readings);
	msrd.times = (struct msrd_times){20 * SECOND, 20 * SECOND + 200};
	fake_find(&msrd, place_at(place_of_cpu(0), 0x309))->value = 10000;
	assert_int_equal(readings_take(&readings, &msrd), 0);
	readings_discard(&readings);
	msrd.times = (struct msrd_times){21 * SECOND, 21 * SECOND + 200};
	fake_find(&msrd, place_at(place_of_cpu(0), 0x309))->value = 10700;
	assert_int_equal(readings_take(&readings, &msrd), 0);
	assert_int_equal(readings.list[0].total, 700);
	assert_int_equal(readings_whole(&readings, &whole), 0);
	assert_int_equal(whole.list[0].total, 900);
	assert_true(whole.list[0].end.ns - whole.list[0].begin.ns == 3 * SECOND);
	free(whole.list);
	readings_deinit(&readings);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_scene, strike_scene)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_is_what_the_daemon_stamps),
		cmocka_unit_test(a_rate_is_counts_over_the_time_between_readings),
		cmocka_unit_test(a_counter_wraps_at_its_width),
		cmocka_unit_test(a_counter_that_was_set_back_gives_no_rate),
		cmocka_unit_test(no_counter_wraps_between_readings_that_keep_up),
		TEST(the_next_interval_begins_where_the_last_reading_ended),
		TEST(two_halves_fit_when_the_low_one_wraps_after_the_high_one_was_read),
		TEST(two_halves_fit_when_the_low_one_wraps_after_it_was_read),
		TEST(the_quickest_of_slow_readings_counts),
		TEST(what_cannot_be_read_falls_out_of_the_plan),
		TEST(a_lost_daemon_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
