/* SPDX-License-Identifier: MIT */
#include "node/node.h"

#include "test.h"

#include <errno.h>

#include "sysroot.h"
#include "util/array.h"

static unsigned two_packages(uint32_t cpu)
{
	return cpu & 1;
}

/* What a Dell DCS8000Z shows: uncore on 7f and ff, no numa_node, UBOX node ids. */
static void add_uncore(const struct sysroot *sysroot)
{
	sysroot_add_function(sysroot, "0000:7f:0b.0", 0x3ce0, 256);
	sysroot_add_function(sysroot, "0000:ff:0b.0", 0x3ce0, 256);
	sysroot_set_config(sysroot, "0000:7f:0b.0", 0x54, 0x8);
	sysroot_set_config(sysroot, "0000:ff:0b.0", 0x54, 0x8);
	sysroot_set_config(sysroot, "0000:ff:0b.0", 0x40, 0x1);
	sysroot_add_function(sysroot, "0000:7f:10.0", 0x3cb0, 4096);
	sysroot_add_function(sysroot, "0000:ff:10.0", 0x3cb0, 4096);
	sysroot_add_function(sysroot, "0000:7f:09.0", 0x3c91, 256);
	sysroot_add_function(sysroot, "0000:00:00.0", 0x3c00, 4096);
}

static const struct bus *bus_of(const struct node *node, uint8_t bus)
{
	for (size_t i = 0; i < node->n_buses; i++)
		if (node->buses[i].bus == bus)
			return &node->buses[i];
	fail_msg("no bus %02x", bus);
	return NULL;
}

static void assert_bus(
	const struct node *node, uint8_t bus, uint32_t package, enum bus_source source)
{
	assert_int_equal(bus_of(node, bus)->package, package);
	assert_int_equal(bus_of(node, bus)->source, source);
	assert_int_equal(bus_of(node, bus)->doubt, BUS_NO_DOUBT);
}

static void assert_no_package(const struct node *node, uint8_t bus, enum bus_doubt doubt)
{
	assert_int_equal(bus_of(node, bus)->package, NODE_NO_PACKAGE);
	assert_int_equal(bus_of(node, bus)->source, BUS_BY_NOTHING);
	assert_int_equal(bus_of(node, bus)->doubt, doubt);
	for (size_t i = 0; i < node->n_functions; i++)
		if (node->functions[i].bus == bus)
			assert_int_equal(node->functions[i].package, NODE_NO_PACKAGE);
}

static void model_is_the_first_cpus(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_string_equal(node.vendor, "GenuineIntel");
	assert_string_equal(node.model_name, "Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz");
	assert_int_equal(node.family, 6);
	assert_int_equal(node.model, 45);
	assert_int_equal(node.stepping, 7);
	assert_ptr_equal(node.arch, arch_find(6, 45));
	assert_int_equal(node.n_cpus, 2);
	assert_int_equal(node.n_packages, 2);
	assert_int_equal(node.n_buses, 0);
	node_deinit(&node);
}

static void unknown_model_is_no_error(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0", 0, two_packages);
	sysroot_remove(sysroot, "proc/cpuinfo");
	sysroot_print(sysroot, "proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
		"model name\t: Some EPYC\nstepping\t: 1\n");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_null(node.arch);
	assert_int_equal(node.n_cpus, 1);
	node_deinit(&node);
}

static void cpuinfo_that_makes_no_sense_is_an_error(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	assert_int_equal(node_init(&node, sysroot->fd), -ENOENT);
	node_deinit(&node);
	sysroot_print(sysroot, "proc/cpuinfo", "vendor_id : x\ncpu family : 6\nmodel name : 45\n");
	assert_int_equal(node_init(&node, sysroot->fd), -EINVAL);
	node_deinit(&node);
}

static void cpuinfo_without_a_vendor_is_an_error(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_print(sysroot, "proc/cpuinfo", "cpu family : 6\nmodel : 45\n");
	assert_int_equal(node_init(&node, sysroot->fd), -EINVAL);
	node_deinit(&node);
}

static void long_text_in_cpuinfo_is_cut(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_print(sysroot, "proc/cpuinfo",
		"vendor_id\t: %0500d\ncpu family\t: 6\nmodel\t\t: 45\nmodel name\t: %0500d\n", 0,
		0);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(strlen(node.vendor), sizeof node.vendor - 1);
	assert_int_equal(strlen(node.model_name), sizeof node.model_name - 1);
	node_deinit(&node);
}

static void make_folder(const struct sysroot *sysroot, const char *path)
{
	unlinkat(sysroot->fd, path, 0);
	assert_int_equal(mkdirat(sysroot->fd, path, 0755), 0);
}

static void folder_where_a_file_should_be_is_an_error(void **state)
{
	static const char online[] = "sys/devices/system/cpu/online", cpuinfo[] = "proc/cpuinfo";
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	make_folder(sysroot, online);
	assert_true(node_init(&node, sysroot->fd) < 0);
	node_deinit(&node);
	make_folder(sysroot, cpuinfo);
	assert_int_equal(node_init(&node, sysroot->fd), -EISDIR);
	node_deinit(&node);
}

static void cpu_whose_package_can_not_be_read_has_none(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	make_folder(sysroot, "sys/devices/system/cpu/cpu1/topology/physical_package_id");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.cpus[0].package, 0);
	assert_int_equal(node.cpus[1].package, NODE_NO_PACKAGE);
	node_deinit(&node);
}

/* Functions come and go while they are looked at. */
static void function_that_vanishes_is_none(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_remove(sysroot, "sys/bus/pci/devices/0000:7f:10.0/device");
	sysroot_remove(sysroot, "sys/bus/pci/devices/0000:7f:0b.0/config");
	make_folder(sysroot, "sys/bus/pci/devices/0000:ff:0b.0/config");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	for (size_t i = 0; i < node.n_functions; i++)
		assert_false(
			node.functions[i].bus == 0x7f && node.functions[i].device_id == 0x3cb0);
	assert_int_equal(bus_of(&node, 0x7f)->package, BUS_NO_PACKAGE);
	node_deinit(&node);
}

static void machine_without_sys_has_no_cpus(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_print(sysroot, "proc/cpuinfo",
		"vendor_id : GenuineIntel\ncpu family : 6\nmodel : 45\nstepping : 7\n");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_cpus, 0);
	assert_int_equal(node.n_packages, 0);
	assert_int_equal(node.n_functions, 0);
	node_deinit(&node);
}

static void cpu_numbers_may_have_gaps(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0,4-5,9", 9, two_packages);
	sysroot_print(sysroot, "sys/devices/system/cpu/online", "0,5,9\n");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_cpus, 10);
	assert_true(node.cpus[4].present);
	assert_false(node.cpus[4].online);
	assert_int_equal(node.cpus[4].package, 0) /* its topology is still there */;
	assert_false(node.cpus[1].present);
	assert_true(node.cpus[9].online);
	assert_int_equal(node.cpus[9].package, 1);
	assert_int_equal(node.cpus[0].package, 0);
	node_deinit(&node);
}

static unsigned odd_packages(uint32_t cpu)
{
	return cpu == 0 ? 6 : 2;
}

static void package_is_its_physical_id(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-3", 3, odd_packages);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_packages, 2);
	assert_int_equal(node.packages[0], 2);
	assert_int_equal(node.packages[1], 6);
	assert_int_equal(node.cpus[0].package, 6);
	assert_int_equal(node.cpus[3].package, 2);
	assert_true(node_has_package(&node, 6));
	assert_false(node_has_package(&node, 0));
	node_deinit(&node);
}

static void more_than_1024_cpus_are_seen(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1499", 1499, two_packages);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_cpus, 1500);
	assert_int_equal(node.cpus[1499].package, 1);
	node_deinit(&node);
}

static void functions_are_found_by_id_and_place(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_add_function(sysroot, "0000:7f:0e.1", 0x1234, 256); /* right place, wrong id */
	sysroot_add_function(sysroot, "0000:7f:1f.1", 0x3c46, 256); /* right id, wrong place */
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_functions, 3);
	assert_int_equal(node.functions[0].arch->unit, UNIT_QPI_MISC); /* by its second id */
	assert_int_equal(node.functions[0].arch->index, 1);
	assert_int_equal(node.functions[1].arch->unit, UNIT_IMC);
	assert_int_equal(node.functions[1].bus, 0x7f);
	assert_int_equal(node.functions[1].package, 0);
	assert_int_equal(node.functions[2].bus, 0xff);
	assert_int_equal(node.functions[2].package, 1);
	assert_true(node.functions[2].in_sysfs);
	node_deinit(&node);
}

static void ubox_tells_the_package_of_a_bus(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	/* against the order of the buses, so that guessing fails */
	sysroot_set_config(sysroot, "0000:7f:0b.0", 0x40, 0x1);
	sysroot_set_config(sysroot, "0000:ff:0b.0", 0x40, 0x0);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x7f, 1, BUS_BY_UBOX);
	assert_bus(&node, 0xff, 0, BUS_BY_UBOX);
	node_deinit(&node);
}

/* GIDNIDMAP with node ids 2 and 5 for packages 0 and 1. */
static void ubox_node_id_is_looked_up_in_its_map(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_set_config(sysroot, "0000:7f:0b.0", 0x40, 0x5);
	sysroot_set_config(sysroot, "0000:7f:0b.0", 0x54, 5 << 3 | 2);
	sysroot_set_config(sysroot, "0000:ff:0b.0", 0x40, 0x2);
	sysroot_set_config(sysroot, "0000:ff:0b.0", 0x54, 5 << 3 | 2);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x7f, 1, BUS_BY_UBOX);
	assert_bus(&node, 0xff, 0, BUS_BY_UBOX);
	node_deinit(&node);
}

static unsigned all_in_package_1(uint32_t cpu)
{
	(void)cpu;
	return 1;
}

/* CPU 0 is off, and with it its topology. */
static void package_without_online_cpus_keeps_its_bus(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	sysroot_print(sysroot, "sys/devices/system/cpu/online", "1\n ");
	sysroot_remove(sysroot, "sys/devices/system/cpu/cpu0/topology/physical_package_id");
	add_uncore(sysroot);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.cpus[0].package, NODE_NO_PACKAGE);
	assert_bus(&node, 0x7f, 0, BUS_BY_UBOX);
	assert_bus(&node, 0xff, 1, BUS_BY_UBOX);
	/* who can't read the UBOX knows package 1 alone, and it is the first for both */
	assert_int_equal(node.n_cpu_packages, 1);
	assert_int_equal(node.n_packages, 2);
	assert_int_equal(node.packages[0], 1);
	assert_int_equal(node.packages[1], 0);
	node_deinit(&node);
}

/* The kernel's list is a container's: the other CPUs still have their topology. */
static void cpus_that_only_seem_offline_keep_their_package(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	sysroot_print(sysroot, "sys/devices/system/cpu/online", "1\n ");
	add_uncore(sysroot);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x7f, 0, BUS_BY_UBOX);
	assert_bus(&node, 0xff, 1, BUS_BY_UBOX);
	assert_int_equal(node.n_cpu_packages, 2);
	node_deinit(&node);
}

static void bus_of_a_package_that_no_cpu_is_in_is_not_proven(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, all_in_package_1);
	add_uncore(sysroot);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_no_package(&node, 0x7f, BUS_CONTRADICTED);
	assert_bus(&node, 0xff, 1, BUS_BY_UBOX);
	assert_int_equal(node.n_packages, 1);
	node_deinit(&node);
}

static void package_id_of_minus_one_is_none(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, all_in_package_1);
	for (int cpu = 0; cpu < 2; cpu++)
		sysroot_print(sysroot,
			cpu ? "sys/devices/system/cpu/cpu1/topology/physical_package_id"
			    : "sys/devices/system/cpu/cpu0/topology/physical_package_id",
			"-1\n");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_packages, 0);
	assert_int_equal(node.cpus[1].package, NODE_NO_PACKAGE);
	node_deinit(&node);
}

static void packages_may_have_gaps_and_the_ubox_names_their_ids(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	sysroot_print(sysroot, "sys/devices/system/cpu/cpu1/topology/physical_package_id", "2\n");
	add_uncore(sysroot);
	for (int i = 0; i < 2; i++)
		sysroot_set_config(
			sysroot, i ? "0000:ff:0b.0" : "0000:7f:0b.0", 0x54, 1 << 6 | 7 << 3);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x7f, 0, BUS_BY_UBOX);
	assert_bus(&node, 0xff, 2, BUS_BY_UBOX);
	node_deinit(&node);
}

/* An I/O bus with a UBOX and a unit of its own beside each uncore bus. */
static void several_buses_share_a_package(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_add_function(sysroot, "0000:3f:0b.0", 0x3ce0, 256);
	sysroot_set_config(sysroot, "0000:3f:0b.0", 0x54, 0x8);
	sysroot_add_function(sysroot, "0000:3f:13.1", 0x3c43, 256);
	sysroot_add_function(sysroot, "0000:bf:0b.0", 0x3ce0, 256);
	sysroot_set_config(sysroot, "0000:bf:0b.0", 0x40, 0x1);
	sysroot_set_config(sysroot, "0000:bf:0b.0", 0x54, 0x8);
	sysroot_add_function(sysroot, "0000:bf:13.1", 0x3c43, 256);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x3f, 0, BUS_BY_UBOX);
	assert_bus(&node, 0x7f, 0, BUS_BY_UBOX);
	assert_bus(&node, 0xbf, 1, BUS_BY_UBOX);
	assert_bus(&node, 0xff, 1, BUS_BY_UBOX);
	assert_int_equal(node.n_functions, 5);
	assert_int_equal(node.n_twins, 0);
	node_deinit(&node);
}

/* As Linux: it takes after the next higher bus that has a UBOX. */
static void bus_without_a_ubox_takes_after_its_sibling(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_add_function(sysroot, "0000:00:13.1", 0x3c43, 256);
	sysroot_add_function(sysroot, "0000:80:13.1", 0x3c43, 256);
	sysroot_add_function(sysroot, "0001:00:13.1", 0x3c43, 256); /* no sibling in its domain */
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x00, 0, BUS_BY_SIBLING);
	assert_bus(&node, 0x80, 1, BUS_BY_SIBLING);
	assert_int_equal(node.buses[4].domain, 1);
	assert_int_equal(node.buses[4].package, NODE_NO_PACKAGE);
	node_deinit(&node);
}

/* Bus 7f has all that ff has: it is no sibling, its own UBOX is hidden. */
static void bus_with_the_same_units_is_no_sibling(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_print(sysroot, "sys/bus/pci/devices/0000:7f:0b.0/device", "0x0000\n");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_no_package(&node, 0x7f, BUS_SILENT);
	assert_bus(&node, 0xff, 1, BUS_BY_UBOX);
	node_deinit(&node);
}

static void twins_are_not_served(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	/* both UBOXes claim node 0 */
	sysroot_set_config(sysroot, "0000:ff:0b.0", 0x40, 0x0);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x7f, 0, BUS_BY_UBOX);
	assert_bus(&node, 0xff, 0, BUS_BY_UBOX);
	assert_int_equal(node.n_twins, 2);
	for (size_t i = 0; i < node.n_functions; i++) /* one is on one bus only */
		assert_int_equal(node.functions[i].package,
			node.functions[i].arch->unit == UNIT_QPI_MISC ? 0 : NODE_NO_PACKAGE);
	assert_true(node_has_unit(&node, node.functions[0].arch));
	assert_false(
		node_has_unit(&node, arch_find_function(node.arch, ARCH_DEVFN(0x0e, 1), 0x3c46)));
	node_deinit(&node);
}

static void add_uncore_without_ubox(const struct sysroot *sysroot)
{
	sysroot_add_function(sysroot, "0000:7f:10.0", 0x3cb0, 4096);
	sysroot_add_function(sysroot, "0000:ff:10.0", 0x3cb0, 4096);
}

static void cpubusno_counts_where_there_is_no_ubox(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore_without_ubox(sysroot);
	sysroot_add_function(sysroot, "0000:00:05.0", 0x3c28, 4096);
	sysroot_set_config(sysroot, "0000:00:05.0", 0x108, 0x0001ff00);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_no_package(&node, 0x7f, BUS_SILENT); /* half of it is not enough */
	assert_no_package(&node, 0xff, BUS_SILENT);
	node_deinit(&node);

	/* bus 100 can't be: the second socket's IIO is at 80, after uncore bus 7f */
	sysroot_set_config(sysroot, "0000:00:05.0", 0x108, 0x00017f00);
	sysroot_add_function(sysroot, "0000:80:05.0", 0x3c28, 4096);
	sysroot_set_config(sysroot, "0000:80:05.0", 0x108, 0x0001ff80);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x7f, 0, BUS_BY_CPUBUSNO);
	assert_bus(&node, 0xff, 1, BUS_BY_CPUBUSNO);
	node_deinit(&node);

	/* an order of packages is no use when one of them may be missing */
	sysroot_remove(sysroot, "sys/devices/system/cpu/cpu0/topology/physical_package_id");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_no_package(&node, 0x7f, BUS_SILENT);
	node_deinit(&node);
}

static void numa_node_counts_where_the_rest_is_silent(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore_without_ubox(sysroot);
	sysroot_print(sysroot, "sys/bus/pci/devices/0000:7f:10.0/numa_node", "1\n");
	sysroot_print(sysroot, "sys/bus/pci/devices/0000:ff:10.0/numa_node", "0\n ");
	sysroot_print(sysroot, "sys/devices/system/node/node0/cpulist", "0\n");
	sysroot_print(sysroot, "sys/devices/system/node/node1/cpulist", "1\n");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0x7f, 1, BUS_BY_NUMA);
	assert_bus(&node, 0xff, 0, BUS_BY_NUMA);
	node_deinit(&node);
}

static void order_of_buses_proves_nothing(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore_without_ubox(sysroot);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_no_package(&node, 0x7f, BUS_SILENT);
	assert_no_package(&node, 0xff, BUS_SILENT);
	node_deinit(&node);
}

static void ordinary_user_may_not_know(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	sysroot_add_function(sysroot, "0000:ff:10.0", 0x3cb0, 64);
	sysroot_add_function(sysroot, "0000:3f:10.0", 0x3cb0, 64);
	sysroot_add_function(sysroot, "0000:3f:0b.0", 0x3ce0, 64);
	sysroot_add_function(sysroot, "0000:ff:0b.0", 0x3ce0, 64);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_no_package(&node, 0x3f, BUS_HIDDEN);
	assert_no_package(&node, 0xff, BUS_HIDDEN);
	node_deinit(&node);
}

static void only_package_has_the_only_bus(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, all_in_package_1);
	sysroot_add_function(sysroot, "0000:ff:10.0", 0x3cb0, 4096);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_bus(&node, 0xff, 1, BUS_BY_SINGLE);
	node_deinit(&node);

	/* another bus with the same unit: there must be another package */
	sysroot_add_function(sysroot, "0000:7f:10.0", 0x3cb0, 4096);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_no_package(&node, 0x7f, BUS_SILENT);
	assert_no_package(&node, 0xff, BUS_SILENT);
	node_deinit(&node);
}

static void stepping_may_be_unknown(void **state)
{
	static const char *const lines[] = {"", "stepping\t: unknown\n"};
	const struct sysroot *sysroot = *state;
	struct node node;

	for (size_t i = 0; i < N_ELEMENTS(lines); i++) {
		sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
		sysroot_remove(sysroot, "proc/cpuinfo");
		sysroot_print(sysroot, "proc/cpuinfo",
			"vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 45\n"
			"model name\t: x\n%s",
			lines[i]);
		assert_int_equal(node_init(&node, sysroot->fd), 0);
		assert_int_equal(node.stepping, NODE_NO_STEPPING);
		assert_string_equal(node.arch->name, "06_2d");
		node_deinit(&node);
	}
}

static void procfs_is_read_where_sysfs_shows_nothing(void **state)
{
	const struct sysroot *sysroot = *state;
	const uint8_t node_1[4] = {1}, map[4] = {8}, zero[4] = {0};
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	sysroot_print(sysroot, "proc/bus/pci/devices",
		"0000\t80863c00\t0\n7f58\t80863ce0\t0\t0\n7f80\t80863cb0\t0\nff58\t80863ce0\t0\n"
		"ff80\t80863cb0\t0\nff81\t10de3cb0\t0\n"
		/* of two domains: whose config space proc/bus/pci/7f/10.1 is, is not known */
		"7f81\t80863cb1\t0\n7f81\t80863cb1\t0");
	sysroot_write(sysroot, "proc/bus/pci/7f/0b.0", 0x40, zero, 4);
	sysroot_write(sysroot, "proc/bus/pci/7f/0b.0", 0x54, map, 4);
	sysroot_write(sysroot, "proc/bus/pci/ff/0b.0", 0x40, node_1, 4);
	sysroot_write(sysroot, "proc/bus/pci/ff/0b.0", 0x54, map, 4);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_functions, 2);
	assert_false(node.functions[0].in_sysfs);
	assert_bus(&node, 0xff, 1, BUS_BY_UBOX);
	node_deinit(&node);
}

/* One file for all the ids, where a hundred functions have two each. */
static void ids_come_from_the_list_of_procfs(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_remove(sysroot, "sys/bus/pci/devices/0000:7f:10.0/vendor");
	sysroot_print(sysroot, "proc/bus/pci/devices", "7f80\t80863cb0\t0\nff80\t10de3cb0\t0\n");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_functions, 2); /* this one, and the other of bus 7f */
	assert_int_equal(node.functions[1].bus, 0x7f);
	assert_true(node.functions[0].in_sysfs);
	node_deinit(&node);
}

/* The list names no domain: what stands there twice, and what is of another domain, it does not
 * tell. */
static void ids_of_several_domains_come_from_sysfs(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	sysroot_add_function(sysroot, "0001:3f:10.0", 0x3cb0, 4096);
	sysroot_print(sysroot, "proc/bus/pci/devices",
		"7f80\t10de3cb0\t0\n7f80\t80863cb0\t0\nff80\t80863cb0\t0\n3f80\t10de3cb0\t0\n"
		"nonsense\n\n7f81\t");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_functions, 4);
	assert_int_equal(node.functions[1].bus, 0x7f);
	assert_int_equal(node.functions[2].bus, 0xff);
	assert_int_equal(node.functions[3].domain, 1);
	node_deinit(&node);
}

/* Two files for each package, where hundreds of CPUs have one each. */
static void cpus_of_a_package_come_from_its_list(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node node;

	sysroot_add_cpus(sysroot, "0-1,3", 3, all_in_package_1);
	sysroot_print(
		sysroot, "sys/devices/system/cpu/cpu0/topology/core_siblings_list", "0-2,3,700\n");
	sysroot_remove(sysroot, "sys/devices/system/cpu/cpu1/topology/physical_package_id");
	sysroot_remove(sysroot, "sys/devices/system/cpu/cpu3/topology/physical_package_id");
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(node.n_packages, 1);
	assert_int_equal(node.cpus[1].package, 1);
	assert_int_equal(node.cpus[2].package, NODE_NO_PACKAGE); /* there is none */
	assert_int_equal(node.cpus[3].package, 1);
	node_deinit(&node);
}

static void reading_a_machine_leaves_no_descriptor(void **state)
{
	const struct sysroot *sysroot = *state;
	int before = test_count_descriptors();
	struct node node;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	add_uncore(sysroot);
	assert_int_equal(node_init(&node, sysroot->fd), 0);
	assert_int_equal(test_count_descriptors(), before);
	node_deinit(&node);
}

#define NODE_TEST(f) cmocka_unit_test_setup_teardown(f, sysroot_set_up, sysroot_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(model_is_the_first_cpus),
		NODE_TEST(unknown_model_is_no_error),
		NODE_TEST(cpuinfo_that_makes_no_sense_is_an_error),
		NODE_TEST(cpuinfo_without_a_vendor_is_an_error),
		NODE_TEST(long_text_in_cpuinfo_is_cut),
		NODE_TEST(folder_where_a_file_should_be_is_an_error),
		NODE_TEST(cpu_whose_package_can_not_be_read_has_none),
		NODE_TEST(function_that_vanishes_is_none),
		NODE_TEST(machine_without_sys_has_no_cpus),
		NODE_TEST(cpu_numbers_may_have_gaps),
		NODE_TEST(package_is_its_physical_id),
		NODE_TEST(more_than_1024_cpus_are_seen),
		NODE_TEST(functions_are_found_by_id_and_place),
		NODE_TEST(ubox_tells_the_package_of_a_bus),
		NODE_TEST(ubox_node_id_is_looked_up_in_its_map),
		NODE_TEST(package_without_online_cpus_keeps_its_bus),
		NODE_TEST(cpus_that_only_seem_offline_keep_their_package),
		NODE_TEST(bus_of_a_package_that_no_cpu_is_in_is_not_proven),
		NODE_TEST(package_id_of_minus_one_is_none),
		NODE_TEST(packages_may_have_gaps_and_the_ubox_names_their_ids),
		NODE_TEST(several_buses_share_a_package),
		NODE_TEST(bus_without_a_ubox_takes_after_its_sibling),
		NODE_TEST(bus_with_the_same_units_is_no_sibling),
		NODE_TEST(twins_are_not_served),
		NODE_TEST(cpubusno_counts_where_there_is_no_ubox),
		NODE_TEST(numa_node_counts_where_the_rest_is_silent),
		NODE_TEST(order_of_buses_proves_nothing),
		NODE_TEST(ordinary_user_may_not_know),
		NODE_TEST(only_package_has_the_only_bus),
		NODE_TEST(stepping_may_be_unknown),
		NODE_TEST(procfs_is_read_where_sysfs_shows_nothing),
		NODE_TEST(ids_come_from_the_list_of_procfs),
		NODE_TEST(ids_of_several_domains_come_from_sysfs),
		NODE_TEST(cpus_of_a_package_come_from_its_list),
		NODE_TEST(reading_a_machine_leaves_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
