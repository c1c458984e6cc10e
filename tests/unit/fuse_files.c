/* SPDX-License-Identifier: MIT */
/* Device files of the simulated node answer as the kernel's do, call by call. */
#include "test.h"

#include "fuse-msr/tree/caller.h"
#include "fuse-msr/tree/clockfile.h"
#include "fuse-msr/tree/msrfile.h"
#include "fuse-msr/tree/pcifile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

/*
 * A machine that only notes what it is asked: MSR n reads as n, until reads
 * have been used up; a config byte reads as its offset.
 */
struct machine {
	char log[256];
	unsigned reads_left;
	uint64_t ns;
};

__attribute__((format(printf, 2, 3))) static void note(
	struct machine *machine, const char *format, ...)
{
	size_t used = strlen(machine->log);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(machine->log + used, sizeof machine->log - used, format, arguments);
	va_end(arguments);
}

int machine_msr_read(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t *value)
{
	(void)cpu;
	if (machine->reads_left == 0)
		return -EIO;
	machine->reads_left--;
	*value = address;
	return 0;
}

int machine_msr_write(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t value)
{
	if (machine->reads_left == 0)
		return -EIO;
	machine->reads_left--;
	note(machine, "%u:%x=%llx ", cpu, address, (unsigned long long)value);
	return 0;
}

uint32_t machine_pci_read(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width)
{
	uint32_t value = 0;

	(void)function;
	assert_true(width == 1 || width == 2 || width == 4);
	assert_int_equal(offset % width, 0);
	note(machine, "%x/%u ", offset, width);
	for (uint32_t i = 0; i < width; i++)
		value |= ((offset + i) & 0xff) << 8 * i;
	return value;
}

void machine_pci_write(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width, uint32_t value)
{
	(void)function;
	note(machine, "%x/%u=%x ", offset, width, value);
}

uint64_t machine_clock_ns(struct machine *machine)
{
	return machine->ns;
}

int machine_clock_advance(struct machine *machine, uint64_t ns)
{
	machine->ns += ns;
	return 0;
}

static void msr_count_that_is_no_multiple_of_eight_is_invalid(void **state)
{
	struct machine machine = {.reads_left = 9};
	uint8_t buffer[16];

	(void)state;
	assert_int_equal(msrfile_read(&machine, 0, buffer, 4, 0x10), -EINVAL);
	assert_int_equal(msrfile_read(&machine, 0, buffer, 12, 0x10), -EINVAL);
	assert_int_equal(msrfile_write(&machine, 0, buffer, 12, 0x10), -EINVAL);
	assert_int_equal(machine.reads_left, 9);
}

static void msr_read_of_nothing_touches_no_register(void **state)
{
	struct machine machine = {.reads_left = 0};

	(void)state;
	assert_int_equal(msrfile_read(&machine, 0, NULL, 0, 0x10), 0);
}

static void msr_read_of_sixteen_is_the_same_register_twice(void **state)
{
	struct machine machine = {.reads_left = 9};
	uint64_t values[2] = {0};

	(void)state;
	assert_int_equal(msrfile_read(&machine, 0, (uint8_t *)values, 16, 0x611), 16);
	assert_int_equal(values[0], 0x611);
	assert_int_equal(values[1], 0x611);
}

static void msr_address_is_the_low_half_of_the_offset(void **state)
{
	struct machine machine = {.reads_left = 9};
	uint64_t value = 0;

	(void)state;
	assert_int_equal(msrfile_read(&machine, 0, (uint8_t *)&value, 8, 0x100000611), 8);
	assert_int_equal(value, 0x611);
}

static void msr_fault_is_an_error_first_and_a_short_count_later(void **state)
{
	struct machine machine = {.reads_left = 1};
	uint8_t buffer[24];

	(void)state;
	assert_int_equal(msrfile_read(&machine, 0, buffer, 24, 0x10), 8);
	assert_int_equal(msrfile_read(&machine, 0, buffer, 24, 0x10), -EIO);
	machine.reads_left = 2;
	memset(buffer, 0x11, sizeof buffer);
	assert_int_equal(msrfile_write(&machine, 3, buffer, 24, 0x38f), 16);
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
		assert_int_equal(
			pcifile_read(&machine, 0, 256, buffer, cases[i].count, cases[i].offset),
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
	assert_int_equal(pcifile_read(&machine, 0, 256, buffer, 4, 0xfe), 2);
	assert_int_equal(pcifile_read(&machine, 0, 64, buffer, 64, 0x20), 32);
	assert_int_equal(pcifile_read(&machine, 0, 64, buffer, 4, 0x40), 0);
	assert_int_equal(pcifile_read(&machine, 0, 64, buffer, 4, 0x100000000), 0);
}

static void config_is_written_in_the_same_cycles(void **state)
{
	struct machine machine = {0};
	static const uint8_t bytes[] = {1, 2, 3, 4, 5};

	(void)state;
	assert_int_equal(
		pcifile_write(&machine, 0, PCIFILE_PROC, 256, bytes, sizeof bytes, 0xd7), 5);
	assert_string_equal(machine.log, "d7/1=1 d8/4=5040302 ");
	machine.log[0] = '\0';
	assert_int_equal(pcifile_write(&machine, 0, PCIFILE_PROC, 256, bytes, 4, 0xfe), 2);
	assert_string_equal(machine.log, "fe/2=201 ");
}

static void write_past_the_end_is_nothing_in_proc_and_too_big_in_sysfs(void **state)
{
	struct machine machine = {0};
	static const uint8_t bytes[4];

	(void)state;
	assert_int_equal(pcifile_write(&machine, 0, PCIFILE_PROC, 256, bytes, 4, 256), 0);
	assert_int_equal(pcifile_write(&machine, 0, PCIFILE_SYSFS, 256, bytes, 4, 256), -EFBIG);
	assert_string_equal(machine.log, "");
}

static void readers_without_privileges_see_the_header_only(void **state)
{
	uint8_t config[256] = {0};
	struct fixture_function function = {.size = 256, .config = config};

	(void)state;
	assert_int_equal(pcifile_limit(&function, true), 256);
	assert_int_equal(pcifile_limit(&function, false), 64);
	config[0x0e] = 0x82;
	assert_int_equal(pcifile_limit(&function, false), 128);
}

static void clock_tells_and_is_moved(void **state)
{
	struct machine machine = {.ns = 5};
	char text[32] = "";

	(void)state;
	assert_int_equal(clockfile_write(&machine, (const uint8_t *)"+1.5s\n", 6), 6);
	assert_int_equal(clockfile_write(&machine, (const uint8_t *)"+20", 3), 3);
	assert_int_equal(clockfile_read(&machine, (uint8_t *)text, sizeof text, 0), 11);
	assert_string_equal(text, "1500000025\n");
	assert_int_equal(clockfile_read(&machine, (uint8_t *)text, sizeof text, 11), 0);
}

static void clock_refuses_what_is_no_step_forward(void **state)
{
	static const char *const texts[] = {"", "+", "5", "-5", "+s", "+.s", "+1.s", "+1.5", "+ 5",
		"+1.0000000001s", "+1,5s", "+99999999999999999999", "+18446744074s"};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_false(clockfile_parse(texts[i], &ns));
	assert_true(clockfile_parse("+0.000000001s", &ns));
	assert_int_equal(ns, 1);
}

static uint64_t bit(int capability)
{
	return UINT64_C(1) << capability;
}

static void msr_opens_for_those_with_both_capabilities(void **state)
{
	const struct tree_file msr = {.kind = TREE_MSR, .mode = S_IFREG | 0600};

	(void)state;
	assert_int_equal(caller_may_open(&msr, O_RDONLY, 0), -EACCES);
	assert_int_equal(caller_may_open(&msr, O_RDWR, bit(CAP_SYS_RAWIO)), -EACCES);
	assert_int_equal(caller_may_open(&msr, O_RDWR, bit(CAP_DAC_OVERRIDE)), -EPERM);
	assert_int_equal(
		caller_may_open(&msr, O_RDWR, bit(CAP_DAC_OVERRIDE) | bit(CAP_SYS_RAWIO)), 0);
}

static void config_opens_for_everybody_to_read(void **state)
{
	const struct tree_file config = {.kind = TREE_PCI_SYSFS, .mode = S_IFREG | 0644};

	(void)state;
	assert_int_equal(caller_may_open(&config, O_RDONLY, 0), 0);
	assert_int_equal(caller_may_open(&config, O_RDWR, 0), -EACCES);
	assert_int_equal(caller_may_open(&config, O_RDWR, bit(CAP_DAC_OVERRIDE)), 0);
	assert_false(caller_sees_config(bit(CAP_DAC_OVERRIDE)));
	assert_true(caller_sees_config(bit(CAP_SYS_ADMIN)));
}

static void text_is_written_by_nobody(void **state)
{
	const struct tree_file text = {.kind = TREE_TEXT, .mode = S_IFREG | 0444};

	(void)state;
	assert_int_equal(caller_may_open(&text, O_RDONLY, 0), 0);
	assert_int_equal(caller_may_open(&text, O_WRONLY, CALLER_ROOT), -EACCES);
	assert_int_equal(caller_may_access(&text, R_OK, 0), 0);
	assert_int_equal(caller_may_access(&text, X_OK, CALLER_ROOT), -EACCES);
}

static void capabilities_of_this_process_are_found(void **state)
{
	ino_t here = caller_user_namespace(getpid());

	(void)state;
	assert_int_not_equal(here, 0);
	assert_int_equal(caller_capabilities(getpid(), here) != 0, geteuid() == 0);
	assert_int_equal(caller_capabilities(getpid(), here + 1), 0);
	assert_int_equal(caller_capabilities(0, here), 0);
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
		cmocka_unit_test(clock_refuses_what_is_no_step_forward),
		cmocka_unit_test(msr_opens_for_those_with_both_capabilities),
		cmocka_unit_test(config_opens_for_everybody_to_read),
		cmocka_unit_test(text_is_written_by_nobody),
		cmocka_unit_test(capabilities_of_this_process_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
