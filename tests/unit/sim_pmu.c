/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "sim_node.h"

#define PMC0	      0xC1
#define A_PMC0	      0x4C1
#define SELECT0	      0x186
#define FIXED0	      0x309
#define FIXED1	      0x30A
#define FIXED2	      0x30B
#define FIXED_CTRL    0x38D
#define GLOBAL_STATUS 0x38E
#define GLOBAL_CTRL   0x38F
#define OVF_CTRL      0x390

#define USR	0x10000u
#define OS	0x20000u
#define ANY	0x200000u
#define EN	0x400000u
#define WIDTH48 (UINT64_C(1) << 48)

#define INSTRUCTIONS	0x00C0u
#define CYCLES		0x003Cu
#define BUS_CYCLES	0x013Cu
#define L1D_REPLACEMENT 0x0151u

static void select_event(struct sim_node *node, uint32_t cpu, uint32_t counter, uint32_t select)
{
	node_write(node, cpu, SELECT0 + counter, select);
}

static void assert_fault(struct sim_node *node, uint32_t address, uint64_t value)
{
	assert_int_equal(machine_msr_write(node->machine, 0, address, value), -EIO);
}

static void reset_state_is_the_manuals(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(node_read(node, 0, GLOBAL_CTRL), 0xFF);
	assert_int_equal(node_read(node, 0, FIXED_CTRL), 0);
	assert_int_equal(node_read(node, 0, SELECT0 + 7), 0);
	assert_int_equal(node_read(node, 0, PMC0 + 7), 0);
}

static void counter_counts_what_the_workload_says(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 0, 0, L1D_REPLACEMENT | USR | OS | EN);
	select_event(node, 1, 0, L1D_REPLACEMENT | USR | OS | EN);
	node_advance(node, 10 * SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 10000);
	assert_int_equal(node_read(node, 1, PMC0), 50000);
	assert_int_equal(node_read(node, 0, A_PMC0), 10000);
}

static void counter_that_runs_counts_another_event_from_its_write_on(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 0, 0, CYCLES | USR | OS | EN);
	node_advance(node, SECOND);
	uint64_t cycles = node_read(node, 0, PMC0);
	select_event(node, 0, 0, L1D_REPLACEMENT | USR | OS | EN);
	node_advance(node, 10 * SECOND);
	assert_int_equal(node_read(node, 0, PMC0), cycles + 10000);
}

static void architectural_events_follow_from_the_clocks(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 1, 0, CYCLES | USR | OS | EN);
	select_event(node, 1, 1, BUS_CYCLES | USR | OS | EN);
	select_event(node, 1, 2, INSTRUCTIONS | USR | OS | EN);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 1, PMC0), 2000000000);
	assert_int_equal(node_read(node, 1, PMC0 + 1), 100000000);
	assert_int_equal(node_read(node, 1, PMC0 + 2), 1000000000);
}

static void counter_needs_its_global_bit_its_enable_and_a_level(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 0, 0, INSTRUCTIONS | USR | OS);
	select_event(node, 0, 1, INSTRUCTIONS | EN);
	select_event(node, 0, 2, INSTRUCTIONS | USR | OS | EN);
	select_event(node, 0, 3, INSTRUCTIONS | USR | OS | EN);
	node_write(node, 0, GLOBAL_CTRL, 0x7);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 0);
	assert_int_equal(node_read(node, 0, PMC0 + 1), 0);
	assert_int_equal(node_read(node, 0, PMC0 + 2), 4000000000);
	assert_int_equal(node_read(node, 0, PMC0 + 3), 0);
}

static void user_and_kernel_share_the_events(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 0, 0, L1D_REPLACEMENT | USR | EN);
	select_event(node, 0, 1, L1D_REPLACEMENT | OS | EN);
	node_advance(node, 4 * SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 3000);
	assert_int_equal(node_read(node, 0, PMC0 + 1), 1000);
}

static void stopped_counter_keeps_its_value_and_goes_on_from_it(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 0, 0, L1D_REPLACEMENT | USR | OS | EN);
	node_advance(node, SECOND);
	node_write(node, 0, GLOBAL_CTRL, 0);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 1000);
	node_write(node, 0, GLOBAL_CTRL, 1);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 2000);
}

static void fixed_counters_count_instructions_cycles_and_reference_cycles(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 1, FIXED_CTRL, 0x123);
	node_write(node, 1, GLOBAL_CTRL, UINT64_C(0x700000000));
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 1, FIXED0), 1000000000);
	assert_int_equal(node_read(node, 1, FIXED1), 1500000000); /* user */
	assert_int_equal(node_read(node, 1, FIXED2), 675000000);  /* kernel */
}

static void overflow_sets_the_status_and_goes_on_from_0(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 0, 0, L1D_REPLACEMENT | USR | OS | EN);
	node_write(node, 0, A_PMC0, WIDTH48 - 1000);
	node_advance(node, SECOND - 1);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 0);
	assert_int_equal(node_read(node, 0, PMC0), WIDTH48 - 1);
	node_advance(node, 1);
	assert_int_equal(node_read(node, 0, PMC0), 0);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 1);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 1000);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 1);
}

static void fixed_overflow_has_its_own_status_bit(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, FIXED_CTRL, 0x30);
	node_write(node, 0, GLOBAL_CTRL, UINT64_C(1) << 33);
	node_write(node, 0, FIXED1, WIDTH48 - 5);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), UINT64_C(1) << 33);
}

static void overflow_control_clears_the_bits_written_1(void **state)
{
	struct sim_node *node = *state;

	for (uint32_t i = 0; i < 2; i++) {
		select_event(node, 0, i, L1D_REPLACEMENT | USR | OS | EN);
		node_write(node, 0, A_PMC0 + i, WIDTH48 - 1);
	}
	node_advance(node, SECOND);
	node_write(node, 0, OVF_CTRL, 0);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 3);
	node_write(node, 0, OVF_CTRL, 1);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 2);
	node_write(node, 0, OVF_CTRL, UINT64_C(0xC000000000000002));
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 0);
	assert_int_equal(node_read(node, 0, OVF_CTRL), 0);
}

static void write_to_pmc_extends_the_sign_of_32_bits(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, PMC0, UINT64_C(0x1234567880000001));
	assert_int_equal(node_read(node, 0, PMC0), UINT64_C(0xFFFF80000001));
	node_write(node, 0, PMC0, UINT64_C(0xFFFFFFFF7FFFFFFF));
	assert_int_equal(node_read(node, 0, PMC0), 0x7FFFFFFF);
}

static void write_to_full_width_alias_takes_48_bits(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, A_PMC0, UINT64_C(0x800000000001));
	assert_int_equal(node_read(node, 0, PMC0), UINT64_C(0x800000000001));
	node_write(node, 0, FIXED0, WIDTH48 - 1);
	assert_int_equal(node_read(node, 0, FIXED0), WIDTH48 - 1);
}

static void reserved_bits_and_read_only_registers_fault(void **state)
{
	struct sim_node *node = *state;

	assert_fault(node, A_PMC0, WIDTH48);
	assert_fault(node, FIXED0, WIDTH48);
	assert_fault(node, SELECT0, UINT64_C(1) << 32);
	assert_fault(node, FIXED_CTRL, 0x1000);
	assert_fault(node, GLOBAL_CTRL, 0x100);
	assert_fault(node, GLOBAL_CTRL, UINT64_C(1) << 35);
	assert_fault(node, OVF_CTRL, UINT64_C(1) << 60);
	assert_fault(node, GLOBAL_STATUS, 0);
	assert_int_equal(node_read(node, 0, GLOBAL_CTRL), 0xFF);
}

static int setup_two_threads(void **state)
{
	return node_setup_threads(state, 2);
}

static void two_threads_a_core_have_four_counters_each(void **state)
{
	struct sim_node *node = *state;
	uint64_t value;

	assert_int_equal(node_read(node, 0, GLOBAL_CTRL), 0xF);
	assert_fault(node, GLOBAL_CTRL, 0x10);
	assert_fault(node, OVF_CTRL, 0x10);
	assert_int_equal(node_read(node, 0, PMC0 + 3), 0);
	assert_int_equal(machine_msr_read(node->machine, 0, PMC0 + 4, &value), -EIO);
	assert_int_equal(machine_msr_read(node->machine, 0, SELECT0 + 4, &value), -EIO);
	assert_int_equal(machine_msr_read(node->machine, 0, A_PMC0 + 7, &value), -EIO);
}

static void eight_counters_count_without_hyper_threading(void **state)
{
	struct sim_node *node = *state;

	select_event(node, 0, 7, L1D_REPLACEMENT | USR | OS | EN);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0 + 7), 1000);
	assert_int_equal(node_read(node, 0, A_PMC0 + 7), 1000);
}

static void any_thread_adds_the_events_of_the_core(void **state)
{
	struct sim_node *node = *state;

	/* CPU 4 is the sibling of CPU 0 and does the same */
	select_event(node, 0, 0, L1D_REPLACEMENT | USR | OS | EN | ANY);
	select_event(node, 0, 1, CYCLES | USR | OS | EN | ANY);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 2000);
	assert_int_equal(node_read(node, 0, PMC0 + 1), 2000000000);
}

static void idle_cpu_counts_in_proportion(void **state)
{
	struct sim_node *node = *state;

	node_add_phase(node, 0, 2000, 0.25, 60);
	node_start(node, MACHINE_CLOCK_MANUAL);
	select_event(node, 0, 0, CYCLES | USR | OS | EN);
	select_event(node, 0, 1, L1D_REPLACEMENT | USR | OS | EN);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 500000000);
	assert_int_equal(node_read(node, 0, PMC0 + 1), 250);
}

static void fixture_sets_the_counters_and_controls(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, PMC0, UINT64_C(0xABCD80000000));
	node_add_msr(node, 0, FIXED_CTRL, 0x330);
	node_add_msr(node, 0, GLOBAL_CTRL, UINT64_C(0x70000000F));
	node_add_msr(node, 0, GLOBAL_STATUS, 2);
	node_start(node, MACHINE_CLOCK_MANUAL);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), UINT64_C(0xABCD80000000));
	assert_int_equal(node_read(node, 0, FIXED1), 2000000000);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 2);
}

static void events_of_two_phases_are_exact(void **state)
{
	struct sim_node *node = *state;

	node->fixture.n_phases = 2;
	node->phases[0].seconds = 1;
	node->phases[1].seconds = 1;
	node_add_phase(node, 1, 1000, 0.5, 60);
	node_start(node, MACHINE_CLOCK_MANUAL);
	select_event(node, 0, 0, CYCLES | USR | OS | EN);
	node_advance(node, 3 * SECOND + 1);
	assert_int_equal(node_read(node, 0, PMC0), 2000000000 * UINT64_C(2) + 500000000);
	node_advance(node, 1);
	assert_int_equal(node_read(node, 0, PMC0), 2000000000 * UINT64_C(2) + 500000001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(reset_state_is_the_manuals),
		NODE_TEST(counter_counts_what_the_workload_says),
		NODE_TEST(counter_that_runs_counts_another_event_from_its_write_on),
		NODE_TEST(architectural_events_follow_from_the_clocks),
		NODE_TEST(counter_needs_its_global_bit_its_enable_and_a_level),
		NODE_TEST(user_and_kernel_share_the_events),
		NODE_TEST(stopped_counter_keeps_its_value_and_goes_on_from_it),
		NODE_TEST(fixed_counters_count_instructions_cycles_and_reference_cycles),
		NODE_TEST(overflow_sets_the_status_and_goes_on_from_0),
		NODE_TEST(fixed_overflow_has_its_own_status_bit),
		NODE_TEST(overflow_control_clears_the_bits_written_1),
		NODE_TEST(write_to_pmc_extends_the_sign_of_32_bits),
		NODE_TEST(write_to_full_width_alias_takes_48_bits),
		NODE_TEST(reserved_bits_and_read_only_registers_fault),
		NODE_TEST(eight_counters_count_without_hyper_threading),
		cmocka_unit_test_setup_teardown(two_threads_a_core_have_four_counters_each,
			setup_two_threads, node_teardown),
		cmocka_unit_test_setup_teardown(
			any_thread_adds_the_events_of_the_core, setup_two_threads, node_teardown),
		NODE_TEST_STOPPED(idle_cpu_counts_in_proportion),
		NODE_TEST_STOPPED(fixture_sets_the_counters_and_controls),
		NODE_TEST_STOPPED(events_of_two_phases_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
