/* SPDX-License-Identifier: MIT */
/* The tree of files, and what the files of a node say. */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fake_machine.h"
#include "fuse-msr/tree/cpuinfo.h"
#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/nodetree.h"
#include "fuse-msr/tree/procstat.h"
#include "sim/fixture/expect.h"

#define CONFIG "sys/devices/pci0000:00/0000:00:03.0/0000:05:00.1/config"

void expect_write(const struct fixture *fixture, const uint64_t *started_ns, FILE *out)
{
	(void)started_ns;
	fprintf(out, "# of %u packages\n", fixture->n_packages);
}

static uint8_t bridge_config[256] = {[0x0e] = 0x81, [0x19] = 5};
static uint8_t behind_config[256] = {0x86, 0x80, 0xe0,
	0x3c, [8] = 7, [0x0a] = 0x80, [0x0b] = 0x08, [0x2c] = 0x3c, [0x2d] = 0x10};
static uint8_t uncore_config[4096] = {0x86, 0x80, 0xb4, 0x3c, [0x10] = 0x0c, [0x3c] = 11};

static uint32_t distances[2][2] = {{10, 21}, {21, 10}};
static struct fixture_numa_node numa_nodes[] = {
	{.number = 0, .memory_kib = 1 << 20, .distances = distances[0]},
	{.number = 1, .memory_kib = 0, .distances = distances[1]},
};
static struct fixture_cache caches[] = {
	{1, "Data", 32, 8, 64, 64, ARCH_CORE},
	{3, "Unified", 20480, 20, 64, 16384, ARCH_PACKAGE},
};
static struct fixture_function functions[] = {
	{.bus = 0, .devfn = 0x18, .numa_node = 0, .size = 256, .config = bridge_config},
	{.bus = 5, .devfn = 0x01, .numa_node = 1, .size = 256, .config = behind_config},
	{.domain = 1,
		.bus = 0x7f,
		.devfn = 0x80,
		.numa_node = -1,
		.size = 4096,
		.config = uncore_config},
};

/* Packages 0 and 4, of two cores with two threads; the last CPU has number 40, and CPU 3 is
 * offline. */
static struct fixture_cpu cpus[] = {
	{.number = 0, .package = 0, .core = 0, .online = true},
	{.number = 1, .package = 0, .core = 1, .online = true},
	{.number = 2, .package = 4, .core = 0, .numa_node = 1, .online = true},
	{.number = 3, .package = 4, .core = 1, .numa_node = 1},
	{.number = 4, .package = 0, .core = 0, .online = true},
	{.number = 40, .package = 4, .core = 1, .numa_node = 1, .apic_id = 35, .online = true},
};

static const struct fixture fixture = {
	.vendor = (char *)"GenuineIntel",
	.model_name = (char *)"A CPU",
	.origin = (char *)"made up",
	.family = 6,
	.model = 45,
	.tsc_mhz = 2700,
	.n_packages = 2,
	.cpus = cpus,
	.n_cpus = sizeof cpus / sizeof cpus[0],
	.caches = caches,
	.n_caches = 2,
	.numa_nodes = numa_nodes,
	.n_numa_nodes = 2,
	.functions = functions,
	.n_functions = 3,
};

static int make_tree(void **state)
{
	*state = nodetree_new(&fixture, NULL);
	return *state ? 0 : -1;
}

static int free_tree(void **state)
{
	tree_free(*state);
	return 0;
}

static const struct tree_file *find(const struct tree *tree, const char *path)
{
	uint32_t index = tree_find(tree, path);

	if (index == TREE_NONE)
		fail_msg("%s is missing", path);
	return &tree->files[index];
}

static void assert_text(const struct tree *tree, const char *path, const char *text)
{
	assert_string_equal(find(tree, path)->text, text);
	assert_int_equal(find(tree, path)->size, strlen(text));
}

#define CPU "sys/devices/system/cpu/"

static void file_is_found_where_it_was_put(void **state)
{
	struct tree *tree = tree_new();

	(void)state;
	tree_text(tree, TREE_ROOT, "a/b/c", "%d", 7);
	tree_text(tree, tree_dir(tree, TREE_ROOT, "a/b"), "d", "%s", "");
	assert_text(tree, "a/b/c", "7");
	assert_text(tree, "a/b/d", "");
	assert_int_equal(tree_find(tree, "a/b/e"), TREE_NONE);
	assert_int_equal(tree_find(tree, "a/b/c/d"), TREE_NONE);
	assert_int_equal(find(tree, "a/b")->n_children, 2);
	assert_false(tree->failed);
	tree_free(tree);
}

static void new_directory_has_the_mode_of_the_one_it_is_in(void **state)
{
	(void)state;
	assert_int_equal(find(*state, "proc/bus")->mode, S_IFDIR | 0555);
	assert_int_equal(find(*state, "proc/sys/kernel/random")->mode, S_IFDIR | 0555);
	assert_int_equal(find(*state, "sys/devices/system/cpu")->mode, S_IFDIR | 0755);
	assert_int_equal(find(*state, "dev/cpu")->mode, S_IFDIR | 0755);
}

static void directory_keeps_the_order_of_its_files(void **state)
{
	struct tree *tree = tree_new();
	char name[] = "z";

	(void)state;
	for (char c = 'z'; c >= 'a'; c--) {
		name[0] = c;
		tree_text(tree, TREE_ROOT, name, "%c", c);
	}
	assert_int_equal(tree->files[TREE_ROOT].n_children, 26);
	for (uint32_t i = 0; i < 26; i++)
		assert_int_equal(tree->files[tree->files[TREE_ROOT].children[i]].name[0],
			(char)('z' - (int)i));
	tree_free(tree);
}

/* What a program keeps from this boot to the next must not be taken for another node's. */
static void each_node_has_a_boot_of_its_own(void **state)
{
	static const char pattern[] = "xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx\n";
	const char *path = "proc/sys/kernel/random/boot_id";
	const char *text = find(*state, path)->text;
	struct tree *other = nodetree_new(&fixture, NULL);

	assert_int_equal(strlen(text), strlen(pattern));
	for (size_t i = 0; pattern[i] != '\0'; i++)
		if (pattern[i] == 'x')
			assert_non_null(strchr("0123456789abcdef", text[i]));
		else
			assert_int_equal(text[i], pattern[i]);
	assert_non_null(other);
	assert_string_not_equal(find(other, path)->text, text);
	tree_free(other);
}

static void cpuinfo_shows_online_cpus_only(void **state)
{
	char *text = cpuinfo_text(&fixture, 0);

	assert_ptr_equal(find(*state, "proc/cpuinfo")->ops, &cpuinfofile_ops);
	assert_non_null(text);
	assert_non_null(strstr(text, "processor\t: 40\n"));
	assert_null(strstr(text, "processor\t: 3\n"));
	assert_non_null(strstr(text, "model name\t: A CPU\nstepping\t: 0\n"));
	assert_non_null(strstr(text, "cache size\t: 20480 KB\nphysical id\t: 0\nsiblings\t: 3\n"
				     "core id\t\t: 0\ncpu cores\t: 2\n"));
	assert_non_null(strstr(text, "bogomips\t: 5400.00\n"));
	free(text);
}

/* One phase of 2 s in which CPU 0 does something, one of 1 s in which it rests. */
static struct fixture_cpu_load busy = {
	.cpus = (uint32_t[]){0}, .n_cpus = 1, .frequency_mhz = 3100, .active = 0.5, .user = 0.75};
static struct fixture_phase phases[] = {
	{.seconds = 2, .cpu_loads = &busy, .n_cpu_loads = 1}, {.seconds = 1}};

static void frequency_is_that_of_the_moment(void **state)
{
	struct fixture node = fixture;
	char *text;

	(void)state;
	node.phases = phases;
	node.n_phases = 2;
	text = cpuinfo_text(&node, UINT64_C(1000000000));
	assert_non_null(strstr(text, "cpu MHz\t\t: 3100.000\n"));
	free(text);
	text = cpuinfo_text(&node, UINT64_C(2500000000));
	assert_null(strstr(text, "cpu MHz\t\t: 3100.000\n"));
	assert_non_null(strstr(text, "cpu MHz\t\t: 2700.000\n"));
	free(text);
}

static void proc_stat_is_what_the_workload_did(void **state)
{
	struct fixture node = fixture;

	(void)state;
	node.phases = phases;
	node.n_phases = 2;
	char *text = procstat_text(&node, UINT64_C(3000000000));
	assert_non_null(strstr(text, "\ncpu0 75 0 25 200 0 0 0 0 0 0\n"));
	assert_non_null(strstr(text, "\ncpu40 0 0 0 300 0 0 0 0 0 0\n"));
	assert_null(strstr(text, "\ncpu3 ")); /* it is off */
	assert_non_null(strstr(text, "cpu  75 0 25 1400 0 0 0 0 0 0\n"));
	free(text);
}

static void what_a_node_has_nothing_to_say_about_is_empty(void **state)
{
	static const char *const files[] = {"proc/iomem", "proc/ioports", "proc/mtrr"};
	static const char *const dirs[] = {"sys/block", "sys/kernel/irq", "proc/acpi"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		assert_text(*state, files[i], "");
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		assert_int_equal(find(*state, dirs[i])->n_children, 0);
	assert_text(*state, "proc/irq/default_smp_affinity", "100,0000001f\n");
	/* of all CPUs that there may be */
	const char *softirqs = find(*state, "proc/softirqs")->text;
	assert_memory_equal(softirqs,
		"                    CPU0       CPU1       CPU2       CPU3       "
		"CPU4       CPU40      \n          HI:          0 ",
		111);
	assert_non_null(
		strstr(softirqs, "\n       TIMER:          0          0          0          0"
				 "          0          0\n"));
}

#define HWMON	 "sys/devices/platform/coretemp.0/hwmon/hwmon0/"
#define POWERCAP "sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/"

static void sensors_are_where_their_drivers_put_them(void **state)
{
	assert_text(
		*state, "sys/class/hwmon/hwmon0", "../../devices/platform/coretemp.0/hwmon/hwmon0");
	assert_text(*state, HWMON "name", "coretemp\n");
	assert_text(*state, HWMON "temp1_label", "Package id 0\n");
	assert_text(*state, HWMON "temp2_label", "Core 0\n");
	assert_text(*state, "sys/class/powercap/intel-rapl:0:1",
		"../../devices/virtual/powercap/intel-rapl/intel-rapl:0/intel-rapl:0:1");
	assert_text(*state, POWERCAP "name", "package-0\n");
	assert_text(*state, POWERCAP "intel-rapl:0:0/name", "core\n");
	assert_text(*state, POWERCAP "intel-rapl:0:1/name", "dram\n");
	/* since Linux 5.10 it is for root alone */
	assert_int_equal(find(*state, POWERCAP "energy_uj")->mode & 0777, 0400);
	assert_int_equal(find(*state, HWMON "temp2_input")->mode & 0777, 0444);
}

static void devtmpfs_lists_the_newest_first(void **state)
{
	const struct tree *tree = *state;
	const struct tree_file *dir = find(tree, "dev/cpu");

	assert_string_equal(tree->files[dir->children[0]].name, "40");
	assert_string_equal(tree->files[dir->children[dir->n_children - 1]].name, "0");
}

static void firmware_says_which_buses_there_are(void **state)
{
	const struct tree_file *table = find(*state, "sys/firmware/acpi/tables/MCFG");
	uint8_t sum = 0;

	for (size_t i = 0; i < table->size; i++)
		sum += (uint8_t)table->text[i];
	assert_memory_equal(table->text, "MCFG", 4);
	assert_int_equal(table->text[4], table->size);
	assert_int_equal(sum, 0);
	assert_int_equal((uint8_t)table->text[44 + 10], 0);
	assert_int_equal((uint8_t)table->text[44 + 11], 0xff);
}

static void cpu_lists_tell_present_from_online(void **state)
{
	assert_text(*state, CPU "present", "0-4,40\n");
	assert_text(*state, CPU "online", "0-2,4,40\n");
	assert_text(*state, CPU "offline", "3\n");
	assert_text(*state, CPU "kernel_max", "8191\n");
}

static void offline_cpu_has_no_device_file_and_no_topology(void **state)
{
	assert_ptr_equal(find(*state, "dev/cpu/40/msr")->ops, &msrfile_ops);
	assert_int_equal(find(*state, "dev/cpu/40/msr")->number, 40);
	assert_int_equal(find(*state, "dev/cpu/40/msr")->mode, S_IFREG | 0600);
	assert_int_equal(tree_find(*state, "dev/cpu/3"), TREE_NONE);
	assert_ptr_equal(find(*state, CPU "cpu3/online")->ops, &onlinefile_ops);
	assert_int_equal(find(*state, CPU "cpu3/online")->mode, S_IFREG | 0644);
	assert_int_equal(find(*state, CPU "cpu3/online")->number, 3);
	assert_int_equal(tree_find(*state, CPU "cpu3/topology"), TREE_NONE);
	assert_int_equal(tree_find(*state, CPU "cpu0/online"), TREE_NONE);
}

static void masks_are_written_as_the_kernel_writes_them(void **state)
{
	assert_text(*state, CPU "cpu0/topology/thread_siblings", "000,00000011\n");
	assert_text(*state, CPU "cpu0/topology/thread_siblings_list", "0,4\n");
	assert_text(*state, CPU "cpu40/topology/package_cpus", "100,00000004\n");
	assert_text(*state, CPU "cpu40/topology/core_siblings_list", "2,40\n");
	assert_text(*state, CPU "cpu40/topology/core_cpus_list", "40\n");
}

static void package_is_its_physical_id(void **state)
{
	assert_text(*state, CPU "cpu40/topology/physical_package_id", "4\n");
	char *text = cpuinfo_text(&fixture, 0);
	assert_non_null(strstr(text, "physical id\t: 4\nsiblings\t: 2\n"));
	free(text);
}

static void caches_are_shared_by_their_scope(void **state)
{
	assert_text(*state, CPU "cpu0/cache/index0/shared_cpu_list", "0,4\n");
	assert_text(*state, CPU "cpu0/cache/index1/shared_cpu_list", "0-1,4\n");
	assert_text(*state, CPU "cpu0/cache/index1/size", "20480K\n");
}

static void numa_nodes_have_cpus_and_memory(void **state)
{
	assert_text(*state, "sys/devices/system/node/online", "0-1\n");
	assert_text(*state, "sys/devices/system/node/has_memory", "0\n");
	assert_text(*state, "sys/devices/system/node/node1/cpulist", "2,40\n");
	assert_text(*state, "sys/devices/system/node/node1/distance", "21 10\n");
	assert_text(*state, CPU "cpu40/node1", "../../node/node1");
	assert_text(*state, "sys/devices/system/node/node1/cpu40", "../../cpu/cpu40");
}

static void function_behind_a_bridge_is_below_it(void **state)
{
	const struct tree_file *config = find(*state, CONFIG);

	assert_ptr_equal(config->ops, &pcifile_sysfs_ops);
	assert_int_equal(config->number, 1);
	assert_int_equal(config->size, 256);
	assert_text(*state, "sys/bus/pci/devices/0000:05:00.1",
		"../../../devices/pci0000:00/0000:00:03.0/0000:05:00.1");
}

static void function_says_who_it_is(void **state)
{
#define DIR "sys/devices/pci0000:00/0000:00:03.0/0000:05:00.1/"
	assert_text(*state, DIR "vendor", "0x8086\n");
	assert_text(*state, DIR "device", "0x3ce0\n");
	assert_text(*state, DIR "class", "0x088000\n");
	assert_text(*state, DIR "revision", "0x07\n");
	assert_text(*state, DIR "subsystem_vendor", "0x103c\n");
	assert_text(*state, DIR "local_cpulist", "2,40\n");
	assert_text(
		*state, DIR "modalias", "pci:v00008086d00003CE0sv0000103Csd00000000bc08sc80i00\n");
#undef DIR
	assert_text(*state, "sys/devices/pci0001:7f/0001:7f:10.0/numa_node", "-1\n");
	assert_text(*state, "sys/devices/pci0001:7f/0001:7f:10.0/local_cpulist", "0-2,4,40\n");
}

static void proc_names_the_domain_when_it_is_not_zero(void **state)
{
	assert_ptr_equal(find(*state, "proc/bus/pci/05/00.1")->ops, &pcifile_proc_ops);
	assert_int_equal(find(*state, "proc/bus/pci/0001:7f/10.0")->size, 4096);
}

static void proc_list_has_a_line_of_eighteen_fields_for_each_function(void **state)
{
	const char *line = strstr(find(*state, "proc/bus/pci/devices")->text, "\n7f80\t");
	unsigned tabs = 0;

	assert_non_null(line);
	assert_memory_equal(line, "\n7f80\t80863cb4\tb\t               c\t               0\t", 46);
	for (const char *at = line + 1; *at != '\n'; at++)
		tabs += *at == '\t';
	assert_int_equal(tabs, 17);
}

static void control_files_can_be_reached_from_inside(void **state)
{
	assert_ptr_equal(find(*state, "sim/clock")->ops, &clockfile_ops);
	assert_ptr_equal(find(*state, "sim/log")->ops, &logfile_ops);
	assert_ptr_equal(find(*state, "sys/devices/sim/log")->ops, &logfile_ops);
	assert_text(*state, "sim/workload", "# of 2 packages\n");
	assert_text(*state, "sys/devices/sim/origin", "made up\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_is_found_where_it_was_put),
		cmocka_unit_test(directory_keeps_the_order_of_its_files),
		cmocka_unit_test(new_directory_has_the_mode_of_the_one_it_is_in),
		cmocka_unit_test(each_node_has_a_boot_of_its_own),
		cmocka_unit_test(frequency_is_that_of_the_moment),
		cmocka_unit_test(proc_stat_is_what_the_workload_did),
		cmocka_unit_test_setup_teardown(
			devtmpfs_lists_the_newest_first, make_tree, free_tree),
		cmocka_unit_test_setup_teardown(
			what_a_node_has_nothing_to_say_about_is_empty, make_tree, free_tree),
		cmocka_unit_test_setup_teardown(
			sensors_are_where_their_drivers_put_them, make_tree, free_tree),
		cmocka_unit_test_setup_teardown(
			firmware_says_which_buses_there_are, make_tree, free_tree),
		cmocka_unit_test(cpuinfo_shows_online_cpus_only),
		cmocka_unit_test(cpu_lists_tell_present_from_online),
		cmocka_unit_test(offline_cpu_has_no_device_file_and_no_topology),
		cmocka_unit_test(masks_are_written_as_the_kernel_writes_them),
		cmocka_unit_test(package_is_its_physical_id),
		cmocka_unit_test(caches_are_shared_by_their_scope),
		cmocka_unit_test(numa_nodes_have_cpus_and_memory),
		cmocka_unit_test(function_behind_a_bridge_is_below_it),
		cmocka_unit_test(function_says_who_it_is),
		cmocka_unit_test(proc_names_the_domain_when_it_is_not_zero),
		cmocka_unit_test(proc_list_has_a_line_of_eighteen_fields_for_each_function),
		cmocka_unit_test(control_files_can_be_reached_from_inside),
	};

	return cmocka_run_group_tests(tests, make_tree, free_tree);
}
