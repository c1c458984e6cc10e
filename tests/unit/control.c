/* SPDX-License-Identifier: MIT */
/* What befalls a node, on its machine and in its files, by a clock that stands still. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/pci.h>
#include <sys/stat.h>

#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/update.h"
#include "sim_node.h"

#define CPU	   "sys/devices/system/cpu/"
#define PKG_ENERGY 0x611
#define THERM	   0x19C

struct befallen {
	struct sim_node node;
	struct fixture_numa_node numa;
	uint32_t distance;
	struct fixture_event events[4];
	struct fault *fault;
	struct control *control;
	struct file_node files;
	unsigned n_entries, n_texts; /* that have changed */
};

static void note_change(void *context, uint32_t file, unsigned changes)
{
	struct befallen *befallen = context;

	(void)file;
	befallen->n_entries += (changes & TREE_ENTRY) != 0;
	befallen->n_texts += (changes & TREE_TEXT) != 0;
}

static void begin(struct befallen *befallen)
{
	struct sim_node *node = &befallen->node;

	node_start(node, MACHINE_CLOCK_MANUAL);
	befallen->fault = fault_new(node->machine, tap_machine_new(node->machine));
	befallen->control = control_new(&node->fixture, node->machine, befallen->fault);
	assert_non_null(befallen->control);
	control_watch(befallen->control, note_change, befallen);
	befallen->files = (struct file_node){
		.fixture = &node->fixture,
		.machine = node->machine,
		.tap = fault_tap(befallen->fault),
		.control = befallen->control,
	};
}

static int setup_without(void **state)
{
	struct befallen *befallen = test_malloc(sizeof *befallen);

	memset(befallen, 0, sizeof *befallen);
	node_init(&befallen->node, 1);
	befallen->distance = 10;
	befallen->numa.distances = &befallen->distance;
	befallen->node.fixture.numa_nodes = &befallen->numa;
	befallen->node.fixture.n_numa_nodes = 1;
	befallen->node.fixture.model_name = (char *)"a CPU";
	*state = befallen;
	return 0;
}

static int setup(void **state)
{
	setup_without(state);
	begin(*state);
	return 0;
}

static int teardown(void **state)
{
	struct befallen *befallen = *state;

	control_free(befallen->control);
	tap_free(fault_tap(befallen->fault));
	node_stop(&befallen->node);
	test_free(befallen);
	return 0;
}

static void give(struct befallen *befallen, const char *line)
{
	char error[DIRECTIVE_ERROR_SIZE];

	if (control_apply(befallen->control, line, error) < 0)
		fail_msg("%s: %s", line, error);
}

static void assert_refused(struct befallen *befallen, const char *line, const char *why)
{
	char error[DIRECTIVE_ERROR_SIZE], text[2048] = "";
	FILE *out = fmemopen(text, sizeof text, "w");

	assert_int_equal(control_apply(befallen->control, line, error), -EINVAL);
	if (!strstr(error, why))
		fail_msg("'%s' is refused with '%s', not with '%s'", line, error, why);
	assert_non_null(out);
	control_write(befallen->control, true, out);
	fclose(out);
	assert_ptr_equal(strstr(text, "# refused: "), text);
	assert_non_null(strstr(text, why));
}

static const struct tree_file *find(struct befallen *befallen, const char *path)
{
	struct tree *tree = control_tree(befallen->control);
	uint32_t index = tree_find(tree, path);

	return index == TREE_NONE ? NULL : &tree->files[index];
}

static uint64_t value_of(struct befallen *befallen, uint32_t cpu, uint32_t reg)
{
	const struct tree_file file = {.ops = &msrfile_ops, .number = cpu};
	uint64_t value = 0;

	assert_int_equal(file_read(&befallen->files, &file, 0, (uint8_t *)&value, 8, reg), 8);
	return value;
}

static ssize_t write_of(struct befallen *befallen, uint32_t cpu, uint32_t reg, uint64_t value)
{
	const struct tree_file file = {.ops = &msrfile_ops, .number = cpu};

	return file_write(&befallen->files, &file, 0, (const uint8_t *)&value, 8, reg);
}

static void register_goes_on_from_the_value_it_was_given(void **state)
{
	struct befallen *befallen = *state;

	node_advance(&befallen->node, SECOND);
	give(befallen, "0 0x611 100");
	assert_int_equal(value_of(befallen, 0, PKG_ENERGY), 100);
	node_advance(&befallen->node, SECOND);
	assert_int_equal(value_of(befallen, 0, PKG_ENERGY), 100 + 96 * 65536);
	assert_refused(befallen, "0 0x611 0x100000000", "has bits that register 0x611 has not");
}

static void thermometer_keeps_the_value_it_was_given_until_it_is_released(void **state)
{
	struct befallen *befallen = *state;
	uint64_t before = value_of(befallen, 1, THERM);

	give(befallen, "1 0x19c 0x88000003");
	node_advance(&befallen->node, SECOND);
	assert_int_equal(value_of(befallen, 1, THERM), 0x88000003);
	give(befallen, "1 0x19c 0x88000002");
	assert_int_equal(value_of(befallen, 1, THERM), 0x88000002);
	assert_refused(befallen, "hold 1 0x5f0", "what shall it be held at?");
	give(befallen, "release 1 0x19c");
	assert_int_equal(value_of(befallen, 1, THERM), before);
	assert_refused(befallen, "release 1 0x19c", "register 0x19c is not held there");
}

static void events_come_in_their_time_whoever_looks_when(void **state)
{
	struct befallen *befallen = *state;

	befallen->events[0] = (struct fixture_event){.text = (char *)"all 0x611 1000"};
	befallen->events[1] = (struct fixture_event){2 * SECOND, (char *)"0 0x611 0", 2};
	befallen->events[2] = (struct fixture_event){2 * SECOND, (char *)"0 0x611 5", 3};
	befallen->events[3] = (struct fixture_event){3 * SECOND, (char *)"offline 3 for=1s", 4};
	befallen->node.fixture.events = befallen->events;
	befallen->node.fixture.n_events = 4;
	begin(befallen);

	assert_int_equal(value_of(befallen, 0, PKG_ENERGY), 1000);
	node_advance(&befallen->node, SECOND);
	assert_int_equal(value_of(befallen, 0, PKG_ENERGY), 1000 + 96 * 65536);
	/* nobody looks at 2 s */
	node_advance(&befallen->node, SECOND + SECOND / 2);
	assert_int_equal(value_of(befallen, 0, PKG_ENERGY), 5 + 48 * 65536);
	assert_true(machine_cpu_is_online(befallen->node.machine, 3));
	node_advance(&befallen->node, SECOND / 2);
	control_due(befallen->control);
	assert_false(machine_cpu_is_online(befallen->node.machine, 3));
	node_advance(&befallen->node, SECOND);
	control_due(befallen->control);
	assert_true(machine_cpu_is_online(befallen->node.machine, 3));
}

static bool cpuinfo_says(struct befallen *befallen, const char *line)
{
	static char text[16384];
	const struct caller nobody = {0};
	const struct tree_file *file = find(befallen, "proc/cpuinfo");
	uint64_t handle;

	assert_int_equal(file_open(&befallen->files, file, O_RDONLY, &nobody, &handle), 0);
	ssize_t n = file_read(&befallen->files, file, handle, (uint8_t *)text, sizeof text - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	file_release(file, handle);
	return strstr(text, line);
}

static void cpu_that_goes_offline_takes_its_files_along(void **state)
{
	struct befallen *befallen = *state;

	give(befallen, "offline 1");
	assert_null(find(befallen, "dev/cpu/1/msr"));
	assert_null(find(befallen, "dev/cpu/1"));
	assert_null(find(befallen, CPU "cpu1/topology"));
	assert_non_null(find(befallen, CPU "cpu1/online"));
	assert_string_equal(find(befallen, CPU "online")->text, "0,2-3\n");
	assert_string_equal(find(befallen, CPU "offline")->text, "1\n");
	assert_string_equal(find(befallen, CPU "cpu0/topology/core_siblings_list")->text, "0\n");
	assert_false(cpuinfo_says(befallen, "processor\t: 1\n"));
	assert_true(cpuinfo_says(befallen, "processor\t: 2\n"));
	assert_true(befallen->n_entries > 0 && befallen->n_texts > 0);
	give(befallen, "online 1");
	assert_non_null(find(befallen, "dev/cpu/1/msr"));
	assert_string_equal(find(befallen, CPU "online")->text, "0-3\n");
	assert_refused(befallen, "offline 0-1", "CPU 0 can't go offline");
	assert_true(machine_cpu_is_online(befallen->node.machine, 1));
}

static void what_is_no_change_tells_nobody(void **state)
{
	struct befallen *befallen = *state;

	give(befallen, "online all");
	assert_int_equal(befallen->n_entries + befallen->n_texts, 0);
}

static void boot_is_the_same_whatever_changes(void **state)
{
	struct befallen *befallen = *state;
	char *before =
		test_malloc(1 + strlen(find(befallen, "proc/sys/kernel/random/boot_id")->text));

	strcpy(before, find(befallen, "proc/sys/kernel/random/boot_id")->text);
	give(befallen, "offline 1");
	assert_string_equal(find(befallen, "proc/sys/kernel/random/boot_id")->text, before);
	test_free(before);
}

static void hidden_function_is_nowhere_and_an_open_file_of_it_fails(void **state)
{
	const struct tree_file sysfs = {
		.ops = &pcifile_sysfs_ops, .number = NODE_IMC0, .size = 4096};
	const struct tree_file proc = {.ops = &pcifile_proc_ops, .number = NODE_IMC0, .size = 4096};
	struct befallen *befallen = *state;
	uint8_t buffer[4] = {0};
	struct file_ioctl ioctl = {.command = PCIIOC_CONTROLLER};

	give(befallen, "hide 7f:10.0");
	assert_null(find(befallen, "sys/devices/pci0000:7f/0000:7f:10.0"));
	assert_null(find(befallen, "sys/bus/pci/devices/0000:7f:10.0"));
	assert_null(find(befallen, "proc/bus/pci/7f/10.0"));
	assert_null(strstr(find(befallen, "proc/bus/pci/devices")->text, "7f80\t"));
	assert_non_null(find(befallen, "proc/bus/pci/ff/10.0"));
	assert_int_equal(file_read(&befallen->files, &sysfs, 4096, buffer, 4, 0), -ENODEV);
	assert_int_equal(file_write(&befallen->files, &sysfs, 0, buffer, 4, 0xd8), -ENODEV);
	assert_int_equal(file_read(&befallen->files, &proc, 4096, buffer, 4, 0), -EIO);
	assert_int_equal(file_write(&befallen->files, &proc, 0, buffer, 4, 0xd8), -EIO);
	assert_int_equal(file_ioctl(&befallen->files, &proc, 4096, &ioctl), -ENOTTY);
}

static void file_of_a_function_that_went_stays_dead_when_it_comes_back(void **state)
{
	const char *const paths[] = {
		"sys/devices/pci0000:7f/0000:7f:10.0/config", "proc/bus/pci/7f/10.0"};
	const int errors[] = {-ENODEV, -EIO};
	const struct caller root = {.capabilities = CALLER_ROOT, .is_root = true};
	struct befallen *befallen = *state;
	uint8_t buffer[4] = {0};

	for (unsigned i = 0; i < 2; i++) {
		uint64_t before, after;
		const struct tree_file *file = find(befallen, paths[i]);

		assert_int_equal(file_open(&befallen->files, file, O_RDWR, &root, &before), 0);
		give(befallen, "hide 7f:10.0");
		give(befallen, "show 8086:3cb0");
		give(befallen, "show 8086:3cb0"); /* is there already */
		file = find(befallen, paths[i]);
		assert_int_equal(file_open(&befallen->files, file, O_RDWR, &root, &after), 0);
		assert_int_equal(file_read(&befallen->files, file, after, buffer, 4, 0), 4);
		assert_int_equal(
			file_read(&befallen->files, file, before, buffer, 4, 0), errors[i]);
		assert_int_equal(
			file_write(&befallen->files, file, before, buffer, 4, 0xd8), errors[i]);
		assert_int_equal(file_write(&befallen->files, file, after, buffer, 4, 0xd8), 4);
	}
}

static void file_vanishes_and_returns(void **state)
{
	struct befallen *befallen = *state;

	give(befallen, "vanish /dev/cpu/[12]/msr");
	assert_null(find(befallen, "dev/cpu/1/msr"));
	assert_non_null(find(befallen, "dev/cpu/1"));
	assert_non_null(find(befallen, "dev/cpu/0/msr"));
	give(befallen, "offline 3");
	assert_null(find(befallen, "dev/cpu/2/msr"));
	give(befallen, "return /dev/cpu/[12]/msr");
	assert_non_null(find(befallen, "dev/cpu/2/msr"));
	/* one of them for the second time */
	give(befallen, "vanish /dev/cpu/1/msr");
	give(befallen, "vanish /dev/cpu/*/msr");
	assert_null(find(befallen, "dev/cpu/1/msr"));
	assert_null(find(befallen, "dev/cpu/2/msr"));
	give(befallen, "return /dev/cpu/*/msr");
	assert_null(find(befallen, "dev/cpu/1/msr"));
	assert_non_null(find(befallen, "dev/cpu/2/msr"));
	give(befallen, "return /dev/cpu/1/msr");
	assert_non_null(find(befallen, "dev/cpu/1/msr"));
	assert_refused(befallen, "vanish /dev/cpu/9/msr", "the node has no file /dev/cpu/9/msr");
	assert_refused(befallen, "return /dev/cpu/9/msr", "has not vanished");
}

static void opening_fails_as_it_is_told(void **state)
{
	const struct caller root = {.capabilities = CALLER_ROOT, .is_root = true}, nobody = {0};
	struct befallen *befallen = *state;
	const struct tree_file *file = find(befallen, "dev/cpu/1/msr");
	uint64_t handle;

	give(befallen, "open /dev/cpu/*/msr EIO nth=2");
	assert_int_equal(file_open(&befallen->files, file, O_RDONLY, &root, &handle), 0);
	assert_int_equal(file_open(&befallen->files, file, O_RDONLY, &nobody, &handle), -EACCES);
	assert_int_equal(file_open(&befallen->files, file, O_RDONLY, &root, &handle), -EIO);
	assert_int_equal(file_open(&befallen->files, file, O_RDONLY, &root, &handle), 0);
	give(befallen, "open /dev/cpu/1/msr EPERM");
	assert_int_equal(file_open(&befallen->files, file, O_RDONLY, &root, &handle), -EPERM);
	give(befallen, "clear 2");
	assert_int_equal(file_open(&befallen->files, file, O_RDONLY, &root, &handle), 0);
	assert_refused(befallen, "clear 2", "there is no fault 2: sim/fault lists them");
}

static void locked_down_kernel_refuses_writes_and_no_reads(void **state)
{
	const struct tree_file sysfs = {
		.ops = &pcifile_sysfs_ops, .number = NODE_IMC0, .size = 4096};
	struct befallen *befallen = *state;
	uint8_t buffer[4] = {0};

	give(befallen, "lockdown integrity");
	assert_int_equal(write_of(befallen, 0, 0x186, 0), -EPERM);
	value_of(befallen, 0, 0x186);
	assert_int_equal(file_write(&befallen->files, &sysfs, 0, buffer, 4, 0xd8), -EPERM);
	assert_int_equal(file_write(&befallen->files, &sysfs, 0, buffer, 4, 4096), -EFBIG);
	assert_int_equal(file_read(&befallen->files, &sysfs, 4096, buffer, 4, 0xd8), 4);
	give(befallen, "lockdown none");
	assert_int_equal(write_of(befallen, 0, 0x186, 0), 8);
}

static ssize_t write_text(struct befallen *befallen, const char *path, const char *text)
{
	return file_write(
		&befallen->files, find(befallen, path), 0, (const uint8_t *)text, strlen(text), 0);
}

static void assert_reads(struct befallen *befallen, const char *path, const char *text)
{
	char buffer[64] = "";

	assert_int_equal(file_read(&befallen->files, find(befallen, path), 0, (uint8_t *)buffer,
				 sizeof buffer - 1, 0),
		strlen(text));
	assert_string_equal(buffer, text);
}

static void root_switches_a_cpu_as_linux_lets_him(void **state)
{
	struct befallen *befallen = *state;

	assert_int_equal(write_text(befallen, CPU "cpu2/online", "0\n"), 2);
	assert_reads(befallen, CPU "cpu2/online", "0\n");
	assert_false(machine_cpu_is_online(befallen->node.machine, 2));
	assert_int_equal(write_text(befallen, CPU "cpu2/online", "maybe\n"), -EINVAL);
	assert_int_equal(write_text(befallen, CPU "cpu2/online", "on"), 2);
	assert_reads(befallen, CPU "cpu2/online", "1\n");
	assert_null(find(befallen, CPU "cpu0/online"));
}

static void lockdown_goes_one_way_for_root(void **state)
{
	struct befallen *befallen = *state;
	const char *path = "sys/kernel/security/lockdown";

	assert_reads(befallen, path, "[none] integrity confidentiality\n");
	assert_int_equal(write_text(befallen, path, "full\n"), -EINVAL);
	assert_int_equal(write_text(befallen, path, "integrity\n"), 10);
	assert_reads(befallen, path, "none [integrity] confidentiality\n");
	assert_int_equal(write_text(befallen, path, "none\n"), -EPERM);
}

static void watchdog_holds_a_counter_of_every_cpu_also_of_one_that_comes_later(void **state)
{
	struct befallen *befallen = *state;
	const char *path = "proc/sys/kernel/nmi_watchdog";

	give(befallen, "offline 1");
	assert_reads(befallen, path, "0\n");
	assert_int_equal(write_text(befallen, path, "1\n"), 2);
	assert_reads(befallen, path, "1\n");
	assert_int_equal(value_of(befallen, 0, 0x38D), 0xb0);
	give(befallen, "online 1");
	assert_int_equal(value_of(befallen, 1, 0x38D), 0xb0);
	give(befallen, "watchdog off");
	assert_reads(befallen, path, "0\n");
	assert_int_equal(value_of(befallen, 1, 0x38D), 0);
	give(befallen, "perf 1 0");
	assert_int_equal(value_of(befallen, 1, 0x186), 0x53003c);
	assert_refused(befallen, "perf 1 8", "no general counter 8");
}

static void lines_are_taken_up_to_the_first_that_is_wrong(void **state)
{
	struct befallen *befallen = *state;

	assert_int_equal(write_text(befallen, "sim/registers", "0 0xce 1\n# so\n0 0xce x\n"), 14);
	assert_int_equal(value_of(befallen, 0, 0xCE), 1);
	assert_int_equal(write_text(befallen, "sim/fault", "0 0xce x\n"), -EINVAL);
	assert_int_equal(write_text(befallen, "sim/fault", "\n"), 1);
}

static void who_started_the_node_and_its_root_write_what_befalls_it(void **state)
{
	const struct caller starter = {.is_starter = true}, root = {.is_root = true},
			    other = {.capabilities = CALLER_ROOT};
	struct befallen *befallen = *state;
	const struct tree_file *file = find(befallen, "sys/devices/sim/fault");

	assert_int_equal(file_access(file, R_OK | W_OK, &starter), 0);
	assert_int_equal(file_access(file, R_OK | W_OK, &root), 0);
	assert_int_equal(file_access(file, R_OK, &other), 0);
	assert_int_equal(file_access(file, W_OK, &other), -EACCES);
}

static void list_says_what_is_in_force_and_what_is_to_come(void **state)
{
	struct befallen *befallen = *state;
	char text[512] = "";
	FILE *out = fmemopen(text, sizeof text, "w");

	assert_non_null(out);
	give(befallen, "open /proc/cpuinfo EIO");
	give(befallen, "fail 1 0x10 EIO for=2s");
	give(befallen, "hide 7f:10.0");
	give(befallen, "vanish /dev/cpu/1/msr");
	give(befallen, "lockdown integrity");
	give(befallen, "watchdog on");
	give(befallen, "+1s offline 2");
	give(befallen, "5s 0 0xce 1");
	control_write(befallen->control, false, out);
	fclose(out);
	assert_string_equal(text,
		"2: fail 1 0x10 EIO for=2s\t# 1 devices, 0 accesses, 0 met it\n"
		"1: open /proc/cpuinfo EIO\t# 0 opened, 0 met it\n"
		"vanish /dev/cpu/1/msr\nhide 0000:7f:10.0\nlockdown integrity\nwatchdog on\n"
		"1000000000ns offline 2\n2000000000ns # the end of fail 1 0x10 EIO for=2s\n");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(register_goes_on_from_the_value_it_was_given),
		TEST(thermometer_keeps_the_value_it_was_given_until_it_is_released),
		cmocka_unit_test_setup_teardown(
			events_come_in_their_time_whoever_looks_when, setup_without, teardown),
		TEST(cpu_that_goes_offline_takes_its_files_along),
		TEST(what_is_no_change_tells_nobody),
		TEST(boot_is_the_same_whatever_changes),
		TEST(hidden_function_is_nowhere_and_an_open_file_of_it_fails),
		TEST(file_of_a_function_that_went_stays_dead_when_it_comes_back),
		TEST(file_vanishes_and_returns),
		TEST(opening_fails_as_it_is_told),
		TEST(locked_down_kernel_refuses_writes_and_no_reads),
		TEST(root_switches_a_cpu_as_linux_lets_him),
		TEST(lockdown_goes_one_way_for_root),
		TEST(watchdog_holds_a_counter_of_every_cpu_also_of_one_that_comes_later),
		TEST(lines_are_taken_up_to_the_first_that_is_wrong),
		TEST(who_started_the_node_and_its_root_write_what_befalls_it),
		TEST(list_says_what_is_in_force_and_what_is_to_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
