/* SPDX-License-Identifier: MIT */
/* The machine is driven from outside: values past every mask, CPUs that go and come back. */
#include <errno.h>

#include "sim/machine/drive.h"
#include "sim/machine/holder.h"
#include "sim_node.h"

#define MSR_TSC	       0x10
#define THERM_STATUS   0x19C
#define SELECT0	       0x186
#define PLATFORM_INFO  0xCE
#define FIXED1	       0x30A
#define FIXED_CONTROL  0x38D
#define GLOBAL_CONTROL 0x38F
#define GLOBAL_STATUS  0x38E
#define PKG_ENERGY     0x611
#define UNKNOWN	       0x5F0
#define IMC_COUNTER0   0xA0
#define IMC_SELECT0    0xD8

static void read_only_register_takes_a_value_from_outside(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_msr_write(node->machine, 0, PLATFORM_INFO, 0x1234), -EIO);
	assert_int_equal(machine_msr_set(node->machine, 0, PLATFORM_INFO, 0, 0x1234), 0);
	assert_int_equal(node_read(node, 0, PLATFORM_INFO), 0x1234);
	assert_int_equal(machine_msr_set(node->machine, 2, GLOBAL_STATUS, 0, 2), 0);
	assert_int_equal(node_read(node, 2, GLOBAL_STATUS), 2);
}

static void running_register_goes_on_from_its_value(void **state)
{
	struct sim_node *node = *state;

	node_advance(node, SECOND);
	assert_int_equal(machine_msr_set(node->machine, 0, PKG_ENERGY, SECOND, 7), 0);
	assert_int_equal(node_read(node, 1, PKG_ENERGY), 7);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 1, PKG_ENERGY), 7 + 96 * 65536);
}

static void value_that_was_due_earlier_has_gone_on_since(void **state)
{
	struct sim_node *node = *state;

	node_advance(node, 3 * SECOND);
	assert_int_equal(machine_msr_set(node->machine, 0, MSR_TSC, 2 * SECOND, 0), 0);
	assert_int_equal(node_read(node, 0, MSR_TSC), 2700000000);
}

static void counter_of_the_pmu_takes_all_its_bits(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_msr_set(node->machine, 0, FIXED1, 0, 0xFFFFFFFFFFFF), 0);
	assert_int_equal(node_read(node, 0, FIXED1), 0xFFFFFFFFFFFF);
	assert_int_equal(machine_msr_set(node->machine, 0, FIXED1, 0, 1ull << 48), -EINVAL);
	assert_int_equal(node_read(node, 0, FIXED1), 0xFFFFFFFFFFFF);
}

static void value_that_is_too_wide_changes_nothing(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_msr_set(node->machine, 0, PKG_ENERGY, 0, 5), 0);
	assert_int_equal(machine_msr_set(node->machine, 0, PKG_ENERGY, 0, 1ull << 32), -EINVAL);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 5);
}

static void what_the_workload_or_nobody_says_is_not_to_be_set(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_msr_set(node->machine, 0, THERM_STATUS, 0, 3), -ENOENT);
	assert_int_equal(machine_msr_set(node->machine, 0, UNKNOWN, 0, 3), -ENOENT);
	assert_int_equal(machine_msr_set(node->machine, 77, MSR_TSC, 0, 3), -ENXIO);
	assert_int_equal(machine_pci_set(node->machine, NODE_IMC0, 0x10, 0, 3), -ENOENT);
	assert_int_equal(machine_pci_set(node->machine, 99, 0x10, 0, 3), -ENXIO);
}

static void register_in_config_space_takes_a_value(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_pci_set(node->machine, NODE_IMC0, IMC_COUNTER0, 0, 0xABCD), 0);
	assert_int_equal(machine_pci_read(node->machine, NODE_IMC0, IMC_COUNTER0, 4), 0xABCD);
	assert_int_equal(
		machine_pci_set(node->machine, NODE_IMC0, IMC_SELECT0, 0, UINT32_MAX), -EINVAL);
}

static void register_has_its_home_where_its_scope_begins(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_msr_home(node->machine, 3, PKG_ENERGY), 2);
	assert_int_equal(machine_msr_home(node->machine, 3, SELECT0), 3);
	assert_int_equal(machine_msr_home(node->machine, 3, UNKNOWN), 3);
	assert_int_equal(machine_msr_home(node->machine, 77, PKG_ENERGY), 77);
}

static void cpu_goes_offline_and_comes_back_with_its_registers(void **state)
{
	struct sim_node *node = *state;
	uint64_t value;

	node_write(node, 1, SELECT0, 0x4300C0);
	assert_int_equal(machine_cpu_set_online(node->machine, 1, false), 0);
	assert_false(machine_cpu_is_online(node->machine, 1));
	assert_int_equal(machine_msr_read(node->machine, 1, SELECT0, &value), -ENXIO);
	assert_int_equal(machine_msr_write(node->machine, 1, SELECT0, 0), -ENXIO);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 0);
	assert_int_equal(machine_cpu_set_online(node->machine, 1, true), 0);
	assert_int_equal(node_read(node, 1, SELECT0), 0x4300C0);
	assert_int_equal(machine_cpu_set_online(node->machine, 77, true), -ENXIO);
}

static void watchdog_has_a_counter_and_gives_it_back(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 1, FIXED_CONTROL, 0x333);
	assert_int_equal(machine_hold_watchdog(node->machine, 1, 0, true), 0);
	assert_int_equal(node_read(node, 1, FIXED_CONTROL), 0x3b3);
	assert_int_equal(node_read(node, 1, GLOBAL_CONTROL) >> 33 & 1, 1);
	assert_true(node_read(node, 1, FIXED1) == (1ull << 48) - 27000000000);
	node_advance(node, SECOND);
	assert_true(node_read(node, 1, FIXED1) == (1ull << 48) - 25000000000);
	assert_int_equal(node_read(node, 0, FIXED_CONTROL), 0);
	assert_int_equal(machine_hold_watchdog(node->machine, 1, SECOND, false), 0);
	assert_int_equal(node_read(node, 1, FIXED_CONTROL), 0x303);
	assert_int_equal(machine_hold_watchdog(node->machine, 77, 0, true), -ENXIO);
}

static void perf_has_a_general_counter(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_hold_perf(node->machine, 0, 0, 2), 0);
	assert_int_equal(node_read(node, 0, SELECT0 + 2), 0x53003c);
	assert_true(node_read(node, 0, 0xC3) == 1ull << 47);
	assert_int_equal(node_read(node, 0, GLOBAL_CONTROL) >> 2 & 1, 1);
	assert_int_equal(machine_hold_perf(node->machine, 0, 0, 9), -ENODEV);
	assert_int_equal(machine_hold_perf(node->machine, 77, 0, 0), -ENXIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(read_only_register_takes_a_value_from_outside),
		NODE_TEST(running_register_goes_on_from_its_value),
		NODE_TEST(value_that_was_due_earlier_has_gone_on_since),
		NODE_TEST(counter_of_the_pmu_takes_all_its_bits),
		NODE_TEST(value_that_is_too_wide_changes_nothing),
		NODE_TEST(what_the_workload_or_nobody_says_is_not_to_be_set),
		NODE_TEST(register_in_config_space_takes_a_value),
		NODE_TEST(register_has_its_home_where_its_scope_begins),
		NODE_TEST(watchdog_has_a_counter_and_gives_it_back),
		NODE_TEST(perf_has_a_general_counter),
		NODE_TEST(cpu_goes_offline_and_comes_back_with_its_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
