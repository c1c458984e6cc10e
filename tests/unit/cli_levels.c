/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <string.h>

#include "cli/levels.h"
#include "cli/measure/view.h"
#include "fake_msrd.h"
#include "near.h"

/* Two sockets of two cores with two threads each, for two seconds: CPU i has (i + 1) G
 * instructions, 2 (i + 1) G cycles and a second at work, socket j reads (j + 1) GB and has
 * 10 (j + 1) J. */
#define N_CPUS	  8
#define N_SOCKETS 2

struct scene {
	struct node_cpu node_cpus[N_CPUS];
	struct topology_cpu cpus[N_CPUS];
	struct node node;
	struct topology topology;
	struct metrics_row rows[N_CPUS + N_SOCKETS];
	struct metrics metrics;
	struct records singles, sums;
};

static void set_amount(
	struct metrics_row *row, enum event_id event, enum metric_id rate, double value)
{
	row->amounts[event] = (struct amount){value, value, NAN};
	row->figures[rate].value = value / 2;
	row->figures[rate].span.end.ns = 2000000000;
}

static void set_cpu(struct metrics_row *row, uint32_t cpu)
{
	double g = 1e9 * (cpu + 1);

	row->kind = SUBJECT_CPU;
	row->number = cpu;
	row->package = cpu / 4;
	set_amount(row, EVENT_INSTRUCTIONS, METRIC_INSTRUCTIONS, g);
	set_amount(row, EVENT_CYCLES, METRIC_CYCLES, 2 * g);
	row->amounts[EVENT_ACTIVE] = (struct amount){1, 2.7e9, NAN};
	row->figures[METRIC_CPI].value = 2;
	row->figures[METRIC_CLOCK].value = 2 * g * 1e-6;
}

static void set_socket(struct metrics_row *row, uint32_t package)
{
	row->kind = SUBJECT_SOCKET;
	row->number = row->package = package;
	set_amount(row, EVENT_MEMORY_READ, METRIC_MEMORY_READ, 1e9 * (package + 1));
	set_amount(row, EVENT_MEMORY_WRITE, METRIC_MEMORY_WRITE, 0);
	set_amount(row, EVENT_PACKAGE_ENERGY, METRIC_PACKAGE_POWER, 10 * (package + 1));
	set_amount(row, EVENT_DRAM_ENERGY, METRIC_DRAM_POWER, 1);
	row->amounts[EVENT_PACKAGE_ENERGY].grain_percent = package + 1;
}

static int begin(void **state)
{
	static struct scene scene;

	memset(&scene, 0, sizeof scene);
	for (uint32_t i = 0; i < N_CPUS; i++) {
		scene.node_cpus[i].online = true;
		scene.node_cpus[i].package = i / 4;
		scene.cpus[i] = (struct topology_cpu){.core = i % 4 / 2, .numa = i / 4};
		set_cpu(&scene.rows[i], i);
	}
	for (uint32_t i = 0; i < N_SOCKETS; i++)
		set_socket(&scene.rows[N_CPUS + i], i);
	scene.node.cpus = scene.node_cpus;
	scene.node.n_cpus = N_CPUS;
	scene.topology = (struct topology){&scene.node, scene.cpus};
	scene.metrics = (struct metrics){scene.rows, N_CPUS + N_SOCKETS};
	*state = &scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;

	records_deinit(&scene->singles);
	records_deinit(&scene->sums);
	return 0;
}

static void add_up(struct scene *scene, enum sum_level level)
{
	const struct view view = {.json = false};

	assert_int_equal(view_records(&view, &scene->metrics, &scene->singles), 0);
	assert_int_equal(levels_add_up(&scene->topology, level, &scene->singles, &scene->sums), 0);
}

static const struct record *get(const struct scene *scene, const char *place, const char *metric)
{
	const struct record *found = NULL;

	for (size_t i = 0; i < scene->sums.n; i++) {
		const struct record *record = &scene->sums.list[i];

		if (strcmp(record->place, place) != 0 || strcmp(record->metric, metric) != 0)
			continue;
		assert_null(found); /* once */
		found = record;
	}
	if (!found)
		fail_msg("no %s of %s", metric, place);
	return found;
}

static void assert_sum(
	const struct record *record, double value, double min, double max, double average, size_t n)
{
	assert_near(record->value, value, 0);
	assert_near(record->min, min, 0);
	assert_near(record->max, max, 0);
	assert_near(record->average, average, 0);
	assert_int_equal(record->n, n);
	assert_string_equal(record->reason, "");
}

static void rates_and_amounts_are_sums_with_the_least_the_most_and_the_average(void **state)
{
	struct scene *scene = *state;

	add_up(scene, SUM_SOCKET);
	assert_sum(get(scene, "socket 0", "instructions_per_second"), 5e9, 0.5e9, 2e9, 1.25e9, 4);
	assert_sum(get(scene, "socket 1", "instructions"), 26e9, 5e9, 8e9, 6.5e9, 4);
	assert_near(get(scene, "socket 1", "instructions")->per_second, 13e9, 0);
	assert_sum(get(scene, "socket 1", "package_watts"), 10, 10, 10, 10, 1);
	assert_int_equal(scene->sums.n, 2 * (4 + 3 + 4 + 4));
	assert_string_equal(get(scene, "socket 1", "package_watts")->scope, "socket");
	assert_int_equal(get(scene, "socket 1", "cpi")->number, 1);
}

static void what_is_one_by_another_is_computed_of_sums(void **state)
{
	struct scene *scene = *state;

	scene->rows[3].amounts[EVENT_INSTRUCTIONS].value = 1e9;
	scene->rows[3].figures[METRIC_CPI].value = 8;
	add_up(scene, SUM_SOCKET);
	assert_sum(get(scene, "socket 0", "cpi"), 20.0 / 7, 2, 8, 3.5, 4);
	assert_sum(get(scene, "socket 0", "clock_mhz"), 5000, 2000, 8000, 5000, 4);
}

static void the_node_is_all_of_it(void **state)
{
	struct scene *scene = *state;
	const struct record *record;

	add_up(scene, SUM_NODE);
	assert_int_equal(scene->sums.n, 4 + 3 + 4 + 4);
	assert_sum(get(scene, "node", "memory_read_bytes"), 3e9, 1e9, 2e9, 1.5e9, 2);
	record = get(scene, "node", "package_joules");
	assert_sum(record, 30, 10, 20, 15, 2);
	assert_near(record->grain_percent, 2, 0);
	assert_false(record->has_number || record->has_socket);
}

static void what_a_socket_has_is_no_cores(void **state)
{
	struct scene *scene = *state;
	const struct record *record;

	add_up(scene, SUM_CORE);
	record = get(scene, "core 1 of socket 1", "cycles");
	assert_sum(record, 30e9, 14e9, 16e9, 15e9, 2);
	assert_int_equal(record->number, 1);
	assert_int_equal(record->socket, 1);
	assert_sum(get(scene, "socket 0", "memory_read_bytes_per_second"), 0.5e9, 0.5e9, 0.5e9,
		0.5e9, 1);
}

static void a_numa_node_has_its_sockets_memory_unless_there_are_several(void **state)
{
	struct scene *scene = *state;

	scene->cpus[4].numa = 2;
	add_up(scene, SUM_NUMA);
	assert_sum(get(scene, "numa 0", "package_joules"), 10, 10, 10, 10, 1);
	assert_sum(get(scene, "numa 0", "instructions"), 10e9, 1e9, 4e9, 2.5e9, 4);
	assert_sum(get(scene, "numa 2", "instructions"), 5e9, 5e9, 5e9, 5e9, 1);
	assert_sum(get(scene, "socket 1", "package_joules"), 20, 20, 20, 20, 1);
	assert_false(get(scene, "numa 0", "cpi")->has_socket);
}

static void a_sum_of_what_is_not_known_is_not_known_and_says_whose(void **state)
{
	struct scene *scene = *state;
	const struct record *record;

	scene->rows[2].amounts[EVENT_CYCLES].value = NAN;
	scene->rows[2].figures[METRIC_CYCLES].value = scene->rows[2].figures[METRIC_CPI].value =
		NAN;
	strcpy(scene->rows[2].cause, "it is held");
	add_up(scene, SUM_NODE);
	record = get(scene, "node", "cpi");
	assert_true(isnan(record->value) && isnan(record->average) && isnan(record->share));
	assert_near(record->min, 2, 0);
	assert_string_equal(record->reason, "cpu 2: it is held");
	assert_true(isnan(get(scene, "node", "cycles")->value));
	assert_sum(get(scene, "node", "instructions"), 36e9, 1e9, 8e9, 4.5e9, 8);
}

static void an_idle_cpu_takes_no_figure_from_its_socket(void **state)
{
	struct scene *scene = *state;
	const struct record *record;

	scene->rows[0].amounts[EVENT_INSTRUCTIONS].value = 0;
	scene->rows[0].amounts[EVENT_CYCLES].value = 0;
	scene->rows[0].figures[METRIC_CPI].value = NAN;
	strcpy(scene->rows[0].cause, "the CPU was idle");
	add_up(scene, SUM_SOCKET);
	record = get(scene, "socket 0", "cpi");
	assert_near(record->value, 2, 0);
	assert_string_equal(record->reason, "");
}

static void a_package_that_is_not_known_has_no_number(void **state)
{
	struct scene *scene = *state;

	scene->rows[9].number = scene->rows[9].package = NODE_NO_PACKAGE;
	add_up(scene, SUM_SOCKET);
	assert_false(get(scene, "socket ?", "package_joules")->has_number);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(rates_and_amounts_are_sums_with_the_least_the_most_and_the_average),
		TEST(what_is_one_by_another_is_computed_of_sums),
		TEST(the_node_is_all_of_it),
		TEST(what_a_socket_has_is_no_cores),
		TEST(a_numa_node_has_its_sockets_memory_unless_there_are_several),
		TEST(a_sum_of_what_is_not_known_is_not_known_and_says_whose),
		TEST(an_idle_cpu_takes_no_figure_from_its_socket),
		TEST(a_package_that_is_not_known_has_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
