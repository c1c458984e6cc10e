/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <string.h>

#include "cli/measure/metric.h"
#include "fake_msrd.h"
#include "near.h"

/* A CPU and a socket of two channels, a second of each counter. */
struct scene {
	struct plan_subject subjects[2];
	struct plan_counter counters[9];
	struct reading list[9];
	struct plan plan;
	struct readings readings;
	struct metrics metrics;
};

static void add(struct scene *scene, size_t subject, enum event_id event, uint64_t total)
{
	size_t i = scene->plan.n_counters++;

	scene->counters[i] = (struct plan_counter){.subject = subject, .event = event};
	scene->list[i] = (struct reading){
		.total = total, .begin = {1000, 10}, .end = {1000001000, 10}, .is_begun = true};
}

static int set_scene(void **state)
{
	static struct scene scene;

	memset(&scene, 0, sizeof scene);
	scene.subjects[0].number = 3;
	scene.subjects[1].scope = SCOPE_SOCKET;
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < N_EVENTS; j++)
			scene.subjects[i].counts[j].scale = 1;
	scene.subjects[0].counts[EVENT_ACTIVE].scale = 1 / 2.7e9;
	scene.subjects[1].counts[EVENT_MEMORY_READ].scale = 64;
	scene.subjects[1].counts[EVENT_MEMORY_WRITE].scale = 64;
	scene.subjects[1].counts[EVENT_PACKAGE_ENERGY].scale = 1.0 / 65536;
	scene.subjects[1].counts[EVENT_DRAM_ENERGY].scale = 15.3e-6;
	add(&scene, 0, EVENT_INSTRUCTIONS, 2000000000);
	add(&scene, 0, EVENT_CYCLES, 2800000000);
	add(&scene, 0, EVENT_ACTIVE, 2700000000);
	/* as a plan has them: channel after channel */
	add(&scene, 1, EVENT_MEMORY_READ, 1000000);
	add(&scene, 1, EVENT_MEMORY_WRITE, 100);
	add(&scene, 1, EVENT_MEMORY_READ, 500000);
	add(&scene, 1, EVENT_MEMORY_WRITE, 200);
	add(&scene, 1, EVENT_PACKAGE_ENERGY, 95 * 65536);
	add(&scene, 1, EVENT_DRAM_ENERGY, 1000000);
	scene.plan.subjects = scene.subjects;
	scene.plan.n_subjects = 2;
	scene.plan.counters = scene.counters;
	scene.readings = (struct readings){.plan = &scene.plan, .list = scene.list};
	*state = &scene;
	return 0;
}

static int strike_scene(void **state)
{
	struct scene *scene = *state;

	metrics_deinit(&scene->metrics);
	return 0;
}

static const struct metrics_row *row(struct scene *scene, size_t i)
{
	metrics_deinit(&scene->metrics);
	assert_int_equal(metrics_init(&scene->metrics, &scene->readings), 0);
	assert_int_equal(scene->metrics.n_rows, 2);
	return &scene->metrics.rows[i];
}

static void figures_follow_from_counts(void **state)
{
	const struct metrics_row *cpu = row(*state, 0), *socket = cpu + 1;

	assert_int_equal(cpu->number, 3);
	assert_string_equal(cpu->cause, "");
	assert_false(cpu->has_failure);
	assert_near(cpu->figures[METRIC_INSTRUCTIONS].value, 2e9, 1);
	assert_near(cpu->figures[METRIC_CYCLES].value, 2.8e9, 1);
	assert_near(cpu->figures[METRIC_CPI].value, 1.4, 1e-9);
	assert_near(cpu->figures[METRIC_CLOCK].value, 2800, 1e-6);
	assert_true(isnan(cpu->figures[METRIC_PACKAGE_POWER].value));
	assert_int_equal(cpu->figures[METRIC_CPI].span.begin.ns, 1000);
	assert_int_equal(cpu->figures[METRIC_CPI].span.end.ns, 1000001000);
	assert_int_equal(socket->scope, SCOPE_SOCKET);
	assert_near(socket->figures[METRIC_MEMORY_READ].value, 96e6, 1e-3);
	assert_near(socket->figures[METRIC_MEMORY_WRITE].value, 64 * 300, 1e-6);
	assert_near(socket->figures[METRIC_PACKAGE_POWER].value, 95, 1e-9);
	assert_near(socket->figures[METRIC_DRAM_POWER].value, 15.3, 1e-9);
}

static void an_idle_cpu_has_no_cpi_and_no_failure(void **state)
{
	struct scene *scene = *state;
	const struct metrics_row *cpu;

	for (size_t i = 0; i < 3; i++)
		scene->list[i].total = 0;
	cpu = row(scene, 0);
	assert_true(cpu->figures[METRIC_CYCLES].value == 0);
	assert_true(isnan(cpu->figures[METRIC_CPI].value));
	assert_true(isnan(cpu->figures[METRIC_CLOCK].value));
	assert_string_equal(cpu->cause, "no instructions in the interval: the CPU was idle");
	assert_false(cpu->has_failure);
}

static void without_a_scale_only_what_needs_it_is_missing(void **state)
{
	struct scene *scene = *state;
	struct cause *cause = &scene->subjects[0].counts[EVENT_ACTIVE].scale_cause;
	const struct metrics_row *cpu;

	strcpy(cause->text, "no base ratio");
	cause->is_absence = true;
	cpu = row(scene, 0);
	assert_true(isnan(cpu->figures[METRIC_CLOCK].value));
	assert_near(cpu->figures[METRIC_CPI].value, 1.4, 1e-9);
	assert_string_equal(cpu->cause, "no base ratio");
	assert_false(cpu->has_failure);
}

static void every_missing_figure_has_its_cause(void **state)
{
	struct scene *scene = *state;
	struct plan_count *counts = scene->subjects[1].counts;
	const struct metrics_row *socket;

	strcpy(counts[EVENT_MEMORY_READ].cause.text, "no channel");
	counts[EVENT_MEMORY_READ].cause.is_absence = true;
	counts[EVENT_MEMORY_WRITE].cause = counts[EVENT_MEMORY_READ].cause;
	strcpy(counts[EVENT_DRAM_ENERGY].cause.text, "refused");
	socket = row(scene, 1);
	assert_true(isnan(socket->figures[METRIC_MEMORY_READ].value));
	assert_true(isnan(socket->figures[METRIC_DRAM_POWER].value));
	assert_near(socket->figures[METRIC_PACKAGE_POWER].value, 95, 1e-9);
	assert_string_equal(socket->cause, "no channel; refused");
	assert_true(socket->has_failure);
	/* what was not read has the interval of the rest */
	assert_int_equal(socket->figures[METRIC_DRAM_POWER].span.end.ns, 1000001000);
}

static void a_counter_set_back_by_somebody_is_a_failure(void **state)
{
	struct scene *scene = *state;
	const struct metrics_row *cpu;

	scene->list[0].total = UINT64_C(1) << 47;
	cpu = row(scene, 0);
	assert_true(isnan(cpu->figures[METRIC_INSTRUCTIONS].value));
	assert_non_null(strstr(cpu->cause, "set a counter back"));
	assert_true(cpu->has_failure);
}

static void counters_read_one_after_the_other_have_a_middle(void **state)
{
	struct scene *scene = *state;
	const struct figure *figure;

	scene->list[1].begin = (struct instant){2000, 5};
	scene->list[5].end = (struct instant){1000001300, 20};
	/* the first one ended at 1000001000, give or take 10 */
	figure = &row(scene, 1)->figures[METRIC_MEMORY_READ];
	assert_int_equal(figure->span.end.ns, 1000001150);
	assert_int_equal(figure->span.end.slack_ns, 170);
	assert_int_equal(figure->span.begin.ns, 1000);
	assert_int_equal(figure->span.begin.slack_ns, 10);
	/* a ratio is of two counters */
	figure = &row(scene, 0)->figures[METRIC_CPI];
	assert_int_equal(figure->span.begin.ns, 2000);
	assert_int_equal(figure->divisor_span.begin.ns, 1000);
}

static void no_time_is_no_rate(void **state)
{
	struct scene *scene = *state;
	const struct metrics_row *cpu;

	for (size_t i = 0; i < 3; i++)
		scene->list[i].end = scene->list[i].begin;
	cpu = row(scene, 0);
	assert_true(isnan(cpu->figures[METRIC_CYCLES].value));
	assert_string_equal(cpu->cause, "no time passed in the interval");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_scene, strike_scene)
	const struct CMUnitTest tests[] = {
		TEST(figures_follow_from_counts),
		TEST(an_idle_cpu_has_no_cpi_and_no_failure),
		TEST(without_a_scale_only_what_needs_it_is_missing),
		TEST(every_missing_figure_has_its_cause),
		TEST(a_counter_set_back_by_somebody_is_a_failure),
		TEST(counters_read_one_after_the_other_have_a_middle),
		TEST(no_time_is_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
