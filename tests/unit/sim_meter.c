/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "sim/machine/meter.h"
#include "sim_node.h"

/* 2 s and 3 s, over and over; whose the events are differs, or not */
static void make_two_phases(struct sim_node *node, double second_user)
{
	node->fixture.n_phases = 2;
	node_add_phase(node, 0, 1234.5678901, 0.3, 60);
	node_add_phase(node, 1, 2e-5, 0.9, 100);
	node->phases[0].seconds = 2;
	node->phases[1].seconds = 3;
	node->cpu_loads[1][0].user = second_user;
}

static struct flow flow_of(const struct sim_node *node, enum flow_kind kind, unsigned levels)
{
	return (struct flow){
		.fixture = &node->fixture,
		.kind = kind,
		.levels = levels,
		.selection = {.event = 0x51, .umask = 0x01},
		.units_per_joule = 65536,
		.limit_c = 91,
	};
}

static uint64_t moment(void)
{
	uint64_t random = (uint64_t)rand() << 31 ^ (uint64_t)rand();

	/* of the first seconds, of the first days, of all time */
	return rand() % 3 == 0 ? random % (20 * SECOND) : random << rand() % 3;
}

static void agrees(const struct flow *flow)
{
	struct meter meter;
	uint64_t ns = 0;

	meter_init(&meter, flow);
	for (unsigned i = 0; i < 500; i++) {
		/* mostly a little later */
		ns = rand() % 8 == 0 ? moment() : ns + (uint64_t)rand() % SECOND;
		assert_int_equal(meter_total(&meter, ns), flow_total(flow, ns));
	}
}

static void all_agree(const struct sim_node *node)
{
	for (unsigned kind = FLOW_NOTHING; kind <= FLOW_PACKAGE_HOT; kind++)
		for (unsigned levels = FLOW_USER; levels <= FLOW_ANY_LEVEL; levels++) {
			struct flow flow = flow_of(node, kind, levels);

			if (kind == FLOW_BOX_EVENT)
				continue; /* the next test's */
			agrees(&flow);
			flow.any_thread = true;
			agrees(&flow);
		}
}

static void meter_shows_the_total_of_its_flow_at_any_moment(void **state)
{
	struct sim_node *node = *state;

	all_agree(node);
	make_two_phases(node, 0.75);
	all_agree(node);
	make_two_phases(node, 0.1);
	all_agree(node);
	node->phases[1].seconds = 0;
	all_agree(node);
	node->fixture.n_phases = 0;
	all_agree(node);
}

static void meter_shows_cycles_that_meet_a_condition(void **state)
{
	struct sim_node *node = *state;
	struct flow flow = flow_of(node, FLOW_CYCLES, FLOW_USER);

	make_two_phases(node, 0.75);
	flow.condition.threshold = 1;
	agrees(&flow);
	flow.condition.edge = true;
	agrees(&flow);
	flow.condition = (struct flow_condition){.threshold = 1, .below = true};
	agrees(&flow);
	flow.is_unsaid = true;
	agrees(&flow);
}

static void meter_of_another_flow_knows_nothing_of_the_first(void **state)
{
	struct sim_node *node = *state;
	struct flow cycles = flow_of(node, FLOW_CYCLES, FLOW_ANY_LEVEL);
	struct flow events = flow_of(node, FLOW_EVENT, FLOW_ANY_LEVEL);
	struct meter meter;

	meter_init(&meter, &cycles);
	assert_int_equal(meter_total(&meter, 3 * SECOND), flow_total(&cycles, 3 * SECOND));
	assert_true(meter_covers(&meter, 4 * SECOND));
	meter_init(&meter, &events);
	assert_false(meter_covers(&meter, 4 * SECOND));
	assert_int_equal(meter_total(&meter, 4 * SECOND), flow_total(&events, 4 * SECOND));
}

static void meter_covers_the_phase_in_which_it_was_looked_at(void **state)
{
	struct sim_node *node = *state;
	struct flow flow = flow_of(node, FLOW_CYCLES, FLOW_ANY_LEVEL);
	struct meter meter;

	make_two_phases(node, 0.75);
	meter_init(&meter, &flow);
	(void)meter_total(&meter, 8 * SECOND);
	assert_false(meter_covers(&meter, 7 * SECOND - 1));
	assert_true(meter_covers(&meter, 7 * SECOND));
	assert_true(meter_covers(&meter, 10 * SECOND - 1));
	assert_false(meter_covers(&meter, 10 * SECOND));
}

/* whole * ns / 10^9 and the rest, as it is written on paper */
static void is_exact(struct rate rate, uint64_t ns)
{
	amount_wide atto = (amount_wide)rate.atto * ns;
	amount_wide nano = (amount_wide)rate.whole * ns + atto / AMOUNT_ATTO;
	struct amount amount = amount_of(rate, ns);
	amount_wide part = nano % SECOND * AMOUNT_ATTO + atto % AMOUNT_ATTO;

	assert_int_equal(amount.whole, (uint64_t)(nano / SECOND));
	assert_true(amount.part == part);
}

static void amounts_are_exact(void **state)
{
	static const uint64_t wholes[] = {0, 1, 999999999, 2700000000, UINT64_C(8589934591),
		UINT64_C(8589934592), UINT64_C(10000000000000)};
	static const uint64_t attos[] = {
		0, 1, 999999999, 1000000000, UINT64_C(333333333333333334), AMOUNT_ATTO - 1};
	static const uint64_t moments[] = {0, 1, 999999999, 1000000000, 1000000001,
		UINT64_C(8589934591) * SECOND + 999999999, UINT64_C(8589934592) * SECOND,
		UINT64_MAX - 1, UINT64_MAX};

	(void)state;
	for (unsigned i = 0; i < N(wholes); i++)
		for (unsigned j = 0; j < N(attos); j++) {
			const struct rate rate = {wholes[i], attos[j]};

			for (unsigned k = 0; k < N(moments); k++)
				is_exact(rate, moments[k]);
			for (unsigned k = 0; k < 100; k++)
				is_exact(rate, moment());
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST_STOPPED(meter_shows_the_total_of_its_flow_at_any_moment),
		NODE_TEST_STOPPED(meter_shows_cycles_that_meet_a_condition),
		NODE_TEST_STOPPED(meter_of_another_flow_knows_nothing_of_the_first),
		NODE_TEST_STOPPED(meter_covers_the_phase_in_which_it_was_looked_at),
		cmocka_unit_test(amounts_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
