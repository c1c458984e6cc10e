/* SPDX-License-Identifier: MIT */
/* The back ends on plain files: a file of n bytes has registers up to n. */
#include "test.h"

#include <errno.h>

#include "device/msr.h"
#include "device/pci.h"
#include "device_ops.h"
#include "sysroot.h"

static const struct arch_function imc = {UNIT_IMC, 0, 0x10 << 3, {0x3cb0, 0}};
static const struct arch_function misc = {UNIT_QPI_MISC, 0, 0x08 << 3, {0x3c80, 0}};

static void add_msr_file(const struct sysroot *sysroot, uint32_t cpu)
{
	const uint64_t values[4] = {0x1111, 0x2222, 0x3333, 0x123456789abcdef0};
	char path[32];

	snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu);
	sysroot_write(sysroot, path, 0, values, sizeof values);
}

static void msr_is_read_and_written_at_its_address(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_cpu cpus[2] = {{true, true, 0}, {true, true, 0}};
	struct node node = {.n_cpus = 2, .cpus = cpus};
	struct device_files files;
	uint64_t value = 0;

	add_msr_file(sysroot, 0);
	add_msr_file(sysroot, 1);
	struct device *msr = msr_new(sysroot->fd, &node, true, &files);
	assert_int_equal(files.wanted, 2);
	assert_int_equal(files.opened, 2);
	assert_int_equal(msr_op(msr, OP_READ, 1, 24, &value), OP_OK);
	assert_true(value == 0x123456789abcdef0);
	value = 77;
	assert_int_equal(msr_op(msr, OP_WRITE, 1, 8, &value), OP_OK);
	value = 0;
	assert_int_equal(msr_op(msr, OP_READ, 1, 8, &value), OP_OK);
	assert_int_equal(value, 77);
	assert_int_equal(msr_op(msr, OP_READ, 0, 8, &value), OP_OK);
	assert_int_equal(value, 0x2222); /* CPU 0 has its own */
	assert_int_equal(msr_op(msr, OP_CHECK, 0, 0, &value), OP_OK);
	assert_int_equal(msr_op(msr, OP_READ, 0, 4096, &value), OP_FAILED);
	assert_int_equal(msr_op(msr, OP_READ, 0, 0xffffffff, &value), OP_FAILED);
	device_free(msr);
}

static void cpu_that_is_not_there_is_absent(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_cpu cpus[3] = {{true, true, 0}, {false, false, 0}, {true, false, 0}};
	struct node node = {.n_cpus = 3, .cpus = cpus};
	struct device_files files;
	uint64_t value = 0;

	add_msr_file(sysroot, 0);
	struct device *msr = msr_new(sysroot->fd, &node, true, &files);
	assert_int_equal(files.wanted, 1); /* an offline CPU has no file: nothing is wrong */
	assert_int_equal(msr_op(msr, OP_READ, 1, 0, &value), OP_ABSENT);
	assert_int_equal(msr_op(msr, OP_CHECK, 2, 0, &value), OP_ABSENT);
	assert_int_equal(msr_op(msr, OP_CHECK, 3, 0, &value), OP_ABSENT);
	assert_int_equal(msr_op(msr, OP_WRITE, 0xffffffff, 0, &value), OP_ABSENT);
	device_free(msr);
}

static void file_that_can_not_be_opened_is_told_for_its_cpu_alone(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_cpu cpus[2] = {{true, true, 0}, {true, true, 0}};
	struct node node = {.n_cpus = 2, .cpus = cpus};
	struct device_files files;
	uint64_t value = 0;

	add_msr_file(sysroot, 1);
	struct device *msr = msr_new(sysroot->fd, &node, true, &files);
	assert_int_equal(files.wanted, 2);
	assert_int_equal(files.opened, 1);
	assert_int_equal(files.error, ENOENT);
	assert_string_equal(files.path, "/dev/cpu/0/msr");
	assert_int_equal(msr_op(msr, OP_READ, 0, 0, &value), OP_NO_FILE);
	assert_int_equal(msr_op(msr, OP_READ, 1, 0, &value), OP_OK);
	device_free(msr);
}

static void symbolic_link_is_not_followed(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_cpu cpus[2] = {{true, true, 0}, {true, true, 0}};
	struct node node = {.n_cpus = 2, .cpus = cpus};
	struct device_files files;

	add_msr_file(sysroot, 0);
	sysroot_print(sysroot, "dev/cpu/1/x", "x");
	assert_int_equal(symlinkat("../0/msr", sysroot->fd, "dev/cpu/1/msr"), 0);
	struct device *msr = msr_new(sysroot->fd, &node, true, &files);
	assert_int_equal(files.opened, 1);
	assert_int_equal(files.error, ELOOP);
	device_free(msr);
}

static void read_only_policy_opens_read_only(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_cpu cpus[1] = {{true, true, 0}};
	struct node node = {.n_cpus = 1, .cpus = cpus};
	struct device_files files;
	uint64_t value = 1;

	add_msr_file(sysroot, 0);
	struct device *msr = msr_new(sysroot->fd, &node, false, &files);
	assert_int_equal(msr_op(msr, OP_WRITE, 0, 8, &value), OP_FAILED);
	assert_int_equal(msr_op(msr, OP_READ, 0, 8, &value), OP_OK);
	device_free(msr);
}

static void config_space_is_read_and_written_by_socket_and_unit(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_function functions[2] = {
		{.package = 0, .arch = &imc, .bus = 0x7f, .in_sysfs = true},
		{.package = 1, .arch = &imc, .bus = 0xff, .in_sysfs = true},
	};
	struct node node = {.n_functions = 2, .functions = functions};
	enum pci_use use[OP_N_UNITS] = {[UNIT_IMC] = PCI_READ_WRITE};
	struct device_files files;
	uint64_t value = 0xdeadbeef;

	sysroot_add_function(sysroot, "0000:7f:10.0", 0x3cb0, 256);
	sysroot_add_function(sysroot, "0000:ff:10.0", 0x3cb0, 256);
	struct device *pci = pci_new(sysroot->fd, &node, use, &files);
	assert_int_equal(files.opened, 2);
	assert_int_equal(pci_op(pci, OP_WRITE, 1, UNIT_IMC, 0, 0xd8, &value), OP_OK);
	value = ~0ull;
	assert_int_equal(pci_op(pci, OP_READ, 1, UNIT_IMC, 0, 0xd8, &value), OP_OK);
	assert_true(value == 0xdeadbeef);
	assert_int_equal(pci_op(pci, OP_READ, 0, UNIT_IMC, 0, 0xd8, &value), OP_OK);
	assert_int_equal(value, 0);
	assert_int_equal(pci_op(pci, OP_READ, 0, UNIT_IMC, 0, 0, &value), OP_OK);
	assert_int_equal(value, 0x3cb08086);
	assert_int_equal(pci_op(pci, OP_READ, 0, UNIT_IMC, 0, 256, &value), OP_FAILED);
	assert_int_equal(pci_op(pci, OP_READ, 0, UNIT_IMC, 1, 0, &value), OP_ABSENT);
	assert_int_equal(pci_op(pci, OP_CHECK, 2, UNIT_IMC, 0, 0, &value), OP_ABSENT);
	assert_int_equal(pci_op(pci, OP_CHECK, 1, UNIT_IMC, 0, 0, &value), OP_OK);
	device_free(pci);
}

static void unit_without_rules_stays_shut(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_function functions[2] = {
		{.package = 0, .arch = &imc, .bus = 0x7f, .in_sysfs = true},
		{.package = 0, .arch = &misc, .bus = 0x7f, .in_sysfs = true},
	};
	struct node node = {.n_functions = 2, .functions = functions};
	enum pci_use use[OP_N_UNITS] = {[UNIT_QPI_MISC] = PCI_READ};
	struct device_files files;
	uint64_t value = 0;

	sysroot_add_function(sysroot, "0000:7f:10.0", 0x3cb0, 256);
	sysroot_add_function(sysroot, "0000:7f:08.0", 0x3c80, 256);
	struct device *pci = pci_new(sysroot->fd, &node, use, &files);
	assert_int_equal(files.wanted, 1);
	assert_int_equal(pci_op(pci, OP_READ, 0, UNIT_IMC, 0, 0, &value), OP_ABSENT);
	assert_int_equal(pci_op(pci, OP_READ, 0, UNIT_QPI_MISC, 0, 0xd4, &value), OP_OK);
	assert_int_equal(pci_op(pci, OP_WRITE, 0, UNIT_QPI_MISC, 0, 0xd4, &value), OP_FAILED);
	device_free(pci);
}

static void procfs_is_the_fallback(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_function functions[2] = {
		{.package = 0, .arch = &imc, .bus = 0x7f, .in_sysfs = true},
		{.package = 1, .arch = &imc, .bus = 0xff, .in_sysfs = false},
	};
	struct node node = {.n_functions = 2, .functions = functions};
	enum pci_use use[OP_N_UNITS] = {[UNIT_IMC] = PCI_READ};
	struct device_files files;
	uint64_t value = 0;

	sysroot_print(sysroot, "proc/bus/pci/7f/10.0", "abcd");
	struct device *pci = pci_new(sysroot->fd, &node, use, &files);
	assert_int_equal(files.opened, 1);
	assert_int_equal(files.error, ENOENT);
	assert_string_equal(files.path, "/proc/bus/pci/ff/10.0");
	assert_int_equal(pci_op(pci, OP_READ, 0, UNIT_IMC, 0, 0, &value), OP_OK);
	assert_int_equal(value, 0x64636261);
	assert_int_equal(pci_op(pci, OP_READ, 1, UNIT_IMC, 0, 0, &value), OP_NO_FILE);
	device_free(pci);
}

static void what_keeps_sysfs_shut_is_told_where_procfs_has_not_got_the_function(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_function functions[1] = {
		{.package = 0, .arch = &imc, .bus = 0x7f, .in_sysfs = true}};
	struct node node = {.n_functions = 1, .functions = functions};
	enum pci_use use[OP_N_UNITS] = {[UNIT_IMC] = PCI_READ};
	struct device_files files;

	sysroot_print(sysroot, "sys/bus/pci/devices/0000:7f:10.0/vendor", "0x8086\n");
	assert_int_equal(
		symlinkat("vendor", sysroot->fd, "sys/bus/pci/devices/0000:7f:10.0/config"), 0);
	device_free(pci_new(sysroot->fd, &node, use, &files));
	assert_int_equal(files.error, ELOOP);
	assert_string_equal(files.path, "/sys/bus/pci/devices/0000:7f:10.0/config");
}

static void free_closes_every_file(void **state)
{
	const struct sysroot *sysroot = *state;
	struct node_cpu cpus[1] = {{true, true, 0}};
	struct node_function functions[1] = {
		{.package = 0, .arch = &imc, .bus = 0x7f, .in_sysfs = true}};
	struct node node = {.n_cpus = 1, .cpus = cpus, .n_functions = 1, .functions = functions};
	enum pci_use use[OP_N_UNITS] = {[UNIT_IMC] = PCI_READ};
	struct device_files files;
	int before = test_count_descriptors();

	add_msr_file(sysroot, 0);
	sysroot_add_function(sysroot, "0000:7f:10.0", 0x3cb0, 256);
	struct device *msr = msr_new(sysroot->fd, &node, true, &files);
	struct device *pci = pci_new(sysroot->fd, &node, use, &files);
	assert_int_equal(test_count_descriptors(), before + 2);
	device_free(msr);
	device_free(pci);
	assert_int_equal(test_count_descriptors(), before);
}

#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, sysroot_set_up, sysroot_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(msr_is_read_and_written_at_its_address),
		DEVICE_TEST(cpu_that_is_not_there_is_absent),
		DEVICE_TEST(file_that_can_not_be_opened_is_told_for_its_cpu_alone),
		DEVICE_TEST(symbolic_link_is_not_followed),
		DEVICE_TEST(read_only_policy_opens_read_only),
		DEVICE_TEST(config_space_is_read_and_written_by_socket_and_unit),
		DEVICE_TEST(unit_without_rules_stays_shut),
		DEVICE_TEST(procfs_is_the_fallback),
		DEVICE_TEST(what_keeps_sysfs_shut_is_told_where_procfs_has_not_got_the_function),
		DEVICE_TEST(free_closes_every_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
