/* SPDX-License-Identifier: MIT */
/* Regions of a count that is made up: two CPUs of one core in socket 0, one of socket 1. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/region_result.h"
#include "cli/region_script.h"
#include "util/array.h"

#define N_CPUS 3

static struct {
	struct node_cpu cpus[N_CPUS];
	struct topology_cpu topology_cpus[N_CPUS];
	struct node node;
	struct topology topology;
	struct want wants[4];
	struct count_device devices[8];
	struct count_slot slots[8];
	struct count count;
	struct places places;
	struct cli cli;
	struct regions regions;
} world;

static void add(enum want_kind kind, size_t want, uint32_t number, struct place counter)
{
	struct count_device *device = &world.devices[world.count.n_devices];
	struct count_slot *slot = &world.slots[world.count.n_devices++];

	*slot = (struct count_slot){
		.want = &world.wants[want], .scale = 1, .width = 40, .counter = counter};
	*device = (struct count_device){.kind = kind,
		.number = number,
		.package = kind == WANT_BOX ? number : world.cpus[number].package,
		.slots = slot,
		.n_slots = 1,
		.n_sets = 1};
}

/* A counter of each CPU, a register of each core, one of halves in each socket, and one that
 * nobody counts. */
static void add_devices(void)
{
	world.wants[0] = (struct want){.name = "core", .kind = WANT_CORE};
	world.wants[1] = (struct want){.name = "shared",
		.kind = WANT_MSR,
		.scope = ARCH_CORE,
		.field = {.reg = 7, .shift = 3, .bits = 8}};
	world.wants[2] = (struct want){.name = "box", .kind = WANT_BOX};
	for (uint32_t i = 0; i < N_CPUS; i++)
		add(WANT_CORE, 0, i, place_at(place_of_cpu(i), 1));
	for (uint32_t i = 0; i < N_CPUS; i += 2) {
		add(WANT_MSR, 1, i, place_at(place_of_cpu(i), 7));
		world.slots[world.count.n_devices - 1].width = 8;
	}
	for (uint32_t i = 0; i < 2; i++) {
		add(WANT_BOX, 2, i, place_at(place_of_unit(i, UNIT_IMC, 0), 0xa0));
		world.slots[world.count.n_devices - 1].has_high = true;
	}
	cause_set(&world.slots[1].cause, false, "it is somebody's");
}

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof world);
	for (uint32_t i = 0; i < N_CPUS; i++) {
		world.cpus[i] = (struct node_cpu){true, true, i / 2};
		world.topology_cpus[i] = (struct topology_cpu){0, i / 2};
		if (places_add(&world.places, place_of_cpu(i)) < 0)
			return -1;
	}
	world.node = (struct node){.n_cpus = N_CPUS, .cpus = world.cpus};
	world.topology = (struct topology){.node = &world.node, .cpus = world.topology_cpus};
	world.count = (struct count){.node = &world.node,
		.topology = &world.topology,
		.wants = world.wants,
		.n_wants = 3,
		.devices = world.devices};
	add_devices();
	world.cli.service = "/run/service";
	world.regions.count = &world.count;
	if (region_plan_init(
		    &world.regions.plan, &world.cli, &world.count, &world.places, "/clock") < 0)
		return -1;
	region_script_init(&world.regions.script, &world.regions.plan);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	region_script_deinit(&world.regions.script);
	region_plan_deinit(&world.regions.plan);
	places_deinit(&world.places);
	return 0;
}

/* Which place a CPU has at a level. */
static const struct region_place *place_of(uint32_t cpu, unsigned level)
{
	const struct region_file *file = &world.regions.plan.file;
	uint32_t place = file->cpus[cpu * REGION_N_LEVELS + level];

	return place == REGION_NONE ? NULL : &file->places[place];
}

static void a_cpu_has_its_own_counters_and_those_it_shares(void **state)
{
	const struct region_file *file = &world.regions.plan.file;

	(void)state;
	assert_string_equal(file->header->service, "/run/service");
	assert_string_equal(file->header->clock, "/clock");
	for (uint32_t i = 0; i < N_CPUS; i++) {
		assert_int_equal(place_of(i, REGION_CPU)->number, i);
		assert_int_equal(place_of(i, REGION_PACKAGE)->number, i / 2);
		assert_int_equal(place_of(i, REGION_NODE)->n_values, 0);
	}
	/* siblings share the register that one of them reads */
	assert_ptr_equal(place_of(0, REGION_CORE), place_of(1, REGION_CORE));
	assert_ptr_not_equal(place_of(0, REGION_CORE), place_of(2, REGION_CORE));
	assert_int_equal(place_of(2, REGION_CORE)->number, 2);
	/* what is not counted is not read */
	assert_int_equal(place_of(1, REGION_CPU)->n_values, 0);
	assert_int_equal(file->header->n_values, 6);
	/* halves are three reads */
	const struct region_place *box = place_of(2, REGION_PACKAGE);

	assert_int_equal(box->n_values, 1);
	assert_int_equal(box->n_ops, 3);
	assert_true(file->values[box->first_value].has_high);
	assert_int_equal(file->ops[box->first_op + 1].reg, 0xa0);
	assert_int_equal(file->ops[box->first_op].reg, file->ops[box->first_op + 2].reg);
	assert_int_equal(file->ops[box->first_op].device, 1);
	const struct region_place *core = place_of(0, REGION_CORE);

	assert_int_equal(file->values[core->first_value].shift, 3);
	assert_int_equal(file->values[core->first_value].width, 8);
}

static void programs_can_open_what_was_made(void **state)
{
	struct region_file file;
	char path[64];

	(void)state;
	snprintf(path, sizeof path, "/proc/self/fd/%d", world.regions.plan.fd);
	assert_int_equal(region_file_open(&file, path), 0);
	region_file_close(&file);
}

static void counters_that_wrap_are_followed(void **state)
{
	const struct region_plan *plan = &world.regions.plan;
	size_t value = plan->places[plan->place_of[3]].first_value;

	(void)state;
	world.slots[3].raw = 200;
	region_plan_see(plan, &world.count);
	world.slots[3].raw = 100;
	region_plan_see(plan, &world.count);
	assert_int_equal(plan->file.seen[value], 256 + 100);
}

static int mark(const char *verb, const char *name)
{
	char error[REGION_MARK_ERROR_SIZE];
	int r = region_script_mark(&world.regions.script, &world.count, verb, name, error);

	assert_int_equal(error[0] != '\0', r == -EINVAL);
	return r;
}

static void advance(uint64_t n)
{
	for (size_t i = 0; i < world.count.n_devices; i++)
		world.slots[i].total += n * (i + 1);
	world.count.read_ns += n * UINT64_C(1000000000);
}

static void check(const struct region_result *result, unsigned level, uint32_t number,
	uint64_t calls, uint64_t seconds)
{
	assert_int_equal(result->place->level, level);
	assert_int_equal(result->place->number, number);
	assert_int_equal(result->calls, calls);
	assert_int_equal(result->ns, seconds * UINT64_C(1000000000));
}

static void a_script_counts_all_places(void **state)
{
	struct region_result *results;
	size_t n;

	(void)state;
	advance(5);
	assert_int_equal(mark("begin", "a"), 0);
	advance(1);
	assert_int_equal(mark("begin", "a"), 0);
	advance(1);
	assert_int_equal(mark("end", "a"), 0);
	assert_int_equal(mark("end", "a"), 0);
	advance(10);
	assert_int_equal(mark("begin", "a"), 0);
	advance(2);
	assert_int_equal(mark("end", "a"), 0);
	assert_int_equal(
		region_results_get(&world.regions, "a", REGION_BY_SCRIPT, &results, &n), 0);
	assert_int_equal(n, 7);
	check(&results[0], REGION_CPU, 0, 2, 4);
	check(&results[1], REGION_CPU, 2, 2, 4);
	check(&results[2], REGION_CORE, 0, 2, 4);
	check(&results[5], REGION_PACKAGE, 1, 2, 4);
	check(&results[6], REGION_NODE, 0, 2, 4);
	assert_int_equal(results[0].count.devices[0].slots[0].total, 4);
	assert_int_equal(results[5].count.devices[0].slots[0].total, 4 * 7);
	assert_int_equal(results[6].count.n_devices, 6);
	/* what they counted is all of it, however long that took each of them */
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(results[6].count.devices[i].slots[0].on_ns, results[6].ns);
	region_results_free(results, n);
}

static void a_script_that_marks_wrong_is_told(void **state)
{
	(void)state;
	assert_int_equal(mark("begin", "no name"), -EINVAL);
	assert_int_equal(mark("begin", ""), -EINVAL);
	assert_int_equal(mark("start", "a"), -EINVAL);
	assert_int_equal(mark("end", "a"), -EINVAL);
	assert_int_equal(mark("begin", "a"), 0);
	assert_int_equal(mark("end", "a"), 0);
	assert_int_equal(mark("end", "a"), -EINVAL);
	assert_int_equal(world.regions.script.n, 1);
}

struct heard {
	char lines[8][REGION_LINE_SIZE];
	size_t n;
	int r;
};

static int hear(void *closure, const char *line)
{
	struct heard *heard = closure;

	assert_true(heard->n < N_ELEMENTS(heard->lines));
	strcpy(heard->lines[heard->n++], line);
	return heard->r;
}

static int take(struct heard *heard, const char *bytes, size_t n)
{
	return region_script_take(&world.regions.script, bytes, n, hear, heard);
}

static void lines_come_in_pieces_and_several_at_once(void **state)
{
	struct heard heard = {0};
	char many[3 * REGION_LINE_SIZE];

	(void)state;
	assert_int_equal(take(&heard, "beg", 3), 0);
	assert_int_equal(heard.n, 0);
	assert_int_equal(take(&heard, "in a\nend a\n\nbegin", 17), 0);
	assert_int_equal(heard.n, 2);
	assert_string_equal(heard.lines[0], "begin a");
	assert_string_equal(heard.lines[1], "end a");
	assert_int_equal(take(&heard, " b\0c\n", 5), 0);
	assert_string_equal(heard.lines[2], "begin b?c");
	/* one that is too long is one, and what follows it is whole */
	memset(many, 'x', sizeof many);
	assert_int_equal(take(&heard, many, sizeof many), 0);
	assert_int_equal(take(&heard, "\nend b\n", 7), 0);
	assert_int_equal(heard.n, 5);
	assert_int_equal(strlen(heard.lines[3]), REGION_LINE_SIZE - 1);
	assert_string_equal(heard.lines[4], "end b");
	heard.r = -EIO;
	assert_int_equal(take(&heard, "a\nb\n", 4), -EIO);
	assert_int_equal(heard.n, 6);
}

static void set_entry(const char *name, uint32_t place, uint64_t calls, uint64_t seconds,
	uint64_t lost, uint64_t value)
{
	const struct region_file *file = &world.regions.plan.file;
	struct region_entry *entry = region_entry_get(file, name, place);
	struct region_sum *sum = region_sum_of(file, entry, entry->bank);

	*sum = (struct region_sum){calls, seconds * UINT64_C(1000000000), lost};
	sum->values[0] = value;
}

static uint32_t index_of(const struct region_place *place)
{
	return (uint32_t)(place - world.regions.plan.file.places);
}

static void a_program_counts_where_it_was(void **state)
{
	struct region_result *results;
	char name[REGION_NAME_SIZE];
	enum region_by by;
	size_t n;

	(void)state;
	set_entry("a", index_of(place_of(0, REGION_CPU)), 3, 6, 0, 600);
	set_entry("a", index_of(place_of(1, REGION_CPU)), 0, 0, 2, 0);
	set_entry("a", index_of(place_of(0, REGION_PACKAGE)), 5, 7, 0, 70);
	/* killed before the node was left */
	set_entry("a", index_of(place_of(0, REGION_NODE)), 0, 0, 0, 0);
	set_entry("b", index_of(place_of(0, REGION_NODE)), 0, 0, 0, 0);
	assert_int_equal(mark("begin", "b"), 0);
	assert_true(region_result_name(&world.regions, 0, name, &by));
	assert_string_equal(name, "a");
	assert_true(region_result_name(&world.regions, 1, name, &by));
	assert_string_equal(name, "b");
	assert_int_equal(by, REGION_BY_PROGRAM);
	assert_true(region_result_name(&world.regions, 2, name, &by));
	assert_int_equal(by, REGION_BY_SCRIPT);
	assert_false(region_result_name(&world.regions, 3, name, &by));

	assert_int_equal(
		region_results_get(&world.regions, "a", REGION_BY_PROGRAM, &results, &n), 0);
	assert_int_equal(n, 4);
	check(&results[0], REGION_CPU, 0, 3, 6);
	assert_int_equal(results[0].count.devices[0].slots[0].total, 600);
	check(&results[1], REGION_CPU, 1, 0, 0);
	assert_int_equal(results[1].lost, 2);
	assert_string_not_equal(results[1].cause.text, "");
	assert_string_equal(results[1].count.devices[0].slots[0].cause.text, "it is somebody's");
	check(&results[2], REGION_PACKAGE, 0, 5, 7);
	/* calls are those of CPUs, and no place was in it longer */
	check(&results[3], REGION_NODE, 0, 3, 7);
	assert_int_equal(results[3].lost, 2);
	assert_int_equal(results[3].count.n_devices, 2);
	assert_int_equal(results[3].count.devices[0].slots[0].on_ns, results[3].ns);
	region_results_free(results, n);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cpu_has_its_own_counters_and_those_it_shares),
		TEST(programs_can_open_what_was_made),
		TEST(counters_that_wrap_are_followed),
		TEST(a_script_counts_all_places),
		TEST(a_script_that_marks_wrong_is_told),
		TEST(lines_come_in_pieces_and_several_at_once),
		TEST(a_program_counts_where_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
