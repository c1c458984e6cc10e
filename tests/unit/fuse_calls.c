/* SPDX-License-Identifier: MIT */
/* What callers may, what they asked for, and what files answer besides reads and writes. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/pci.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "fake_machine.h"
#include "fuse-msr/tree/asked.h"
#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/manners.h"

#define RDMSR_REGS _IOWR('c', 0xa0, uint32_t[8])
#define WRMSR_REGS _IOWR('c', 0xa1, uint32_t[8])

static uint64_t bit(int capability)
{
	return UINT64_C(1) << capability;
}

static void group_has_the_middle_bits_of_the_mode(void **state)
{
	static const struct caller_file file = {.gid = 1000, .mode = S_IFREG | 0640};
	const struct caller member = {.uid = 7, .groups = {8, 1000}, .n_groups = 2};
	const struct caller other = {.uid = 7, .groups = {8}, .n_groups = 1};

	(void)state;
	assert_true(caller_is_allowed(&member, &file, R_OK));
	assert_false(caller_is_allowed(&member, &file, W_OK));
	assert_false(caller_is_allowed(&other, &file, R_OK));
}

static void owner_has_the_owners_bits_alone(void **state)
{
	static const struct caller_file file = {.uid = 7, .gid = 8, .mode = S_IFREG | 0040};
	const struct caller owner = {.uid = 7, .groups = {8}, .n_groups = 1};
	const struct caller root = {.is_root = true};

	(void)state;
	assert_false(caller_is_allowed(&owner, &file, R_OK));
	assert_false(caller_is_allowed(&root, &file, R_OK));
}

static void mode_is_changed_by_the_owner_or_a_capability(void **state)
{
	static const struct caller_file file = {.mode = S_IFREG | 0600};
	const struct caller root = {.is_root = true}, other = {.uid = 7};
	const struct caller capable = {.uid = 7, .capabilities = bit(CAP_FOWNER)};

	(void)state;
	assert_int_equal(caller_may_chmod(&root, &file), 0);
	assert_int_equal(caller_may_chmod(&other, &file), -EPERM);
	assert_int_equal(caller_may_chmod(&capable, &file), 0);
}

static void times_are_changed_by_the_owner_and_to_now_by_whoever_may_write(void **state)
{
	static const struct caller_file file = {.mode = S_IFREG | 0600};
	static const struct caller_file open = {.mode = S_IFREG | 0666};
	const struct caller root = {.is_root = true}, other = {.uid = 7};
	const struct caller capable = {.uid = 7, .capabilities = bit(CAP_FOWNER)};

	(void)state;
	assert_int_equal(caller_may_touch(&root, &file, false), 0);
	assert_int_equal(caller_may_touch(&capable, &file, false), 0);
	assert_int_equal(caller_may_touch(&other, &file, true), -EACCES);
	assert_int_equal(caller_may_touch(&other, &file, false), -EPERM);
	assert_int_equal(caller_may_touch(&other, &open, true), 0);
	assert_int_equal(caller_may_touch(&other, &open, false), -EPERM);
}

static void owner_is_changed_by_a_capability_and_group_by_its_members(void **state)
{
	static const struct caller_file file = {.uid = 7, .gid = 8, .mode = S_IFREG | 0600};
	const struct caller owner = {.uid = 7, .groups = {8, 9}, .n_groups = 2};
	const struct caller capable = {.uid = 1, .capabilities = bit(CAP_CHOWN)};

	(void)state;
	assert_int_equal(caller_may_chown(&owner, &file, (uid_t)-1, 9), 0);
	assert_int_equal(caller_may_chown(&owner, &file, 7, 8), 0);
	assert_int_equal(caller_may_chown(&owner, &file, 0, (gid_t)-1), -EPERM);
	assert_int_equal(caller_may_chown(&owner, &file, (uid_t)-1, 10), -EPERM);
	assert_int_equal(caller_may_chown(&capable, &file, 0, 0), 0);
}

static void vector_ends_before_a_buffer_that_is_no_register(void **state)
{
	static const struct {
		struct asked asked;
		size_t count, whole;
	} cases[] = {
		{{.n_parts = 0}, 12, 12},
		{{.n_parts = 2, .parts = {8, 4}}, 12, 8},
		{{.n_parts = 3, .parts = {4, 8, 4}}, 16, 0},
		{{.n_parts = 3, .parts = {8, 0, 8}}, 16, 16},
		/* pieces of a long one */
		{{.n_parts = 1, .parts = {4096}}, 1024, 1024},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(asked_whole(&cases[i].asked, 8, cases[i].count), cases[i].whole);
}

/* A child waits in a read of 3 + 5 bytes: what it asked for is seen. */
static void call_of_a_process_that_waits_is_found(void **state)
{
	int proc = open("/proc", O_PATH | O_CLOEXEC), ends[2];
	struct asked asked = {0};

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		char bytes[8];
		struct iovec parts[] = {{bytes, 3}, {bytes, 5}};
		_exit(readv(ends[0], parts, 2) == 1 ? 0 : 1);
	}
	for (int i = 0; i < 5000 && asked.n_parts == 0; i++) {
		asked_find(proc, pid, &asked);
		usleep(1000);
	}
	assert_int_equal(asked.n_parts, 2);
	assert_int_equal(asked.parts[0], 3);
	assert_int_equal(asked.parts[1], 5);
	assert_false(asked.is_access);
	assert_int_equal(write(ends[1], "x", 1), 1);
	close(ends[0]);
	close(ends[1]);
	close(proc);
}

static int call(struct machine *machine, uint64_t handle, uint32_t command, uint32_t registers[8],
	_Atomic int *writes)
{
	const struct file_node node = {
		.machine = machine, .tap = tap_machine_new(machine), .writes = writes};
	const struct tree_file file = {.ops = &msrfile_ops, .number = 3};
	struct file_ioctl ioctl = {
		.command = command, .argument = (uint8_t *)registers, .size = 8 * 4};

	assert_non_null(node.tap);
	int r = file_ioctl(&node, &file, handle, &ioctl);
	tap_free(node.tap);
	return r;
}

static void msr_has_its_two_ioctls(void **state)
{
	struct machine machine = {.reads_left = 9};
	uint32_t registers[8] = {0x55, 0x611, 0x66};

	(void)state;
	assert_int_equal(call(&machine, O_RDONLY, RDMSR_REGS, registers, NULL), 0);
	assert_int_equal(registers[0], 0x611);
	assert_int_equal(registers[2], 0);
	registers[2] = 2;
	assert_int_equal(call(&machine, O_RDWR, WRMSR_REGS, registers, NULL), 0);
	assert_string_equal(machine.log, "3:611=200000611 ");
	assert_int_equal(call(&machine, O_WRONLY, RDMSR_REGS, registers, NULL), -EBADF);
	assert_int_equal(call(&machine, O_RDONLY, WRMSR_REGS, registers, NULL), -EBADF);
	assert_int_equal(call(&machine, O_RDWR, RDMSR_REGS + 2, registers, NULL), -ENOTTY);
}

static void nothing_is_written_when_writes_are_off(void **state)
{
	struct machine machine = {.reads_left = 9};
	_Atomic int writes = MODULE_WRITES_OFF;
	const struct file_node node = {.writes = &writes};
	const struct tree_file msr = {.ops = &msrfile_ops}, file = {.ops = &writesfile_ops};
	uint32_t registers[8] = {0};
	uint8_t text[16] = {0};

	(void)state;
	assert_int_equal(file_write(&node, &msr, 0, text, 8, 0x186), -EPERM);
	assert_int_equal(file_write(&node, &msr, 0, text, 4, 0x186), -EPERM);
	assert_int_equal(call(&machine, O_RDWR, WRMSR_REGS, registers, &writes), -EPERM);
	assert_int_equal(file_read(&node, &file, 0, text, sizeof text, 0), 4);
	assert_memory_equal(text, "off\n", 4);
	assert_int_equal(file_write(&node, &file, 0, (const uint8_t *)"on\n", 3, 0), 3);
	assert_int_equal(writes, MODULE_WRITES_ON);
	assert_int_equal(file_write(&node, &file, 0, (const uint8_t *)"nonsense", 8, 0), 8);
	assert_int_equal(writes, MODULE_WRITES_DEFAULT);
}

static void procs_config_file_has_its_ioctls(void **state)
{
	static struct fixture_function function = {.domain = 2};
	static const struct fixture fixture = {.functions = &function, .n_functions = 1};
	const struct file_node node = {.fixture = &fixture};
	const struct tree_file proc = {.ops = &pcifile_proc_ops},
			       sysfs = {.ops = &pcifile_sysfs_ops};
	struct file_ioctl ioctl = {.command = PCIIOC_CONTROLLER};

	(void)state;
	assert_int_equal(file_ioctl(&node, &proc, 0, &ioctl), 2);
	assert_int_equal(file_ioctl(&node, &sysfs, 0, &ioctl), -ENOTTY);
	ioctl.command = 0x5401;
	assert_int_equal(file_ioctl(&node, &proc, 0, &ioctl), -EINVAL);
}

static void procs_offsets_are_ints(void **state)
{
	static uint8_t config[256];
	static struct fixture_function function = {.size = 256, .config = config};
	static const struct fixture fixture = {.functions = &function, .n_functions = 1};
	struct machine machine = {0};
	const struct file_node node = {
		.fixture = &fixture, .machine = &machine, .tap = tap_machine_new(&machine)};
	const struct tree_file proc = {.ops = &pcifile_proc_ops, .size = 256};
	uint8_t bytes[4] = {0};

	(void)state;
	assert_int_equal(file_read(&node, &proc, 256, bytes, 4, UINT64_C(0x100000080)), 4);
	assert_int_equal(bytes[0], 0x80);
	assert_int_equal(file_write(&node, &proc, 0, bytes, 4, UINT64_C(0x80000000)), -EINVAL);
	assert_int_equal(file_write(&node, &proc, 0, bytes, 4, 0x7fffffff), 0);
	tap_free(node.tap);
}

static void manners_are_those_of_the_file_system(void **state)
{
	struct tree *tree = tree_new();

	(void)state;
	tree_device(tree, TREE_ROOT, "dev/cpu/0/msr", &msrfile_ops, 0600, 0, 0);
	tree_text(tree, TREE_ROOT, "sys/devices/system/cpu/online", "0\n");
	tree_proc_text(tree, "proc/cpuinfo", "");
	assert_false(tree->failed);
	assert_int_equal(manners_of(tree, tree_find(tree, "dev/cpu/0/msr"))->fallocate, ENODEV);
	assert_int_equal(
		manners_of(tree, tree_find(tree, "sys/devices/system/cpu/online"))->fsync, 0);
	assert_int_equal(manners_of(tree, tree_find(tree, "proc/cpuinfo"))->block_bytes, 1024);
	tree_free(tree);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(group_has_the_middle_bits_of_the_mode),
		cmocka_unit_test(owner_has_the_owners_bits_alone),
		cmocka_unit_test(mode_is_changed_by_the_owner_or_a_capability),
		cmocka_unit_test(times_are_changed_by_the_owner_and_to_now_by_whoever_may_write),
		cmocka_unit_test(owner_is_changed_by_a_capability_and_group_by_its_members),
		cmocka_unit_test(vector_ends_before_a_buffer_that_is_no_register),
		cmocka_unit_test(call_of_a_process_that_waits_is_found),
		cmocka_unit_test(msr_has_its_two_ioctls),
		cmocka_unit_test(nothing_is_written_when_writes_are_off),
		cmocka_unit_test(procs_config_file_has_its_ioctls),
		cmocka_unit_test(procs_offsets_are_ints),
		cmocka_unit_test(manners_are_those_of_the_file_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
