/* SPDX-License-Identifier: MIT */
/* Counting with modifiers: thresholds, inverse, edges, levels, threads, filters. */
#include <stdlib.h>

#include "sim_node.h"

#define PMC0	     0xC1
#define SELECT0	     0x186
#define OFFCORE_RSP0 0x1A6

#define USR	 0x10000u
#define OS	 0x20000u
#define EDGE	 0x40000u
#define ANY	 0x200000u
#define EN	 0x400000u
#define INV	 0x800000u
#define CMASK(n) ((uint32_t)(n) << 24)
#define ALL	 (USR | OS | EN)

#define CYCLES	     0x003Cu
#define BUS_CYCLES   0x013Cu
#define INSTRUCTIONS 0x00C0u
#define UOPS	     0x010Eu
#define UNSPREAD     0x0151u
#define OFFCORE	     0x01B7u

#define C0_SELECT0 0xD10
#define C0_FILTER  0xD14
#define C0_CTR0	   0xD16
#define LOOKUP	   (0x0334u | EN)
#define VICTIMS	   (0x0137u | EN)
#define TICKS	   (0x0000u | EN)
#define TID_EN	   0x80000u

/* 2 GHz: 1 uop in a tenth of the cycles and 4 in two tenths, in runs of 3 and of 2 cycles */
static struct fixture_cycles uops[] = {{1, 0.1, 3}, {4, 0.2, 2}};
static struct fixture_cycles victims[] = {{1, 0.5, 0}, {3, 0.5, 0}};

static struct fixture_rate cpu_rates[] = {
	{.event = 0x0E, .umask = 0x01, .per_second = 1.8e9, .cycles = uops, .n_cycles = N(uops)},
	{.event = 0x51, .umask = 0x01, .per_second = 1000},
	{.event = 0xB7, .umask = 0x01, .per_second = 30, .has_filter = true, .filter = 0x10001},
	{.event = 0xB7, .umask = 0x01, .per_second = 7, .has_filter = true, .filter = 0x10002},
	{.event = 0xBB, .umask = 0x01, .per_second = 5},
};
static struct fixture_rate cbox_rates[] = {
	{.event = 0x00, .umask = 0x00, .per_second = 2e9},
	{.event = 0x37, .umask = 0x01, .per_second = 80, .cycles = victims, .n_cycles = N(victims)},
	{.event = 0x34, .umask = 0x03, .per_second = 90, .has_filter = true, .filter = 0x7C0000},
};

static int start(void **state, uint32_t threads, double user)
{
	struct sim_node *node = test_malloc(sizeof *node);

	node_init(node, threads);
	for (unsigned i = 0; i < 2; i++) {
		node->cpu_loads[0][i].rates = cpu_rates;
		node->cpu_loads[0][i].n_rates = N(cpu_rates);
		node->cpu_loads[0][i].user = user;
	}
	node->box_loads[1].rates = cbox_rates;
	node->box_loads[1].n_rates = N(cbox_rates);
	node_start(node, MACHINE_CLOCK_MANUAL);
	*state = node;
	return node->machine ? 0 : -1;
}

static int setup(void **state)
{
	return start(state, 1, 0.75);
}

static int setup_threads(void **state)
{
	return start(state, 2, 0.75);
}

/* In a second, with the select in general counter 0 of CPU 0. */
static uint64_t count(struct sim_node *node, uint32_t select)
{
	node_write(node, 0, SELECT0, 0);
	node_write(node, 0, PMC0, 0);
	node_write(node, 0, SELECT0, select);
	node_advance(node, SECOND);
	return node_read(node, 0, PMC0);
}

static uint64_t count_box(struct sim_node *node, uint32_t select)
{
	node_write(node, 0, C0_SELECT0, 0);
	node_write(node, 0, C0_CTR0, 0);
	node_write(node, 0, C0_SELECT0, select);
	node_advance(node, SECOND);
	return node_read(node, 0, C0_CTR0);
}

/* What sim/log says; free() it. */
static char *log_of(struct sim_node *node)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	machine_write_log(node->machine, out);
	fclose(out);
	return text;
}

static void assert_log(struct sim_node *node, const char *expected)
{
	char *text = log_of(node);

	assert_string_equal(text, expected);
	free(text);
}

static void threshold_counts_the_cycles_with_so_many_events_or_more(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count(node, UOPS | ALL), 1800000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(1)), 600000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(2)), 400000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(4)), 400000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(5)), 0);
	assert_log(node, "");
}

static void inverse_counts_the_cycles_with_fewer(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count(node, UOPS | ALL | CMASK(1) | INV), 1400000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(4) | INV), 1600000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(10) | INV), 2000000000);
	/* without a threshold it is ignored */
	assert_int_equal(count(node, UOPS | ALL | INV), 1800000000);
	assert_int_equal(count(node, UOPS | USR | EN | CMASK(1) | INV), 1050000000);
	assert_log(node, "");
}

static void edge_counts_the_runs(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count(node, UOPS | ALL | CMASK(1) | EDGE), 200000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(1) | INV | EDGE), 200000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(3) | EDGE), 200000000);
	assert_int_equal(count(node, UOPS | ALL | CMASK(5) | EDGE), 0);
	assert_int_equal(count(node, UOPS | ALL | EDGE), 200000000);
	assert_log(node, "");
}

static void clocks_tick_once_a_cycle_without_being_told(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count(node, CYCLES | ALL | CMASK(1)), 2000000000);
	assert_int_equal(count(node, CYCLES | ALL | CMASK(1) | INV), 0);
	assert_int_equal(count(node, CYCLES | ALL | CMASK(2)), 0);
	assert_int_equal(count(node, CYCLES | ALL | CMASK(2) | INV), 2000000000);
	assert_int_equal(count(node, CYCLES | ALL | CMASK(1) | EDGE), 0);
	assert_int_equal(count(node, BUS_CYCLES | ALL | CMASK(1) | INV), 1900000000);
	assert_int_equal(count(node, BUS_CYCLES | ALL | EDGE), 100000000);
	assert_int_equal(count_box(node, TICKS | CMASK(1)), 2000000000);
	assert_int_equal(count_box(node, TICKS | CMASK(1) | INV), 0);
	assert_log(node, "");
}

static void what_the_workload_does_not_spread_counts_0_and_the_log_says_why_once(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count(node, UNSPREAD | ALL), 1000);
	assert_int_equal(count(node, UNSPREAD | ALL | CMASK(1)), 0);
	assert_int_equal(count(node, UNSPREAD | ALL | CMASK(1)), 0);
	assert_int_equal(count(node, INSTRUCTIONS | ALL | CMASK(1) | INV), 0);
	assert_int_equal(count_box(node, VICTIMS | CMASK(2) | EDGE), 0);
	assert_log(node,
		"cpu 0: event 0x51 umask 0x01 threshold 1 counts 0: the workload does not say how "
		"it is spread over cycles (per_cycle)\n"
		"cpu 0: event 0xc0 umask 0x00 threshold 1 invert counts 0: the workload does not "
		"say how it is spread over cycles (per_cycle)\n"
		"package 0 cbox 0: event 0x37 umask 0x01 threshold 2 edge counts 0: the workload "
		"does not say how long such cycles last (run_cycles)\n");
}

static void box_has_thresholds_too(void **state)
{
	struct sim_node *node = *state;

	/* 80 events, half of the cycles with 1, half with 3 */
	assert_int_equal(count_box(node, VICTIMS | CMASK(1)), 40);
	assert_int_equal(count_box(node, VICTIMS | CMASK(2)), 20);
	assert_int_equal(count_box(node, VICTIMS | CMASK(2) | INV), 1999999980);
	assert_log(node, "");
}

static void box_counts_nothing_known_with_an_edge_but_no_threshold(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count_box(node, VICTIMS | EDGE), 0);
	assert_int_equal(count_box(node, VICTIMS | TID_EN), 0);
	assert_log(node,
		"package 0 cbox 0: event 0x37 umask 0x01 edge counts 0: no workload can say what "
		"is counted with these bits or filters\n"
		"package 0 cbox 0: event 0x37 umask 0x01 counts 0: no workload can say what is "
		"counted with these bits or filters\n");
}

static void filter_chooses_its_rate(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, OFFCORE_RSP0, 0x10001);
	assert_int_equal(count(node, OFFCORE | ALL), 30);
	node_write(node, 0, OFFCORE_RSP0, 0x10002);
	assert_int_equal(count(node, OFFCORE | ALL), 7);
	node_write(node, 0, C0_FILTER, 0xFFFC0000);
	/* the other fields do not matter to lookups */
	assert_int_equal(count_box(node, LOOKUP), 90);
	assert_log(node, "");
}

static void filter_that_changes_under_a_running_counter_counts_from_now_on(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, OFFCORE_RSP0, 0x10001);
	assert_int_equal(count(node, OFFCORE | ALL), 30);
	node_write(node, 0, OFFCORE_RSP0, 0x10002);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, PMC0), 37);
}

static void filter_without_a_rate_counts_0_and_the_log_says_so(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, OFFCORE_RSP0, 0x80);
	assert_int_equal(count(node, OFFCORE | ALL), 0);
	/* a rate without filter is none of an event that has one */
	assert_int_equal(count(node, 0x01BB | ALL), 0);
	assert_int_equal(count_box(node, LOOKUP), 0);
	assert_log(node,
		"cpu 0: event 0xb7 umask 0x01 filter 0x80 counts 0: the workload has no rate with "
		"this filter\n"
		"cpu 0: event 0xbb umask 0x01 filter 0x0 counts 0: the workload has no rate with "
		"this filter\n"
		"package 0 cbox 0: event 0x34 umask 0x03 filter 0x0 counts 0: the workload has no "
		"rate with this filter\n");
}

static void threads_add_up_but_their_cycles_are_not_known(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count(node, UOPS | ALL | ANY), 3600000000);
	assert_int_equal(count(node, UOPS | ALL | ANY | CMASK(1)), 0);
	assert_int_equal(count(node, CYCLES | ALL | ANY | CMASK(1) | INV), 0);
	assert_log(node, "cpu 0: event 0x0e umask 0x01 threshold 1 any counts 0: how the events of "
			 "two threads of a core meet is not known\n");
}

static void any_of_a_core_with_one_thread_is_that_thread(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(count(node, UOPS | ALL | ANY | CMASK(1)), 600000000);
	assert_log(node, "");
}

/* Counters 0 to 2 of CPU 0: all, user, kernel. */
static void assert_levels_agree(struct sim_node *node, unsigned n, uint64_t step)
{
	uint64_t last[3] = {0};

	for (uint32_t i = 0; i < 3; i++)
		node_write(node, 0, SELECT0 + i,
			UOPS | EN | CMASK(1) | (i == 2 ? 0 : USR) | (i == 1 ? 0 : OS));
	for (unsigned i = 0; i < n; i++) {
		uint64_t now[3];
		node_advance(node, step);
		for (uint32_t k = 0; k < 3; k++) {
			now[k] = node_read(node, 0, PMC0 + k);
			assert_true(now[k] >= last[k]);
			last[k] = now[k];
		}
		assert_int_equal(now[1] + now[2], now[0]);
	}
}

static void user_and_kernel_make_all_at_any_time(void **state)
{
	struct sim_node *node = *state;

	assert_levels_agree(node, 5000, 7);
	assert_levels_agree(node, 5000, 123457);
}

static void user_and_kernel_make_all_over_phases(void **state)
{
	struct sim_node *node = *state;

	node_stop(node);
	node->fixture.n_phases = 2;
	node_add_phase(node, 1, 1000, 0.3, 60);
	for (unsigned i = 0; i < 2; i++) {
		node->cpu_loads[1][i].rates = cpu_rates;
		node->cpu_loads[1][i].n_rates = N(cpu_rates);
		node->cpu_loads[1][i].user = 0.1;
	}
	node->phases[0].seconds = 1e-6;
	node->phases[1].seconds = 3e-6;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_levels_agree(node, 5000, 7);
	/* slower than its phases */
	node_stop(node);
	cpu_rates[0].per_second = 180000;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_levels_agree(node, 5000, 1237);
	cpu_rates[0].per_second = 1.8e9;
}

static void log_is_bounded(void **state)
{
	struct sim_node *node = *state;

	for (uint32_t i = 0; i < 1000; i++)
		count(node, (i & 0xFF) | (i & 0x300) | ALL | CMASK(1));
	char *text = log_of(node);
	size_t n = 0;
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		n++;
	assert_int_equal(n, 128 + 1);
	assert_non_null(strstr(text, "\nfurther reasons are left out\n"));
	free(text);
}

static void remember(void *context, const char *message)
{
	char *text = context;

	snprintf(text + strlen(text), 1024 - strlen(text), "%s\n", message);
}

static void check_names_rates_that_no_counter_sees(void **state)
{
	struct sim_node *node = *state;
	char text[1024] = "";
	static char name[] = "OFFCORE_RESPONSE_1";

	cpu_rates[4].name = name;
	machine_check(node->machine, remember, text);
	assert_string_equal(text,
		"workload.yaml: unnamed: CPU 0: OFFCORE_RESPONSE_1 (event 0xbb, umask "
		"0x01) is counted through a filter, say 'filter: VALUE': it "
		"never counts\n");
}

static void check_names_counters_that_the_fixture_starts_in_vain(void **state)
{
	struct sim_node *node = *state;
	char text[1024] = "";

	node_stop(node);
	cpu_rates[4].umask = 0x02;
	node_add_msr(node, 1, SELECT0, UNSPREAD | ALL | CMASK(2));
	node_start(node, MACHINE_CLOCK_MANUAL);
	machine_check(node->machine, remember, text);
	cpu_rates[4].umask = 0x01;
	assert_string_equal(text, "msr.txt or pci.txt starts a counter: cpu 1: event 0x51 umask "
				  "0x01 threshold 2 counts 0: the workload does not say how it is "
				  "spread over cycles (per_cycle)\n");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(threshold_counts_the_cycles_with_so_many_events_or_more),
		TEST(inverse_counts_the_cycles_with_fewer),
		TEST(edge_counts_the_runs),
		TEST(clocks_tick_once_a_cycle_without_being_told),
		TEST(what_the_workload_does_not_spread_counts_0_and_the_log_says_why_once),
		TEST(box_has_thresholds_too),
		TEST(box_counts_nothing_known_with_an_edge_but_no_threshold),
		TEST(filter_chooses_its_rate),
		TEST(filter_that_changes_under_a_running_counter_counts_from_now_on),
		TEST(filter_without_a_rate_counts_0_and_the_log_says_so),
		cmocka_unit_test_setup_teardown(threads_add_up_but_their_cycles_are_not_known,
			setup_threads, node_teardown),
		TEST(any_of_a_core_with_one_thread_is_that_thread),
		TEST(user_and_kernel_make_all_at_any_time),
		TEST(user_and_kernel_make_all_over_phases),
		TEST(log_is_bounded),
		TEST(check_names_rates_that_no_counter_sees),
		TEST(check_names_counters_that_the_fixture_starts_in_vain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
