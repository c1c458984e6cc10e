/* SPDX-License-Identifier: MIT */
/* Whose the boxes of an uncore bus are, and what is said when nothing says so. */
#include "arch/buses.h"
#include "sim_node.h"

#define CTR0	  0xA0
#define SELECT0	  0xD8
#define CAS_READ  0x400304
#define NODE_ID	  0x40
#define NODE_MAP  0x54
#define CPUBUSNO  0x108
#define IMC0_OF_1 (NODE_FUNCTIONS_A_SOCKET + NODE_IMC0)

/* Events of package 0's imc0 in a second, counted on both buses. */
static void assert_counts(struct sim_node *node, uint32_t first, uint32_t second)
{
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_non_null(node->machine);
	machine_pci_write(node->machine, NODE_IMC0, SELECT0, 4, CAS_READ);
	machine_pci_write(node->machine, IMC0_OF_1, SELECT0, 4, CAS_READ);
	node_advance(node, SECOND);
	assert_int_equal(machine_pci_read(node->machine, NODE_IMC0, CTR0, 4), first);
	assert_int_equal(machine_pci_read(node->machine, IMC0_OF_1, CTR0, 4), second);
}

/* What firmware hides becomes another device. */
static void hide(struct sim_node *node, uint32_t function)
{
	node_put_dword(node, function, 0, 0xdead8086);
}

static void hide_uboxes(struct sim_node *node)
{
	hide(node, NODE_UBOX);
	hide(node, NODE_FUNCTIONS_A_SOCKET + NODE_UBOX);
}

static const char *check(struct sim_node *node)
{
	node->complaint[0] = '\0';
	machine_check(node->machine, node_complain, node);
	return node->complaint;
}

static void ubox_names_the_package_of_its_bus(void **state)
{
	struct sim_node *node = *state;

	node_put_dword(node, NODE_UBOX, NODE_ID, 1);
	node_put_dword(node, NODE_FUNCTIONS_A_SOCKET + NODE_UBOX, NODE_ID, 0);
	assert_counts(node, 0, 1000);
	assert_string_equal(check(node), "");
}

static void packages_are_known_by_their_physical_id(void **state)
{
	struct sim_node *node = *state;
	struct place place = place_of_unit(2, UNIT_IMC, 0);
	uint32_t function;

	/* package 1 becomes package 2, node id 1 is its field's */
	node->packages[1] = 2;
	node->cpus[2].package = node->cpus[3].package = 2;
	node->package_loads[0][1].packages = &node->packages[1];
	node->package_loads[0][1].boxes = node->box_loads;
	node->package_loads[0][1].n_boxes = 1;
	node->package_loads[0][0].n_boxes = 0;
	node_put_dword(node, NODE_UBOX, NODE_MAP, 1 << 6);
	node_put_dword(node, NODE_FUNCTIONS_A_SOCKET + NODE_UBOX, NODE_MAP, 1 << 6 | 7 << 3);
	assert_counts(node, 0, 1000);
	assert_true(machine_find_function(node->machine, &place, &function));
	assert_int_equal(function, IMC0_OF_1);
	place.package = 1;
	assert_false(machine_find_function(node->machine, &place, &function));
	assert_int_equal(node_read(node, 2, 0x611), 64 << 16);
}

/* The I/O address map stands in for hidden UBOXes, as in the daemon. */
static void bus_numbers_count_where_the_uboxes_are_hidden(void **state)
{
	struct sim_node *node = *state;
	static const uint32_t bridges[] = {
		NODE_HOST_BRIDGE, NODE_FUNCTIONS_A_SOCKET + NODE_HOST_BRIDGE};

	hide_uboxes(node);
	for (uint32_t i = 0; i < N(bridges); i++) {
		node->functions[bridges[i]].size = 4096;
		node->functions[bridges[i]].devfn = 5 << 3;
		node_put_dword(node, bridges[i], 0, 0x3c288086);
		node_put_dword(node, bridges[i], CPUBUSNO, i == 0 ? 0x17f00 : 0x1ff80);
	}
	node->functions[bridges[0]].bus = 0;
	node->functions[bridges[1]].bus = 0x80;
	assert_counts(node, 1000, 0);
	assert_string_equal(check(node), "");
}

static void numa_nodes_count_where_no_register_says_anything(void **state)
{
	struct sim_node *node = *state;
	static struct fixture_numa_node numa[] = {{.number = 0}, {.number = 4}};

	hide_uboxes(node);
	node->fixture.numa_nodes = numa;
	node->fixture.n_numa_nodes = 2;
	node->cpus[2].numa_node = node->cpus[3].numa_node = 1;
	for (uint32_t i = 0; i < NODE_FUNCTIONS_A_SOCKET; i++) {
		node->functions[i].numa_node = 4;
		node->functions[NODE_FUNCTIONS_A_SOCKET + i].numa_node = 0;
	}
	assert_counts(node, 0, 1000);
	assert_string_equal(check(node), "");
}

static void bus_without_a_package_counts_nothing_and_check_says_so(void **state)
{
	struct sim_node *node = *state;
	struct place place = place_of_unit(BUS_NO_PACKAGE, UNIT_IMC, 0);
	uint32_t function;

	hide_uboxes(node);
	node->functions[0].line = 12;
	assert_counts(node, 0, 0);
	assert_false(machine_find_function(node->machine, &place, &function));
	assert_non_null(strstr(check(node), "bus 0000:ff has uncore units, but no package: "));
	node_stop(node);

	/* the other one's UBOX is back */
	node_put_dword(node, NODE_FUNCTIONS_A_SOCKET + NODE_UBOX, 0, 0x3ce08086);
	assert_counts(node, 0, 0);
	assert_string_equal(check(node), "pci.txt:12: bus 0000:7f has uncore units, but no "
					 "package: nothing says which; they count nothing");
}

static void dump_that_ends_before_counters_with_rates_is_said(void **state)
{
	struct sim_node *node = *state;

	node->functions[NODE_IMC0].size = 64;
	node->functions[NODE_IMC0].line = 7;
	node->functions[IMC0_OF_1].size = 64; /* nothing happens there */
	node->functions[NODE_QPI_MASK0].size = 64;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_string_equal(check(node),
		"pci.txt:7: imc0 of socket 0 has 64 bytes: take the dump as root, lspci -xxxx; "
		"its counters, which the workload has rates for, lie behind");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST_STOPPED(ubox_names_the_package_of_its_bus),
		NODE_TEST_STOPPED(packages_are_known_by_their_physical_id),
		NODE_TEST_STOPPED(bus_numbers_count_where_the_uboxes_are_hidden),
		NODE_TEST_STOPPED(numa_nodes_count_where_no_register_says_anything),
		NODE_TEST_STOPPED(bus_without_a_package_counts_nothing_and_check_says_so),
		NODE_TEST_STOPPED(dump_that_ends_before_counters_with_rates_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
