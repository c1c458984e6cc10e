/* SPDX-License-Identifier: MIT */
#include "sim/machine/counter.h"
#include "sim_node.h"

/* 2 s and 3 s, with rates of 10 and of 20 cycles a second */
static void make_two_phases(struct sim_node *node)
{
	node->fixture.n_phases = 2;
	node_add_phase(node, 0, 1e-5, 1, 60);
	node_add_phase(node, 1, 2e-5, 1, 60);
	node->phases[0].seconds = 2;
	node->phases[1].seconds = 3;
}

static struct flow cycles(const struct sim_node *node)
{
	return (struct flow){
		.fixture = &node->fixture, .kind = FLOW_CYCLES, .levels = FLOW_ANY_LEVEL};
}

static void phases_repeat(void **state)
{
	struct sim_node *node = *state;

	make_two_phases(node);
	assert_ptr_equal(workload_phase(&node->fixture, 0), &node->phases[0]);
	assert_ptr_equal(workload_phase(&node->fixture, 2 * SECOND - 1), &node->phases[0]);
	assert_ptr_equal(workload_phase(&node->fixture, 2 * SECOND), &node->phases[1]);
	assert_ptr_equal(workload_phase(&node->fixture, 5 * SECOND), &node->phases[0]);
	assert_int_equal(workload_phase_ns(&node->fixture, 0, 6 * SECOND), 3 * SECOND);
	assert_int_equal(workload_phase_ns(&node->fixture, 1, 6 * SECOND), 3 * SECOND);
	assert_int_equal(workload_phase_ns(&node->fixture, 1, 1 * SECOND), 0);
}

static void last_phase_of_no_length_lasts_for_ever(void **state)
{
	struct sim_node *node = *state;

	make_two_phases(node);
	node->phases[1].seconds = 0;
	assert_ptr_equal(workload_phase(&node->fixture, 5000 * SECOND), &node->phases[1]);
	assert_int_equal(workload_phase_ns(&node->fixture, 0, 5000 * SECOND), 2 * SECOND);
	assert_int_equal(workload_phase_ns(&node->fixture, 1, 5000 * SECOND), 4998 * SECOND);
}

static void node_without_workload_is_idle(void **state)
{
	struct sim_node *node = *state;

	node->fixture.n_phases = 0;
	struct flow flow = cycles(node);
	assert_null(workload_phase(&node->fixture, SECOND));
	assert_int_equal(flow_total(&flow, SECOND), 0);
}

static void total_is_the_exact_integral_over_phases(void **state)
{
	struct sim_node *node = *state;

	make_two_phases(node);
	struct flow flow = cycles(node);
	assert_int_equal(flow_total(&flow, 2 * SECOND), 20);
	assert_int_equal(flow_total(&flow, 5 * SECOND), 80);
	assert_int_equal(flow_total(&flow, 2 * SECOND + SECOND / 20), 21);
	assert_int_equal(flow_total(&flow, 2 * SECOND + SECOND / 20 - 1), 20);
	assert_int_equal(flow_total(&flow, 5 * SECOND * 1000000), 80000000);
}

#define EVENT(event_, umask_) ((struct workload_selection){.event = (event_), .umask = (umask_)})

static double rate(struct workload_selection selection)
{
	static const struct fixture_rate rates[] = {NODE_RATE(0x2E, 0x41, 30),
		NODE_RATE(0x2E, 0x4F, 100), NODE_RATE(0x24, 0x01, 10), NODE_RATE(0x24, 0x02, 5),
		NODE_RATE(0x10, 0x00, 7)};

	return workload_sum(selection, rates, N(rates)).per_second;
}

static void unit_mask_that_the_workload_names_counts_that_rate_alone(void **state)
{
	(void)state;
	assert_true(rate(EVENT(0x2E, 0x4F)) == 100);
	assert_true(rate(EVENT(0x2E, 0x41)) == 30);
	assert_true(rate(EVENT(0x10, 0x00)) == 7);
}

static void other_unit_mask_counts_the_rates_whose_bits_it_has(void **state)
{
	(void)state;
	assert_true(rate(EVENT(0x24, 0x03)) == 15);
	assert_true(rate(EVENT(0x24, 0xFE)) == 5);
	/* 41 has a bit that 40 has not */
	assert_true(rate(EVENT(0x2E, 0x40)) == 0);
}

static void event_without_a_rate_counts_nothing(void **state)
{
	(void)state;
	assert_true(rate(EVENT(0x99, 0xFF)) == 0);
	assert_true(rate(EVENT(0x24, 0x00)) == 0);
	/* a rate without unit mask is no part of another one */
	assert_true(rate(EVENT(0x10, 0x01)) == 0);
}

static void counters_settled_at_different_times_agree(void **state)
{
	struct sim_node *node = *state;
	struct counter often = {.width = 48}, once = {.width = 48};

	make_two_phases(node);
	struct flow flow = cycles(node);
	counter_route(&often, &flow, 7);
	counter_route(&once, &flow, 7);
	for (uint64_t ns = 7; ns < 6 * SECOND; ns += 12345678)
		assert_false(counter_settle(&often, ns));
	counter_settle(&often, 6 * SECOND);
	counter_settle(&once, 6 * SECOND);
	assert_int_equal(often.value, once.value);
	assert_int_equal(once.value, 90);
}

static void counter_tells_when_it_wrapped(void **state)
{
	struct sim_node *node = *state;
	struct counter counter = {.width = 44};

	make_two_phases(node);
	struct flow flow = cycles(node);
	counter_set(&counter, (UINT64_C(1) << 44) - 20);
	counter_route(&counter, &flow, 0);
	assert_false(counter_settle(&counter, 2 * SECOND - 1));
	assert_int_equal(counter.value, (UINT64_C(1) << 44) - 1);
	assert_true(counter_settle(&counter, 2 * SECOND));
	assert_int_equal(counter.value, 0);
	assert_false(counter_settle(&counter, 3 * SECOND));
	assert_int_equal(counter.value, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST_STOPPED(phases_repeat),
		NODE_TEST_STOPPED(last_phase_of_no_length_lasts_for_ever),
		NODE_TEST_STOPPED(node_without_workload_is_idle),
		NODE_TEST_STOPPED(total_is_the_exact_integral_over_phases),
		cmocka_unit_test(unit_mask_that_the_workload_names_counts_that_rate_alone),
		cmocka_unit_test(other_unit_mask_counts_the_rates_whose_bits_it_has),
		cmocka_unit_test(event_without_a_rate_counts_nothing),
		NODE_TEST_STOPPED(counters_settled_at_different_times_agree),
		NODE_TEST_STOPPED(counter_tells_when_it_wrapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
