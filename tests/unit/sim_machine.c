/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>

#include "sim_node.h"

#define MSR_TSC		   0x10
#define APIC_BASE	   0x1B
#define FEATURE_CONTROL	   0x3A
#define SPEC_CTRL	   0x48
#define PLATFORM_INFO	   0xCE
#define MPERF		   0xE7
#define APERF		   0xE8
#define MISC_ENABLE	   0x1A0
#define TEMPERATURE_TARGET 0x1A2
#define PREFETCH_CONTROL   0x1A4
#define ENERGY_PERF_BIAS   0x1B0
#define THERM_STATUS	   0x19C
#define PACKAGE_THERM	   0x1B1
#define SELECT0		   0x186
#define MC0_STATUS	   0x401
#define CORE_C6_RESIDENCY  0x3FD
#define POWER_UNIT	   0x606
#define PKG_POWER_LIMIT	   0x610
#define PKG_ENERGY	   0x611
#define PKG_PERF_STATUS	   0x613
#define DRAM_ENERGY	   0x619
#define DRAM_PERF_STATUS   0x61B
#define PP0_ENERGY	   0x639
#define PP1_ENERGY	   0x641
#define UNKNOWN		   0x5F0

#define UNIT 65536u /* energy units a joule */

static int try_read(struct sim_node *node, uint32_t cpu, uint32_t address)
{
	uint64_t value;

	return machine_msr_read(node->machine, cpu, address, &value);
}

static int try_write(struct sim_node *node, uint32_t address, uint64_t value)
{
	return machine_msr_write(node->machine, 0, address, value);
}

static void registers_that_do_not_exist_fault(void **state)
{
	static const uint32_t addresses[] = {0x1AC, 0x1AE, 0x640, 0x641, 0x642, 0x620, 0x602, 0x802,
		0xCD, 0x391, UNKNOWN, 0xC0000104, 0xFFFFFFFF};
	struct sim_node *node = *state;

	for (size_t i = 0; i < N(addresses); i++) {
		assert_int_equal(try_read(node, 0, addresses[i]), -EIO);
		assert_int_equal(try_write(node, addresses[i], 0), -EIO);
	}
}

static void read_only_registers_fault_when_written(void **state)
{
	static const uint32_t addresses[] = {PLATFORM_INFO, POWER_UNIT, PKG_ENERGY, DRAM_ENERGY,
		PP0_ENERGY, PKG_PERF_STATUS, CORE_C6_RESIDENCY, 0x480};
	struct sim_node *node = *state;

	for (size_t i = 0; i < N(addresses); i++)
		assert_int_equal(
			try_write(node, addresses[i], node_read(node, 0, addresses[i])), -EIO);
}

static void reserved_bits_fault_when_they_would_change(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(node_read(node, 0, MISC_ENABLE), 0x850089);
	/* bit 7 is read only and set */
	assert_int_equal(try_write(node, MISC_ENABLE, 0x850009), -EIO);
	assert_int_equal(try_write(node, MISC_ENABLE, UINT64_C(0x4000850089)), 0);
	assert_int_equal(try_write(node, PREFETCH_CONTROL, 0x10), -EIO);
	assert_int_equal(try_write(node, PREFETCH_CONTROL, 0xF), 0);
	assert_int_equal(node_read(node, 0, PREFETCH_CONTROL), 0xF);
}

static void locked_register_is_read_only(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, PKG_POWER_LIMIT, 0x8398);
	node_write(node, 0, PKG_POWER_LIMIT, UINT64_C(1) << 63 | 0x8398);
	assert_int_equal(try_write(node, PKG_POWER_LIMIT, 0x8398), -EIO);
	assert_int_equal(node_read(node, 0, PKG_POWER_LIMIT), UINT64_C(1) << 63 | 0x8398);
	node_write(node, 0, FEATURE_CONTROL, 0x5);
	assert_int_equal(try_write(node, FEATURE_CONTROL, 0x1), -EIO);
}

static void machine_check_status_can_only_be_cleared(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, MC0_STATUS, 0x1234);
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(try_write(node, MC0_STATUS, 0x1234), -EIO);
	assert_int_equal(node_read(node, 0, MC0_STATUS), 0x1234);
	node_write(node, 0, MC0_STATUS, 0);
	assert_int_equal(node_read(node, 0, MC0_STATUS), 0);
}

static int setup_two_threads(void **state)
{
	return node_setup_threads(state, 2);
}

static void scopes_share_their_registers(void **state)
{
	struct sim_node *node = *state;

	/* CPU 4 is the sibling of CPU 0, CPU 1 of the same package, CPU 2 is not */
	node_write(node, 4, SELECT0, 0x3C);
	assert_int_equal(node_read(node, 0, SELECT0), 0);
	node_write(node, 4, PREFETCH_CONTROL, 0x1);
	assert_int_equal(node_read(node, 0, PREFETCH_CONTROL), 0x1);
	assert_int_equal(node_read(node, 1, PREFETCH_CONTROL), 0);
	node_write(node, 5, ENERGY_PERF_BIAS, 0x6);
	assert_int_equal(node_read(node, 0, ENERGY_PERF_BIAS), 0x6);
	assert_int_equal(node_read(node, 2, ENERGY_PERF_BIAS), 0);
}

static void fixture_values_override_resets(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, APIC_BASE, 0xFEE00900);
	node_add_msr(node, 0, PLATFORM_INFO, 0xC0003001B00);
	node_add_msr(node, 0, MSR_TSC, 5000);
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(node_read(node, 0, APIC_BASE), 0xFEE00900);
	assert_int_equal(node_read(node, 1, APIC_BASE), 0xFEE00800);
	assert_int_equal(node_read(node, 1, PLATFORM_INFO), 0xC0003001B00);
	assert_int_equal(node_read(node, 2, PLATFORM_INFO), 0);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, MSR_TSC), 2700005000);
}

static void fixture_value_of_an_unknown_register_is_a_constant(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 1, UNKNOWN, 42);
	node_add_msr(node, 1, PP1_ENERGY, 43); /* seen after all */
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(node_read(node, 1, UNKNOWN), 42);
	assert_int_equal(node_read(node, 1, PP1_ENERGY), 43);
	assert_int_equal(machine_msr_write(node->machine, 1, UNKNOWN, 42), -EIO);
	assert_int_equal(try_read(node, 0, UNKNOWN), -EIO);
}

static void fixture_value_too_wide_for_its_register_is_a_complaint(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, PKG_ENERGY, UINT64_C(1) << 32);
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_null(node->machine);
	assert_non_null(strstr(node->complaint, "msr.txt:1: "));
	assert_non_null(strstr(node->complaint, "MSR_PKG_ENERGY_STATUS"));
}

static void model_without_a_register_table_is_a_complaint(void **state)
{
	struct sim_node *node = *state;

	node->fixture.model = 0x3f;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_null(node->machine);
	assert_non_null(strstr(node->complaint, "register table"));
}

static void speculation_control_comes_with_microcode(void **state)
{
	struct sim_node *node = *state;

	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(try_read(node, 0, SPEC_CTRL), -EIO);
	node_stop(node);
	node->fixture.microcode = 0x71A;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(node_read(node, 0, SPEC_CTRL), 0);
}

static void cpu_that_is_offline_or_missing_is_no_device(void **state)
{
	struct sim_node *node = *state;

	node->cpus[1].online = false;
	node->cpus[3].number = 1000;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(try_read(node, 1, MSR_TSC), -ENXIO);
	assert_int_equal(try_read(node, 3, MSR_TSC), -ENXIO);
	assert_int_equal(machine_msr_write(node->machine, 3, MSR_TSC, 0), -ENXIO);
	assert_int_equal(try_read(node, 1000, MSR_TSC), 0);
	assert_true(machine_cpu_is_online(node->machine, 1000));
	assert_false(machine_cpu_is_online(node->machine, 1));
}

static void tsc_runs_from_what_is_written(void **state)
{
	struct sim_node *node = *state;

	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, MSR_TSC), 2700000000);
	node_write(node, 0, MSR_TSC, 100);
	assert_int_equal(node_read(node, 0, MSR_TSC), 100);
	node_advance(node, 10);
	assert_int_equal(node_read(node, 0, MSR_TSC), 127);
	assert_int_equal(node_read(node, 1, MSR_TSC), 2700000027);
}

static void mperf_and_aperf_run_only_while_active(void **state)
{
	struct sim_node *node = *state;

	node_add_phase(node, 0, 2000, 0.5, 60);
	node_start(node, MACHINE_CLOCK_MANUAL);
	node_write(node, 0, APERF, 1);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, MPERF), 1350000000);
	assert_int_equal(node_read(node, 0, APERF), 1000000001);
	assert_int_equal(node_read(node, 0, MSR_TSC), 2700000000);
	assert_int_equal(node_read(node, 0, CORE_C6_RESIDENCY), 1350000000);
}

static void energy_follows_the_watts(void **state)
{
	struct sim_node *node = *state;

	node_advance(node, 10 * SECOND);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 960 * UNIT);
	assert_int_equal(node_read(node, 1, PKG_ENERGY), 960 * UNIT);
	assert_int_equal(node_read(node, 2, PKG_ENERGY), 640 * UNIT);
	assert_int_equal(node_read(node, 0, PP0_ENERGY), 500 * UNIT);
	assert_int_equal(node_read(node, 0, DRAM_ENERGY), 160 * UNIT);
	assert_int_equal(node_read(node, 0, PKG_PERF_STATUS), 0);
	assert_int_equal(node_read(node, 0, DRAM_PERF_STATUS), 0);
}

static void energy_is_updated_every_millisecond(void **state)
{
	struct sim_node *node = *state;

	node_advance(node, MILLISECOND - 1);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 0);
	node_advance(node, 1);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 96 * UNIT / 1000);
	node_advance(node, MILLISECOND - 1);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 96 * UNIT / 1000);
}

static void energy_wraps_at_32_bits(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, PKG_ENERGY, UINT32_MAX);
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), UINT32_MAX);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 96 * UNIT - 1);
}

static void energy_unit_is_the_registers(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, POWER_UNIT, 0xA0E03);
	node_start(node, MACHINE_CLOCK_MANUAL);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PKG_ENERGY), 96 << 14);
	assert_int_equal(node_read(node, 2, PKG_ENERGY), 64 * UNIT);
}

static void thermometer_shows_degrees_below_tjmax(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 2, TEMPERATURE_TARGET, 0x550000);
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(node_read(node, 0, THERM_STATUS), 0x88000000 | 40 << 16);
	assert_int_equal(node_read(node, 1, THERM_STATUS), 0x88000000 | 41 << 16);
	assert_int_equal(node_read(node, 0, PACKAGE_THERM), 0x88000000 | 40 << 16);
	assert_int_equal(node_read(node, 2, THERM_STATUS), 0x88000000 | 25 << 16);
}

/* one second hot, then cool for ever */
static void start_hot(struct sim_node *node)
{
	node->fixture.n_phases = 2;
	node_add_phase(node, 0, 2000, 1, 100);
	node_add_phase(node, 1, 2000, 1, 60);
	node->phases[0].seconds = 1;
	node_start(node, MACHINE_CLOCK_MANUAL);
}

static void hot_log_stays_until_0_is_written(void **state)
{
	struct sim_node *node = *state;

	start_hot(node);
	assert_int_equal(node_read(node, 0, THERM_STATUS), 0x88000003);
	node_advance(node, 2 * SECOND);
	assert_int_equal(node_read(node, 0, THERM_STATUS), 0x88280002);
	assert_int_equal(node_read(node, 0, PACKAGE_THERM), 0x88280002);
	node_write(node, 0, THERM_STATUS, 0xAAA);
	assert_int_equal(node_read(node, 0, THERM_STATUS), 0x88280002);
	node_write(node, 0, THERM_STATUS, 0);
	assert_int_equal(node_read(node, 0, THERM_STATUS), 0x88280000);
	assert_int_equal(node_read(node, 0, PACKAGE_THERM), 0x88280002);
}

static void heat_is_logged_although_nobody_looked(void **state)
{
	struct sim_node *node = *state;

	start_hot(node);
	node_advance(node, 3 * SECOND);
	assert_int_equal(node_read(node, 0, THERM_STATUS), 0x88280002);
}

static void manual_clock_stands_still(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_clock_ns(node->machine), 0);
	node_advance(node, 5);
	assert_int_equal(machine_clock_ns(node->machine), 5);
	assert_int_equal(machine_clock_advance(node->machine, UINT64_MAX), -EOVERFLOW);
	assert_int_equal(machine_clock_ns(node->machine), 5);
}

static void real_clock_runs_by_itself(void **state)
{
	struct sim_node *node = *state;

	node_start(node, MACHINE_CLOCK_REAL);
	uint64_t before = machine_clock_ns(node->machine);
	while (machine_clock_ns(node->machine) == before)
		;
	assert_true(before < 3600 * SECOND);
	assert_int_equal(machine_clock_advance(node->machine, 1), -EPERM);
}

static void *count_up(void *context)
{
	struct sim_node *node = context;
	uint64_t value, last = 0;

	for (int i = 0; i < 1000; i++) {
		if (machine_msr_read(node->machine, 0, MSR_TSC, &value) != 0 || value < last)
			return NULL;
		last = value;
	}
	return node;
}

static void threads_see_time_go_forward(void **state)
{
	struct sim_node *node = *state;
	pthread_t threads[4];
	void *result;

	node_start(node, MACHINE_CLOCK_REAL);
	for (size_t i = 0; i < N(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_up, node), 0);
	for (size_t i = 0; i < N(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, node);
	}
}

static void node_without_pci_functions_works(void **state)
{
	struct sim_node *node = *state;

	node->fixture.n_functions = 0;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(machine_pci_read(node->machine, 0, 0, 4), UINT32_MAX);
	assert_null(machine_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(registers_that_do_not_exist_fault),
		NODE_TEST(read_only_registers_fault_when_written),
		NODE_TEST(reserved_bits_fault_when_they_would_change),
		NODE_TEST(locked_register_is_read_only),
		NODE_TEST_STOPPED(machine_check_status_can_only_be_cleared),
		cmocka_unit_test_setup_teardown(
			scopes_share_their_registers, setup_two_threads, node_teardown),
		NODE_TEST_STOPPED(fixture_values_override_resets),
		NODE_TEST_STOPPED(fixture_value_of_an_unknown_register_is_a_constant),
		NODE_TEST_STOPPED(fixture_value_too_wide_for_its_register_is_a_complaint),
		NODE_TEST_STOPPED(model_without_a_register_table_is_a_complaint),
		NODE_TEST_STOPPED(speculation_control_comes_with_microcode),
		NODE_TEST_STOPPED(cpu_that_is_offline_or_missing_is_no_device),
		NODE_TEST(tsc_runs_from_what_is_written),
		NODE_TEST_STOPPED(mperf_and_aperf_run_only_while_active),
		NODE_TEST(energy_follows_the_watts),
		NODE_TEST(energy_is_updated_every_millisecond),
		NODE_TEST_STOPPED(energy_wraps_at_32_bits),
		NODE_TEST_STOPPED(energy_unit_is_the_registers),
		NODE_TEST_STOPPED(thermometer_shows_degrees_below_tjmax),
		NODE_TEST_STOPPED(hot_log_stays_until_0_is_written),
		NODE_TEST_STOPPED(heat_is_logged_although_nobody_looked),
		NODE_TEST(manual_clock_stands_still),
		NODE_TEST_STOPPED(real_clock_runs_by_itself),
		NODE_TEST_STOPPED(threads_see_time_go_forward),
		NODE_TEST_STOPPED(node_without_pci_functions_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
