/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "node/node.h"
#include "tree.h"

#include <errno.h>

static int set_up(void **state)
{
	static struct tree tree;

	tree_init(&tree);
	*state = &tree;
	return 0;
}

static int tear_down(void **state)
{
	tree_deinit(*state);
	return 0;
}

static unsigned two_packages(uint32_t cpu)
{
	return cpu & 1;
}

/* What a Dell DCS8000Z shows: uncore on 7f and ff, no numa_node, UBOX node ids. */
static void add_uncore(const struct tree *tree)
{
	tree_add_function(tree, "0000:7f:0b.0", 0x3ce0, 256);
	tree_add_function(tree, "0000:ff:0b.0", 0x3ce0, 256);
	tree_set_config(tree, "0000:7f:0b.0", 0x54, 0x8);
	tree_set_config(tree, "0000:ff:0b.0", 0x54, 0x8);
	tree_set_config(tree, "0000:ff:0b.0", 0x40, 0x1);
	tree_add_function(tree, "0000:7f:10.0", 0x3cb0, 4096);
	tree_add_function(tree, "0000:ff:10.0", 0x3cb0, 4096);
	tree_add_function(tree, "0000:7f:09.0", 0x3c91, 256);
	tree_add_function(tree, "0000:00:00.0", 0x3c00, 4096);
}

static uint32_t socket_of(const struct node *node, uint8_t bus)
{
	for (size_t i = 0; i < node->n_buses; i++)
		if (node->buses[i].bus == bus)
			return node->buses[i].socket;
	return 77;
}

static void model_is_the_first_cpus(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_string_equal(node.vendor, "GenuineIntel");
	assert_string_equal(node.model_name, "Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz");
	assert_int_equal(node.family, 6);
	assert_int_equal(node.model, 45);
	assert_int_equal(node.stepping, 7);
	assert_ptr_equal(node.arch, arch_find(6, 45));
	assert_int_equal(node.n_cpus, 2);
	assert_int_equal(node.n_sockets, 2);
	assert_int_equal(node.bus_source, NODE_BUS_NONE);
	node_deinit(&node);
}

static void unknown_model_is_no_error(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0", 0, two_packages);
	tree_remove(tree, "proc/cpuinfo");
	tree_print(tree, "proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
		"model name\t: Some EPYC\nstepping\t: 1\n");
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_null(node.arch);
	assert_int_equal(node.n_cpus, 1);
	node_deinit(&node);
}

static void cpuinfo_that_makes_no_sense_is_an_error(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	assert_int_equal(node_init(&node, tree->fd), -ENOENT);
	node_deinit(&node);
	tree_print(tree, "proc/cpuinfo", "vendor_id : x\ncpu family : 6\nmodel name : 45\n");
	assert_int_equal(node_init(&node, tree->fd), -EINVAL);
	node_deinit(&node);
}

static void machine_without_sys_has_no_cpus(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_print(tree, "proc/cpuinfo",
		"vendor_id : GenuineIntel\ncpu family : 6\nmodel : 45\nstepping : 7\n");
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.n_cpus, 0);
	assert_int_equal(node.n_sockets, 0);
	assert_int_equal(node.n_functions, 0);
	node_deinit(&node);
}

static void cpu_numbers_may_have_gaps(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0,4-5,9", 9, two_packages);
	tree_print(tree, "sys/devices/system/cpu/online", "0,5,9\n");
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.n_cpus, 10);
	assert_true(node.cpus[4].present);
	assert_false(node.cpus[4].online);
	assert_int_equal(node.cpus[4].socket, NODE_NO_SOCKET);
	assert_false(node.cpus[1].present);
	assert_true(node.cpus[9].online);
	assert_int_equal(node.cpus[9].socket, 1);
	assert_int_equal(node.cpus[0].socket, 0);
	node_deinit(&node);
}

static unsigned odd_packages(uint32_t cpu)
{
	return cpu == 0 ? 6 : 2;
}

static void socket_is_the_rank_of_the_package_id(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-3", 3, odd_packages);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.n_sockets, 2);
	assert_int_equal(node.packages[0], 2);
	assert_int_equal(node.packages[1], 6);
	assert_int_equal(node.cpus[0].socket, 1);
	assert_int_equal(node.cpus[3].socket, 0);
	node_deinit(&node);
}

static void more_than_1024_cpus_are_seen(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1499", 1499, two_packages);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.n_cpus, 1500);
	assert_int_equal(node.cpus[1499].socket, 1);
	node_deinit(&node);
}

static void functions_are_found_by_id_and_place(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	add_uncore(tree);
	tree_add_function(tree, "0000:7f:0e.1", 0x1234, 256); /* right place, wrong id */
	tree_add_function(tree, "0000:7f:1f.1", 0x3c46, 256); /* right id, wrong place */
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.n_functions, 3);
	assert_int_equal(node.functions[0].arch->unit, UNIT_QPI_MISC); /* by its second id */
	assert_int_equal(node.functions[0].arch->index, 1);
	assert_int_equal(node.functions[1].arch->unit, UNIT_IMC);
	assert_int_equal(node.functions[1].bus, 0x7f);
	assert_int_equal(node.functions[1].socket, 0);
	assert_int_equal(node.functions[2].bus, 0xff);
	assert_int_equal(node.functions[2].socket, 1);
	assert_true(node.functions[2].in_sysfs);
	node_deinit(&node);
}

static void ubox_tells_the_socket_of_a_bus(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	add_uncore(tree);
	/* against the order of the buses, so that guessing fails */
	tree_set_config(tree, "0000:7f:0b.0", 0x40, 0x1);
	tree_set_config(tree, "0000:ff:0b.0", 0x40, 0x0);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.bus_source, NODE_BUS_UBOX);
	assert_false(node.buses_hidden);
	assert_int_equal(socket_of(&node, 0x7f), 1);
	assert_int_equal(socket_of(&node, 0xff), 0);
	node_deinit(&node);
}

/* GIDNIDMAP with node ids 2 and 5 for packages 0 and 1. */
static void ubox_node_id_is_looked_up_in_its_map(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	add_uncore(tree);
	tree_set_config(tree, "0000:7f:0b.0", 0x40, 0x5);
	tree_set_config(tree, "0000:7f:0b.0", 0x54, 5 << 3 | 2);
	tree_set_config(tree, "0000:ff:0b.0", 0x40, 0x2);
	tree_set_config(tree, "0000:ff:0b.0", 0x54, 5 << 3 | 2);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.bus_source, NODE_BUS_UBOX);
	assert_int_equal(socket_of(&node, 0x7f), 1);
	assert_int_equal(socket_of(&node, 0xff), 0);
	node_deinit(&node);
}

static void cpubusno_comes_after_the_ubox(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	add_uncore(tree);
	/* both UBOXes claim node 0: not to be trusted */
	tree_set_config(tree, "0000:ff:0b.0", 0x40, 0x0);
	tree_add_function(tree, "0000:00:05.0", 0x3c28, 4096);
	tree_set_config(tree, "0000:00:05.0", 0x108, 0x0001ff00);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.bus_source, NODE_BUS_ORDER); /* half of it is not enough */
	node_deinit(&node);

	/* bus 100 can't be: the second socket's IIO is at 80, after uncore bus 7f */
	tree_set_config(tree, "0000:00:05.0", 0x108, 0x00017f00);
	tree_add_function(tree, "0000:80:05.0", 0x3c28, 4096);
	tree_set_config(tree, "0000:80:05.0", 0x108, 0x0001ff80);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.bus_source, NODE_BUS_CPUBUSNO);
	assert_int_equal(socket_of(&node, 0x7f), 0);
	assert_int_equal(socket_of(&node, 0xff), 1);
	node_deinit(&node);
}

static void numa_node_comes_after_cpubusno(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	tree_add_function(tree, "0000:7f:10.0", 0x3cb0, 4096);
	tree_add_function(tree, "0000:ff:10.0", 0x3cb0, 4096);
	tree_print(tree, "sys/bus/pci/devices/0000:7f:10.0/numa_node", "1\n");
	tree_print(tree, "sys/bus/pci/devices/0000:ff:10.0/numa_node", "0\n ");
	tree_print(tree, "sys/devices/system/node/node0/cpulist", "0\n");
	tree_print(tree, "sys/devices/system/node/node1/cpulist", "1\n");
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.bus_source, NODE_BUS_NUMA);
	assert_int_equal(socket_of(&node, 0x7f), 1);
	assert_int_equal(socket_of(&node, 0xff), 0);
	node_deinit(&node);
}

static void ascending_bus_is_the_last_resort(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	tree_add_function(tree, "0000:ff:10.0", 0x3cb0, 64); /* an ordinary user's view */
	tree_add_function(tree, "0000:3f:10.0", 0x3cb0, 64);
	tree_add_function(tree, "0000:3f:0b.0", 0x3ce0, 64);
	tree_add_function(tree, "0000:ff:0b.0", 0x3ce0, 64);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.bus_source, NODE_BUS_ORDER);
	assert_true(node.buses_hidden); /* but it is known to be a guess */
	assert_int_equal(socket_of(&node, 0x3f), 0);
	assert_int_equal(socket_of(&node, 0xff), 1);
	node_deinit(&node);
}

static void bus_without_a_socket_has_no_functions(void **state)
{
	const struct tree *tree = *state;
	struct node node;

	tree_add_cpus(tree, "0", 0, two_packages);
	tree_add_function(tree, "0000:7f:10.0", 0x3cb0, 64);
	tree_add_function(tree, "0000:ff:10.0", 0x3cb0, 64);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(socket_of(&node, 0xff), NODE_NO_SOCKET);
	assert_int_equal(node.n_functions, 1);
	node_deinit(&node);
}

static void procfs_is_read_where_sysfs_shows_nothing(void **state)
{
	const struct tree *tree = *state;
	const uint8_t node_1[4] = {1}, map[4] = {8}, zero[4] = {0};
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	tree_print(tree, "proc/bus/pci/devices",
		"0000\t80863c00\t0\n7f58\t80863ce0\t0\t0\n7f80\t80863cb0\t0\nff58\t80863ce0\t0\n"
		"ff80\t80863cb0\t0\nff80\t10de3cb0\t0");
	tree_write(tree, "proc/bus/pci/7f/0b.0", 0x40, zero, 4);
	tree_write(tree, "proc/bus/pci/7f/0b.0", 0x54, map, 4);
	tree_write(tree, "proc/bus/pci/ff/0b.0", 0x40, node_1, 4);
	tree_write(tree, "proc/bus/pci/ff/0b.0", 0x54, map, 4);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(node.bus_source, NODE_BUS_UBOX);
	assert_int_equal(node.n_functions, 2);
	assert_false(node.functions[0].in_sysfs);
	assert_int_equal(socket_of(&node, 0xff), 1);
	node_deinit(&node);
}

static void reading_a_machine_leaves_no_descriptor(void **state)
{
	const struct tree *tree = *state;
	int before = test_count_descriptors();
	struct node node;

	tree_add_cpus(tree, "0-1", 1, two_packages);
	add_uncore(tree);
	assert_int_equal(node_init(&node, tree->fd), 0);
	assert_int_equal(test_count_descriptors(), before);
	node_deinit(&node);
}

#define NODE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(model_is_the_first_cpus),
		NODE_TEST(unknown_model_is_no_error),
		NODE_TEST(cpuinfo_that_makes_no_sense_is_an_error),
		NODE_TEST(machine_without_sys_has_no_cpus),
		NODE_TEST(cpu_numbers_may_have_gaps),
		NODE_TEST(socket_is_the_rank_of_the_package_id),
		NODE_TEST(more_than_1024_cpus_are_seen),
		NODE_TEST(functions_are_found_by_id_and_place),
		NODE_TEST(ubox_tells_the_socket_of_a_bus),
		NODE_TEST(ubox_node_id_is_looked_up_in_its_map),
		NODE_TEST(cpubusno_comes_after_the_ubox),
		NODE_TEST(numa_node_comes_after_cpubusno),
		NODE_TEST(ascending_bus_is_the_last_resort),
		NODE_TEST(bus_without_a_socket_has_no_functions),
		NODE_TEST(procfs_is_read_where_sysfs_shows_nothing),
		NODE_TEST(reading_a_machine_leaves_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
