/* SPDX-License-Identifier: MIT */
/* Device files of the simulated node answer as the kernel's do, call by call. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

#include "fake_machine.h"
#include "fuse-msr/tree/file.h"

enum { CARDBUS = 1 };

static uint8_t plain_config[256], cardbus_config[256] = {[0x0e] = 0x82};
static struct fixture_function functions[] = {
	{.size = 256, .config = plain_config},
	[CARDBUS] = {.size = 256, .config = cardbus_config},
};
static const struct fixture fixture = {.functions = functions, .n_functions = 2};

/* Reads and writes of one file; handle is what a privileged opener of config space has. */
struct door {
	const struct file_ops *ops;
	uint32_t number;
	size_t size;
	uint64_t handle;
};

static const struct door msr = {.ops = &msrfile_ops};
static const struct door msr_of_cpu_3 = {.ops = &msrfile_ops, .number = 3};
static const struct door proc = {.ops = &pcifile_proc_ops, .size = 256, .handle = 256};
static const struct door sysfs = {.ops = &pcifile_sysfs_ops, .size = 256, .handle = 256};
static const struct door header = {.ops = &pcifile_sysfs_ops, .size = 256, .handle = 64};
static const struct door clock_door = {.ops = &clockfile_ops};
static const struct door log_door = {.ops = &logfile_ops};

static ssize_t read_at(const struct door *door, struct machine *machine, void *buffer, size_t count,
	uint64_t offset)
{
	const struct file_node node = {.machine = machine, .tap = tap_machine_new(machine)};
	const struct tree_file file = {
		.ops = door->ops, .number = door->number, .size = door->size};

	assert_non_null(node.tap);
	ssize_t done = file_read(&node, &file, door->handle, buffer, count, offset);
	tap_free(node.tap);
	return done;
}

static ssize_t write_at(const struct door *door, struct machine *machine, const void *buffer,
	size_t count, uint64_t offset)
{
	const struct file_node node = {.machine = machine, .tap = tap_machine_new(machine)};
	const struct tree_file file = {
		.ops = door->ops, .number = door->number, .size = door->size};

	assert_non_null(node.tap);
	ssize_t done = file_write(&node, &file, 0, buffer, count, offset);
	tap_free(node.tap);
	return done;
}

static void msr_count_that_is_no_multiple_of_eight_is_invalid(void **state)
{
	struct machine machine = {.reads_left = 9};
	uint8_t buffer[16];

	(void)state;
	assert_int_equal(read_at(&msr, &machine, buffer, 4, 0x10), -EINVAL);
	assert_int_equal(read_at(&msr, &machine, buffer, 12, 0x10), -EINVAL);
	assert_int_equal(write_at(&msr, &machine, buffer, 12, 0x10), -EINVAL);
	assert_int_equal(machine.reads_left, 9);
}

static void msr_read_of_nothing_touches_no_register(void **state)
{
	struct machine machine = {.reads_left = 0};

	(void)state;
	assert_int_equal(read_at(&msr, &machine, NULL, 0, 0x10), 0);
}

static void msr_read_of_sixteen_is_the_same_register_twice(void **state)
{
	struct machine machine = {.reads_left = 9};
	uint64_t values[2] = {0};

	(void)state;
	assert_int_equal(read_at(&msr, &machine, values, 16, 0x611), 16);
	assert_int_equal(values[0], 0x611);
	assert_int_equal(values[1], 0x611);
}

static void msr_address_is_the_low_half_of_the_offset(void **state)
{
	struct machine machine = {.reads_left = 9};
	uint64_t value = 0;

	(void)state;
	assert_int_equal(read_at(&msr, &machine, &value, 8, 0x100000611), 8);
	assert_int_equal(value, 0x611);
}

static void msr_fault_is_an_error_first_and_a_short_count_later(void **state)
{
	struct machine machine = {.reads_left = 1};
	uint8_t buffer[24];

	(void)state;
	assert_int_equal(read_at(&msr, &machine, buffer, 24, 0x10), 8);
	assert_int_equal(read_at(&msr, &machine, buffer, 24, 0x10), -EIO);
	machine.reads_left = 2;
	memset(buffer, 0x11, sizeof buffer);
	assert_int_equal(write_at(&msr_of_cpu_3, &machine, buffer, 24, 0x38f), 16);
	assert_string_equal(machine.log, "3:38f=1111111111111111 3:38f=1111111111111111 ");
}

static void config_ranges_are_cut_into_the_cycles_of_the_kernel(void **state)
{
	static const struct {
		uint32_t offset, count;
		const char *cycles;
	} cases[] = {
		{0xd9, 4, "d9/1 da/2 dc/1 "},
		{0xa0, 4, "a0/4 "},
		{0xa0, 8, "a0/4 a4/4 "},
		{0xa2, 2, "a2/2 "},
		{0xa2, 6, "a2/2 a4/4 "},
		{0xa1, 1, "a1/1 "},
		{0xa3, 5, "a3/1 a4/4 "},
		{0xa0, 3, "a0/2 a2/1 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct machine machine = {0};
		uint8_t buffer[8];
		assert_int_equal(read_at(&sysfs, &machine, buffer, cases[i].count, cases[i].offset),
			cases[i].count);
		assert_string_equal(machine.log, cases[i].cycles);
		for (uint32_t j = 0; j < cases[i].count; j++)
			assert_int_equal(buffer[j], cases[i].offset + j);
	}
}

static void config_ends_at_its_limit(void **state)
{
	struct machine machine = {0};
	uint8_t buffer[64];

	(void)state;
	assert_int_equal(read_at(&sysfs, &machine, buffer, 4, 0xfe), 2);
	assert_int_equal(read_at(&header, &machine, buffer, 64, 0x20), 32);
	assert_int_equal(read_at(&header, &machine, buffer, 4, 0x40), 0);
	assert_int_equal(read_at(&header, &machine, buffer, 4, 0x100000000), 0);
}

static void config_is_written_in_the_same_cycles(void **state)
{
	struct machine machine = {0};
	static const uint8_t bytes[] = {1, 2, 3, 4, 5};

	(void)state;
	assert_int_equal(write_at(&proc, &machine, bytes, sizeof bytes, 0xd7), 5);
	assert_string_equal(machine.log, "d7/1=1 d8/4=5040302 ");
	machine.log[0] = '\0';
	assert_int_equal(write_at(&proc, &machine, bytes, 4, 0xfe), 2);
	assert_string_equal(machine.log, "fe/2=201 ");
}

static void write_past_the_end_is_nothing_in_proc_and_too_big_in_sysfs(void **state)
{
	struct machine machine = {0};
	static const uint8_t bytes[4];

	(void)state;
	assert_int_equal(write_at(&proc, &machine, bytes, 4, 256), 0);
	assert_int_equal(write_at(&sysfs, &machine, bytes, 4, 256), -EFBIG);
	assert_string_equal(machine.log, "");
}

static uint64_t bit(int capability)
{
	return UINT64_C(1) << capability;
}

static int open_as(uint64_t capabilities, const struct tree_file *file, int flags)
{
	const struct file_node node = {.fixture = &fixture};
	const struct caller caller = {.capabilities = capabilities};
	uint64_t handle;

	return file_open(&node, file, flags, &caller, &handle);
}

static uint64_t limit_of(const struct tree_file *file, uint64_t capabilities)
{
	const struct file_node node = {.fixture = &fixture};
	const struct caller caller = {.capabilities = capabilities};
	uint64_t handle;

	assert_int_equal(file_open(&node, file, O_RDONLY, &caller, &handle), 0);
	return handle;
}

static void readers_without_privileges_see_the_header_only(void **state)
{
	struct tree_file config = {.ops = &pcifile_sysfs_ops, .mode = S_IFREG | 0644};

	(void)state;
	assert_int_equal(limit_of(&config, bit(CAP_SYS_ADMIN)), 256);
	assert_int_equal(limit_of(&config, 0), 64);
	assert_int_equal(limit_of(&config, bit(CAP_DAC_OVERRIDE)), 64);
	config.number = CARDBUS;
	assert_int_equal(limit_of(&config, 0), 128);
	config.ops = &pcifile_proc_ops;
	assert_int_equal(limit_of(&config, 0), 128);
}

static void clock_tells_and_is_moved(void **state)
{
	struct machine machine = {.ns = 5};
	char text[32] = "";

	(void)state;
	assert_int_equal(write_at(&clock_door, &machine, "+1.5s\n", 6, 0), 6);
	assert_int_equal(write_at(&clock_door, &machine, "+20", 3, 0), 3);
	assert_int_equal(read_at(&clock_door, &machine, text, sizeof text, 0), 11);
	assert_string_equal(text, "1500000025\n");
	assert_int_equal(read_at(&clock_door, &machine, text, sizeof text, 11), 0);
}

static void log_is_read_in_any_pieces(void **state)
{
	struct machine machine = {.log = "one reason\nanother\n"};
	char text[8];

	(void)state;
	assert_int_equal(read_at(&log_door, &machine, text, 8, 0), 8);
	assert_memory_equal(text, "one reas", 8);
	assert_int_equal(read_at(&log_door, &machine, text, 8, 16), 3);
	assert_memory_equal(text, "er\n", 3);
	assert_int_equal(read_at(&log_door, &machine, text, 8, 19), 0);
	assert_int_equal(read_at(&log_door, &machine, text, 8, 1000), 0);
	assert_int_equal(write_at(&log_door, &machine, "x", 1, 0), -EIO);
}

static void clock_refuses_what_is_no_step_forward(void **state)
{
	static const char *const texts[] = {"", "+", "5", "-5", "+s", "+.s", "+1.s", "+1.5", "+ 5",
		"+1.0000000001s", "+1,5s", "+99999999999999999999", "+18446744074s"};
	struct machine machine = {0};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(
			write_at(&clock_door, &machine, texts[i], strlen(texts[i]), 0), -EINVAL);
	assert_int_equal(machine.ns, 0);
	assert_int_equal(write_at(&clock_door, &machine, "+0.000000001s", 13, 0), 13);
	assert_int_equal(machine.ns, 1);
}

static void clock_is_moved_by_its_owner_whatever_he_has_on_the_node(void **state)
{
	static const struct tree_file file = {.ops = &clockfile_ops, .mode = S_IFREG | 0644};
	static const struct caller owner = {.is_starter = true},
				   root = {.capabilities = CALLER_ROOT};

	(void)state;
	assert_int_equal(file_access(&file, R_OK | W_OK, &owner), 0);
	assert_int_equal(file_access(&file, X_OK, &owner), -EACCES);
	assert_int_equal(file_access(&file, R_OK, &root), 0);
	assert_int_equal(file_access(&file, W_OK, &root), -EACCES);
}

static void msr_opens_for_those_with_both_capabilities(void **state)
{
	static const struct tree_file file = {.ops = &msrfile_ops, .mode = S_IFREG | 0600};

	(void)state;
	assert_int_equal(open_as(0, &file, O_RDONLY), -EACCES);
	assert_int_equal(open_as(bit(CAP_SYS_RAWIO), &file, O_RDWR), -EACCES);
	assert_int_equal(open_as(bit(CAP_DAC_OVERRIDE), &file, O_RDWR), -EPERM);
	assert_int_equal(open_as(bit(CAP_DAC_OVERRIDE) | bit(CAP_SYS_RAWIO), &file, O_RDWR), 0);
}

static void root_owns_the_files_whatever_else_it_has(void **state)
{
	static const struct tree_file msr_file = {.ops = &msrfile_ops, .mode = S_IFREG | 0600};
	static const struct tree_file dir = {.mode = S_IFDIR | 0755};
	const struct caller bare = {.is_root = true};
	const struct caller opener = {.is_root = true, .capabilities = bit(CAP_SYS_RAWIO)};
	const struct file_node node = {.fixture = &fixture};
	uint64_t handle;

	(void)state;
	assert_int_equal(file_access(&msr_file, R_OK | W_OK, &bare), 0);
	assert_int_equal(file_access(&msr_file, X_OK, &bare), -EACCES);
	assert_int_equal(file_access(&dir, R_OK | W_OK | X_OK, &bare), 0);
	assert_int_equal(file_open(&node, &msr_file, O_RDWR, &bare, &handle), -EPERM);
	assert_int_equal(file_open(&node, &msr_file, O_RDWR, &opener, &handle), 0);
}

static void capability_to_read_and_search_lets_read(void **state)
{
	static const struct tree_file file = {.ops = &msrfile_ops, .mode = S_IFREG | 0600};
	const uint64_t capabilities = bit(CAP_DAC_READ_SEARCH) | bit(CAP_SYS_RAWIO);

	(void)state;
	assert_int_equal(open_as(capabilities, &file, O_RDONLY), 0);
	assert_int_equal(open_as(capabilities, &file, O_RDWR), -EACCES);
	assert_int_equal(open_as(capabilities, &file, O_WRONLY), -EACCES);
}

static void config_opens_for_everybody_to_read(void **state)
{
	static const struct tree_file config = {.ops = &pcifile_sysfs_ops, .mode = S_IFREG | 0644};

	(void)state;
	assert_int_equal(open_as(0, &config, O_RDONLY), 0);
	assert_int_equal(open_as(0, &config, O_RDWR), -EACCES);
	assert_int_equal(open_as(bit(CAP_DAC_OVERRIDE), &config, O_RDWR), 0);
}

static void text_is_read_in_parts_and_written_by_nobody(void **state)
{
	static const struct tree_file text = {
		.ops = &textfile_ops, .mode = S_IFREG | 0444, .text = (char *)"hello", .size = 5};
	static const struct caller nobody = {0}, root = {.capabilities = CALLER_ROOT};
	static const struct file_node node = {0};
	char buffer[8] = "";

	(void)state;
	assert_int_equal(open_as(0, &text, O_RDONLY), 0);
	assert_int_equal(open_as(CALLER_ROOT, &text, O_WRONLY), -EACCES);
	assert_int_equal(file_access(&text, R_OK, &nobody), 0);
	assert_int_equal(file_access(&text, X_OK, &root), -EACCES);
	assert_int_equal(file_read(&node, &text, 0, (uint8_t *)buffer, sizeof buffer, 3), 2);
	assert_string_equal(buffer, "lo");
	assert_int_equal(file_read(&node, &text, 0, (uint8_t *)buffer, sizeof buffer, 5), 0);
}

static void text_in_proc_is_opened_by_root_and_takes_nothing(void **state)
{
	static const struct tree_file text = {.ops = &textfile_proc_ops,
		.mode = S_IFREG | 0444,
		.text = (char *)"hello",
		.size = 5};
	static const struct caller root = {.capabilities = CALLER_ROOT, .is_root = true};
	static const struct caller bare = {.is_root = true};

	(void)state;
	assert_int_equal(open_as(0, &text, O_RDONLY), 0);
	assert_int_equal(open_as(0, &text, O_WRONLY), -EACCES);
	assert_int_equal(file_access(&text, W_OK, &bare), -EACCES);
	assert_int_equal(file_access(&text, W_OK, &root), 0);
	assert_int_equal(open_as(bit(CAP_DAC_OVERRIDE), &text, O_RDWR), 0);
	assert_int_equal(file_write(NULL, &text, 0, (const uint8_t *)"x", 1, 0), -EIO);
}

static void directory_and_link_are_no_files_to_read(void **state)
{
	static const struct tree_file dir = {.mode = S_IFDIR | 0755};
	static const struct caller nobody = {0};
	uint8_t byte;

	(void)state;
	assert_int_equal(file_access(&dir, R_OK | X_OK, &nobody), 0);
	assert_int_equal(file_access(&dir, W_OK, &nobody), -EACCES);
	assert_int_equal(file_read(NULL, &dir, 0, &byte, 1, 0), -EINVAL);
	assert_int_equal(file_write(NULL, &dir, 0, &byte, 1, 0), -EIO);
}

static void capabilities_of_this_process_are_found(void **state)
{
	int fd = open("/proc", O_PATH | O_CLOEXEC);
	ino_t here = caller_user_namespace(fd, getpid());

	(void)state;
	assert_int_not_equal(here, 0);
	assert_int_equal(caller_capabilities(fd, getpid(), here, "CapEff") != 0, geteuid() == 0);
	assert_int_equal(caller_capabilities(fd, getpid(), here + 1, "CapEff"), 0);
	assert_int_equal(caller_capabilities(fd, 0, here, "CapEff"), 0);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(msr_count_that_is_no_multiple_of_eight_is_invalid),
		cmocka_unit_test(msr_read_of_nothing_touches_no_register),
		cmocka_unit_test(msr_read_of_sixteen_is_the_same_register_twice),
		cmocka_unit_test(msr_address_is_the_low_half_of_the_offset),
		cmocka_unit_test(msr_fault_is_an_error_first_and_a_short_count_later),
		cmocka_unit_test(config_ranges_are_cut_into_the_cycles_of_the_kernel),
		cmocka_unit_test(config_ends_at_its_limit),
		cmocka_unit_test(config_is_written_in_the_same_cycles),
		cmocka_unit_test(write_past_the_end_is_nothing_in_proc_and_too_big_in_sysfs),
		cmocka_unit_test(readers_without_privileges_see_the_header_only),
		cmocka_unit_test(clock_tells_and_is_moved),
		cmocka_unit_test(log_is_read_in_any_pieces),
		cmocka_unit_test(clock_refuses_what_is_no_step_forward),
		cmocka_unit_test(clock_is_moved_by_its_owner_whatever_he_has_on_the_node),
		cmocka_unit_test(msr_opens_for_those_with_both_capabilities),
		cmocka_unit_test(root_owns_the_files_whatever_else_it_has),
		cmocka_unit_test(capability_to_read_and_search_lets_read),
		cmocka_unit_test(config_opens_for_everybody_to_read),
		cmocka_unit_test(text_is_read_in_parts_and_written_by_nobody),
		cmocka_unit_test(text_in_proc_is_opened_by_root_and_takes_nothing),
		cmocka_unit_test(directory_and_link_are_no_files_to_read),
		cmocka_unit_test(capabilities_of_this_process_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
