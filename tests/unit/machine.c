/* SPDX-License-Identifier: MIT */
/* What the daemon finds and opens, on the files of a machine in a temporary folder. */
#include "daemon/machine.h"

#include "test.h"

#include <sys/resource.h>

#include "device_ops.h"
#include "sysroot.h"

static unsigned package_of(uint32_t cpu)
{
	return cpu / 2;
}

static void add_msr_file(const struct sysroot *sysroot, uint32_t cpu)
{
	uint64_t values[0x200] = {[0x10] = 1000 + cpu};
	char path[32];

	snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu);
	sysroot_write(sysroot, path, 0, values, sizeof values);
}

static enum op_status run(
	const struct machine *machine, enum op_verb verb, struct place place, uint64_t *value)
{
	return device_run(machine->devices[place.space], verb, place, value);
}

static void what_is_there_is_opened_and_closed_again(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;
	uint64_t value = 0;

	sysroot_add_cpus(sysroot, "0-1", 1, package_of);
	add_msr_file(sysroot, 0);
	add_msr_file(sysroot, 1);
	sysroot_add_function(sysroot, "0000:7f:0e.1", 0x3c46, 256); /* ha0 */
	int before = test_count_descriptors();
	machine_init(&machine, sysroot->fd);
	assert_int_equal(machine.unready, OP_OK);
	assert_int_equal(test_count_descriptors(), before + 3);
	/* the address of an MSR is the offset in its file */
	assert_int_equal(run(&machine, OP_READ, place_at(place_of_cpu(1), 0x80), &value), OP_OK);
	assert_int_equal(value, 1001);
	value = 5;
	assert_int_equal(
		run(&machine, OP_WRITE, place_at(place_of_unit(0, UNIT_HA, 0), 0xd8), &value),
		OP_OK);
	assert_int_equal(run(&machine, OP_READ, place_of_unit(1, UNIT_HA, 0), &value), OP_ABSENT);
	machine_deinit(&machine);
	assert_int_equal(test_count_descriptors(), before);
}

static void file_that_is_missing_is_answered_for_its_cpu_alone(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;
	uint64_t value = 0;

	sysroot_add_cpus(sysroot, "0-1", 1, package_of);
	add_msr_file(sysroot, 1);
	machine_init(&machine, sysroot->fd);
	assert_int_equal(machine.unready, OP_OK);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(0), &value), OP_NO_FILE);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(1), &value), OP_OK);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(2), &value), OP_ABSENT);
	machine_deinit(&machine);
}

static void limit_of_descriptors_is_raised_for_a_big_machine(void **state)
{
	const struct sysroot *sysroot = *state;
	struct rlimit before, low;
	struct machine machine;
	uint64_t value = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = (struct rlimit){40, before.rlim_max};
	sysroot_add_cpus(sysroot, "0-99", 99, package_of);
	for (uint32_t cpu = 0; cpu < 100; cpu++)
		add_msr_file(sysroot, cpu);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	machine_init(&machine, sysroot->fd);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(99), &value), OP_OK);
	machine_deinit(&machine);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void cpu_model_that_is_not_known_is_unready(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;

	sysroot_add_cpus(sysroot, "0", 0, package_of);
	sysroot_print(sysroot, "proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
		"model name\t: something else entirely, with a name as long as the other one\n"
		"stepping\t: 1\n");
	machine_init(&machine, sysroot->fd);
	assert_int_equal(machine.unready, OP_UNSUPPORTED);
	machine_deinit(&machine);
}

static void machine_that_can_not_be_read_is_unready(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;

	machine_init(&machine, sysroot->fd); /* an empty folder */
	assert_int_equal(machine.unready, OP_UNSUPPORTED);
	machine_deinit(&machine);
	machine_init(&machine, -1);
	assert_int_equal(machine.unready, OP_UNSUPPORTED);
	machine_deinit(&machine);
}

static void text_names_sockets_and_buses_or_why_not(void **state)
{
	static uint32_t packages[] = {0, 2, 7};
	static struct bus buses[] = {
		{0, 0x3f, 0, BUS_BY_UBOX, BUS_NO_DOUBT},
		{0, 0x7f, 0, BUS_BY_UBOX, BUS_NO_DOUBT},
		{1, 0x7f, 7, BUS_BY_SIBLING, BUS_NO_DOUBT},
		{1, 0xff, BUS_NO_PACKAGE, BUS_BY_NOTHING, BUS_SILENT},
	};
	struct node node = {.arch = arch_find(6, 0x2d),
		.packages = packages,
		.n_packages = 3,
		.n_cpu_packages = 2,
		.buses = buses,
		.n_buses = 4,
		.n_twins = 14};
	char text[MACHINE_TEXT_SIZE], expected[MACHINE_TEXT_SIZE];

	(void)state;
	snprintf(expected, sizeof expected,
		"%s: sockets 0, 2, 7 (no CPU online); bus 3f socket 0 by the UBOX's node id, "
		"bus 7f socket 0, bus 0001:7f socket 7 by the UBOX of its sibling bus, "
		"bus 0001:ff no socket: nothing says which; "
		"14 units left out: two buses of one socket have the same",
		node.arch->text);
	assert_string_equal(machine_describe(&node, text), expected);
	node.n_packages = node.n_buses = node.n_twins = 0;
	snprintf(expected, sizeof expected, "%s: no socket is known; no uncore functions",
		node.arch->text);
	assert_string_equal(machine_describe(&node, text), expected);
}

static void text_of_a_big_machine_ends_where_a_line_ends(void **state)
{
	static struct bus buses[256];
	const struct node node = {.arch = arch_find(6, 0x2d), .buses = buses, .n_buses = 256};
	char text[MACHINE_TEXT_SIZE];

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		buses[i] = (struct bus){0, (uint8_t)i, i, BUS_BY_UBOX, BUS_NO_DOUBT};
	assert_int_equal(strlen(machine_describe(&node, text)), MACHINE_TEXT_SIZE - 1);
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, sysroot_set_up, sysroot_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(what_is_there_is_opened_and_closed_again),
		TREE_TEST(file_that_is_missing_is_answered_for_its_cpu_alone),
		TREE_TEST(limit_of_descriptors_is_raised_for_a_big_machine),
		TREE_TEST(cpu_model_that_is_not_known_is_unready),
		cmocka_unit_test(text_names_sockets_and_buses_or_why_not),
		cmocka_unit_test(text_of_a_big_machine_ends_where_a_line_ends),
		TREE_TEST(machine_that_can_not_be_read_is_unready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
