/* SPDX-License-Identifier: MIT */
/* Faults of single accesses, on a machine with a clock that stands still. */
#include "sim/tap/fault.h"

#include <errno.h>
#include <time.h>

#include "sim_node.h"
#include "util/clock.h"

#define SELECT0	      0x186
#define FIXED1	      0x30A
#define PKG_ENERGY    0x611
#define PLATFORM_INFO 0xCE

struct faulty {
	struct sim_node node;
	struct fault *fault;
	uint64_t last_id;
};

static int setup(void **state)
{
	struct faulty *faulty = test_malloc(sizeof *faulty);

	node_init(&faulty->node, 1);
	node_start(&faulty->node, MACHINE_CLOCK_MANUAL);
	faulty->fault = fault_new(faulty->node.machine, tap_machine_new(faulty->node.machine));
	faulty->last_id = 0;
	*state = faulty;
	return faulty->fault ? 0 : -1;
}

static int teardown(void **state)
{
	struct faulty *faulty = *state;

	tap_free(fault_tap(faulty->fault));
	node_stop(&faulty->node);
	test_free(faulty);
	return 0;
}

static struct directive *parse(struct faulty *faulty, const char *line)
{
	char error[DIRECTIVE_ERROR_SIZE];
	struct directive *directive;

	if (!directive_parse(&directive, &faulty->node.fixture, line, error))
		fail_msg("%s: %s", line, error);
	return directive;
}

static void add(struct faulty *faulty, const char *line)
{
	assert_int_equal(fault_add(faulty->fault, parse(faulty, line), ++faulty->last_id), 0);
}

static bool release(struct faulty *faulty, const char *line)
{
	struct directive *directive = parse(faulty, line);
	bool was_held = fault_release(faulty->fault, directive);

	directive_free(directive);
	return was_held;
}

static int try_read(struct faulty *faulty, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	struct tap_access access = {.space = OP_MSR, .device = cpu, .reg = reg, .width = 8};

	tap_access(fault_tap(faulty->fault), &access);
	*value = access.value;
	return access.error;
}

static int error_of(struct faulty *faulty, uint32_t cpu, uint32_t reg)
{
	uint64_t value;

	return try_read(faulty, cpu, reg, &value);
}

static uint64_t value_of(struct faulty *faulty, uint32_t cpu, uint32_t reg)
{
	uint64_t value;

	assert_int_equal(try_read(faulty, cpu, reg, &value), 0);
	return value;
}

static int error_of_write(struct faulty *faulty, uint32_t cpu, uint32_t reg, uint64_t value)
{
	struct tap_access access = {.is_write = true,
		.space = OP_MSR,
		.device = cpu,
		.reg = reg,
		.width = 8,
		.value = value};

	tap_access(fault_tap(faulty->fault), &access);
	return access.error;
}

static uint64_t config_value(struct faulty *faulty, uint32_t function, uint32_t reg, uint32_t width)
{
	struct tap_access access = {
		.space = OP_PCI, .device = function, .reg = reg, .width = width};

	tap_access(fault_tap(faulty->fault), &access);
	return access.value;
}

static void register_fails_on_this_cpu_and_no_other(void **state)
{
	struct faulty *faulty = *state;

	add(faulty, "fail 1 0x611 ENXIO");
	for (int i = 0; i < 3; i++)
		assert_int_equal(error_of(faulty, 1, PKG_ENERGY), -ENXIO);
	assert_int_equal(error_of(faulty, 0, PKG_ENERGY), 0);
	assert_int_equal(error_of(faulty, 1, PLATFORM_INFO), 0);
}

static void reads_and_writes_fail_apart(void **state)
{
	struct faulty *faulty = *state;

	add(faulty, "fail all 0x186 EIO write");
	assert_int_equal(error_of(faulty, 0, SELECT0), 0);
	assert_int_equal(error_of_write(faulty, 0, SELECT0, 0x4300C0), -EIO);
	assert_int_equal(value_of(faulty, 0, SELECT0), 0);
	add(faulty, "fail all any EBUSY read");
	assert_int_equal(error_of(faulty, 2, PLATFORM_INFO), -EBUSY);
}

static void fault_meets_the_access_that_it_is_meant_for(void **state)
{
	static const struct {
		const char *when, *fails; /* x: that access fails */
	} cases[] = {{"once", "x...."}, {"nth=3", "..x.."}, {"times=2", "xx..."},
		{"after=2", "..xxx"}, {"after=1 times=2", ".xx.."}, {"", "xxxxx"},
		{"chance=0", "....."}, {"chance=1", "xxxxx"}};
	struct faulty *faulty = *state;
	char line[64];

	for (size_t i = 0; i < N(cases); i++) {
		snprintf(line, sizeof line, "fail 0 0xce EIO %s", cases[i].when);
		add(faulty, line);
		for (const char *at = cases[i].fails; *at; at++)
			assert_int_equal(error_of(faulty, 0, PLATFORM_INFO), *at == 'x' ? -EIO : 0);
		assert_true(fault_clear(faulty->fault, faulty->last_id));
	}
}

static uint64_t pattern(struct faulty *faulty, const char *line)
{
	uint64_t bits = 0;

	add(faulty, line);
	for (int i = 0; i < 64; i++)
		bits = bits << 1 | (error_of(faulty, 0, PLATFORM_INFO) < 0);
	assert_true(fault_clear(faulty->fault, faulty->last_id));
	return bits;
}

static void same_seed_fails_the_same_accesses(void **state)
{
	struct faulty *faulty = *state;
	uint64_t first = pattern(faulty, "fail 0 0xce EIO chance=0.5 seed=7");

	assert_true(first == pattern(faulty, "fail 0 0xce EIO chance=0.5 seed=7"));
	assert_true(first != pattern(faulty, "fail 0 0xce EIO chance=0.5 seed=8"));
	int n = __builtin_popcountll(first);
	assert_in_range(n, 16, 48);
}

static void delay_keeps_the_caller_and_lets_him_go(void **state)
{
	struct faulty *faulty = *state;
	uint64_t before = clock_now_ns();

	add(faulty, "delay 0 0xce 20ms once");
	assert_int_equal(error_of(faulty, 0, PLATFORM_INFO), 0);
	assert_true(clock_now_ns() - before >= 20 * MILLISECOND);
	before = machine_clock_ns(faulty->node.machine);
	assert_int_equal(error_of(faulty, 0, PLATFORM_INFO), 0);
	assert_true(machine_clock_ns(faulty->node.machine) == before);
}

static void held_register_keeps_its_value_until_it_is_released(void **state)
{
	struct faulty *faulty = *state;

	add(faulty, "hold 1 0x611 0x1234");
	node_advance(&faulty->node, SECOND);
	/* it is the package's: one register, whoever reads it */
	assert_int_equal(value_of(faulty, 0, PKG_ENERGY), 0x1234);
	assert_int_equal(value_of(faulty, 2, PKG_ENERGY), 64 * 65536);
	assert_true(release(faulty, "release 0 0x611"));
	assert_int_equal(value_of(faulty, 1, PKG_ENERGY), 96 * 65536);
	assert_false(release(faulty, "release 0 0x611"));
}

static void counter_that_is_stuck_ignores_what_is_written(void **state)
{
	struct faulty *faulty = *state;

	assert_int_equal(error_of_write(faulty, 0, FIXED1, 77), 0);
	add(faulty, "hold all 0x30a");
	assert_int_equal(value_of(faulty, 0, FIXED1), 77);
	assert_int_equal(error_of_write(faulty, 0, FIXED1, 5), 0);
	assert_int_equal(value_of(faulty, 0, FIXED1), 77);
	assert_int_equal(value_of(faulty, 1, FIXED1), 0);
	assert_true(release(faulty, "release 0 0x30a"));
	assert_int_equal(error_of_write(faulty, 0, FIXED1, 5), 0);
	assert_int_equal(value_of(faulty, 0, FIXED1), 5);
	assert_int_equal(error_of_write(faulty, 1, FIXED1, 5), 0);
	assert_int_equal(value_of(faulty, 1, FIXED1), 0);
}

static void newer_value_is_held_and_the_older_one_forgotten(void **state)
{
	struct faulty *faulty = *state;

	add(faulty, "hold 0-3 0xce 1");
	add(faulty, "hold 0 0xce 2");
	assert_int_equal(value_of(faulty, 1, PLATFORM_INFO), 2); /* the same package */
	assert_int_equal(value_of(faulty, 2, PLATFORM_INFO), 1);
	assert_true(release(faulty, "release 0 0xce"));
	assert_int_equal(value_of(faulty, 1, PLATFORM_INFO), 0);
}

static void register_that_nobody_has_can_be_held(void **state)
{
	struct faulty *faulty = *state;

	assert_int_equal(error_of(faulty, 0, 0x5f0), -EIO);
	assert_int_equal(fault_add(faulty->fault, parse(faulty, "hold 0 0x5f0"), 1), -EIO);
	add(faulty, "hold 0 0x5f0 9");
	assert_int_equal(value_of(faulty, 0, 0x5f0), 9);
	assert_int_equal(error_of(faulty, 1, 0x5f0), -EIO);
}

static void config_space_is_held_and_fails_as_the_bus_does(void **state)
{
	struct faulty *faulty = *state;

	add(faulty, "hold 7f:10.0 0xa0 0x11223344");
	assert_int_equal(config_value(faulty, NODE_IMC0, 0xa0, 4), 0x11223344);
	assert_int_equal(config_value(faulty, NODE_IMC0, 0xa2, 2), 0x1122);
	assert_int_equal(config_value(faulty, NODE_IMC0, 0xa1, 1), 0x33);
	assert_int_equal(config_value(faulty, NODE_IMC1, 0xa0, 4), 0);
	add(faulty, "fail 7f:10.1 any EIO");
	assert_int_equal(config_value(faulty, NODE_IMC1, 0, 4), 0xffffffff);
	assert_int_equal(config_value(faulty, NODE_IMC1, 0, 2), 0xffff);
}

static void all_faults_are_cleared_and_what_is_held_stays(void **state)
{
	struct faulty *faulty = *state;

	add(faulty, "fail 0 any EIO");
	add(faulty, "hold 0 0xce 3");
	add(faulty, "fail 0 0x611 EIO");
	assert_false(fault_clear(faulty->fault, 9));
	assert_true(fault_clear(faulty->fault, 0));
	assert_int_equal(value_of(faulty, 0, PLATFORM_INFO), 3);
	assert_false(fault_clear(faulty->fault, 0));
}

static void list_says_what_has_been_met(void **state)
{
	struct faulty *faulty = *state;
	char text[256] = "";
	FILE *out = fmemopen(text, sizeof text, "w");

	assert_non_null(out);
	add(faulty, "fail 0-1 0x611 EIO nth=2");
	add(faulty, "hold 0 0xce 3");
	for (int i = 0; i < 3; i++)
		error_of(faulty, 0, PKG_ENERGY);
	fault_write(faulty->fault, false, out);
	fclose(out);
	assert_string_equal(
		text, "1: fail 0-1 0x611 EIO nth=2\t# 2 devices, 3 accesses, 1 met it\n");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(register_fails_on_this_cpu_and_no_other),
		TEST(reads_and_writes_fail_apart),
		TEST(fault_meets_the_access_that_it_is_meant_for),
		TEST(same_seed_fails_the_same_accesses),
		TEST(delay_keeps_the_caller_and_lets_him_go),
		TEST(held_register_keeps_its_value_until_it_is_released),
		TEST(counter_that_is_stuck_ignores_what_is_written),
		TEST(newer_value_is_held_and_the_older_one_forgotten),
		TEST(register_that_nobody_has_can_be_held),
		TEST(config_space_is_held_and_fails_as_the_bus_does),
		TEST(all_faults_are_cleared_and_what_is_held_stays),
		TEST(list_says_what_has_been_met),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
