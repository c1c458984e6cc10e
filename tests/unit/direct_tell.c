/* SPDX-License-Identifier: MIT */
/* What keeps a process from a device, told by files of the kernel that say who it is. */
#include "client/direct_tell.h"

#include "test.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>

#include "sysroot.h"
#include "util/array.h"

static void kernel_that_refuses_writes_is_told_when_one_fails(void **state)
{
	const struct op write = {.verb = OP_WRITE, .place = place_at(place_of_cpu(0), 8)};
	const struct op read = {.verb = OP_READ, .place = write.place};
	const struct sysroot *sysroot = *state;
	struct reason_told told;

	direct_tell_failure(&told, sysroot->fd, &write);
	assert_int_equal(told.reason, REASON_FAULT);
	sysroot_print(sysroot, "sys/module/msr/parameters/allow_writes", "off\n");
	direct_tell_failure(&told, sysroot->fd, &write);
	assert_int_equal(told.reason, REASON_ALLOW_WRITES);
	sysroot_print(sysroot, "sys/kernel/security/lockdown", "none [integrity]\n");
	direct_tell_failure(&told, sysroot->fd, &write);
	assert_int_equal(told.reason, REASON_LOCKDOWN);
	direct_tell_failure(&told, sysroot->fd, &read);
	assert_int_equal(told.reason, REASON_FAULT);
}

#define RAWIO	 (1 << CAP_SYS_RAWIO)
#define ADMIN	 (1 << CAP_SYS_ADMIN)
#define OVERRIDE (1 << CAP_DAC_OVERRIDE)

/* A process with these capabilities, in the first user namespace or in one of a user's own. */
static void be(const struct sysroot *sysroot, unsigned effective, unsigned bounding, bool is_first)
{
	sysroot_print(sysroot, "proc/self/status",
		"Name:\tx\nCapEff:\t%016x\nCapBnd:\t%016x\nNoNewPrivs:\t0\n", effective, bounding);
	sysroot_print(sysroot, "proc/self/uid_map",
		is_first ? "         0          0 4294967295\n"
			 : "      0       1000          1      \n");
}

static void missing_right_is_told_by_its_name(void **state)
{
	static const unsigned all = ~0U;
	static const struct {
		int error;
		unsigned effective, bounding;
		bool is_elsewhere;
		mode_t mode;
		enum op_space space;
		unsigned reason;
		const char *words;
	} denials[] = {
		{EPERM, 0, all, false, 0600, OP_MSR, REASON_FEW_CAPABILITIES,
			"opening MSR files takes the capability cap_sys_rawio"},
		{EPERM, OVERRIDE, all, false, 0600, OP_MSR, REASON_FEW_CAPABILITIES,
			"setcap cap_sys_rawio=ep"},
		{EPERM, 0, all & ~RAWIO, false, 0600, OP_MSR, REASON_BOUNDING_SET,
			"bounding set lacks cap_sys_rawio"},
		{EPERM, all, all, true, 0600, OP_MSR, REASON_USER_NAMESPACE, "user namespace"},
		{EPERM, all, all, false, 0600, OP_MSR, REASON_DEVICE_RULES, "device rules"},
		{EACCES, RAWIO, all, false, 0600, OP_MSR, REASON_INSTALLED,
			"/dev/cpu/0/msr may not be opened by this user: it is of uid "},
		{EACCES, RAWIO, all, false, 0600, OP_MSR, REASON_INSTALLED, "mode 0600 (be root"},
		{EACCES, RAWIO, all, false, 0640, OP_MSR, REASON_INSTALLED,
			"mode 0640 (be a member of that group"},
		{EACCES, RAWIO, all, true, 0600, OP_MSR, REASON_INSTALLED, "mode 0600"},
		{EACCES, all, all, true, 0600, OP_MSR, REASON_USER_NAMESPACE, "user namespace"},
		{ENOENT, 0, all, false, 0600, OP_MSR, REASON_MODULE, "modprobe msr"},
		{EIO, 0, all, false, 0600, OP_MSR, REASON_NO_MSRS, "virtual machine"},
		{ENOTSUP, 0, all, false, 0600, OP_MSR, REASON_OTHER, "dmesg"},
	};
	const struct sysroot *sysroot = *state;

	sysroot_print(sysroot, "dev/cpu/0/msr", "12345678");
	for (size_t i = 0; i < N_ELEMENTS(denials); i++) {
		struct device_files files = {
			.wanted = 4, .error = denials[i].error, .path = "/dev/cpu/0/msr"};
		struct reason_told told = {0};

		be(sysroot, denials[i].effective, denials[i].bounding, !denials[i].is_elsewhere);
		assert_int_equal(fchmodat(sysroot->fd, "dev/cpu/0/msr", denials[i].mode, 0), 0);
		direct_tell_files(&told, sysroot->fd, denials[i].space, &files, false);
		if (told.reason != denials[i].reason || !strstr(told.text, denials[i].words))
			fail_msg("%zu: %u: %s", i, told.reason, told.text);
	}
}

static void config_space_that_is_cut_off_is_told(void **state)
{
	const struct op read = {.verb = OP_READ, .place = place_of_unit(0, UNIT_IMC, 0)};
	const struct sysroot *sysroot = *state;
	struct reason_told told;

	be(sysroot, RAWIO, ~0U, true);
	direct_tell_failure(&told, sysroot->fd, &read);
	assert_int_equal(told.reason, REASON_FEW_CAPABILITIES);
	assert_non_null(
		strstr(told.text, "beyond its first 64 bytes takes the capability cap_sys_admin"));
	be(sysroot, ADMIN, ~0U, true);
	direct_tell_failure(&told, sysroot->fd, &read);
	assert_int_equal(told.reason, REASON_FAULT);
}

/* What hides a socket's number from an ordinary user is no fault of the firmware. */
static void units_whose_socket_may_not_be_read_are_told_so(void **state)
{
	struct bus bus = {.package = BUS_NO_PACKAGE, .doubt = BUS_HIDDEN};
	const struct arch *arch = arch_find(6, 45);
	struct node_function function = {NODE_NO_PACKAGE, arch->functions, 0, 0x7f, 0x3cb0, true};
	struct node node = {.arch = arch,
		.buses = &bus,
		.n_buses = 1,
		.functions = &function,
		.n_functions = 1};
	const struct sysroot *sysroot = *state;
	struct reason_told told;

	be(sysroot, 0, ~0U, true);
	assert_true(direct_tell_no_units(&told, sysroot->fd, &node));
	assert_int_equal(told.reason, REASON_FEW_CAPABILITIES);
	be(sysroot, ADMIN, ~0U, false);
	assert_true(direct_tell_no_units(&told, sysroot->fd, &node));
	assert_int_equal(told.reason, REASON_USER_NAMESPACE);
	bus.doubt = BUS_SILENT;
	assert_true(direct_tell_no_units(&told, sysroot->fd, &node));
	assert_int_equal(told.reason, REASON_HIDDEN);
	function.package = 0;
	assert_false(direct_tell_no_units(&told, sysroot->fd, &node));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sysroot_set_up, sysroot_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(kernel_that_refuses_writes_is_told_when_one_fails),
		TEST(missing_right_is_told_by_its_name),
		TEST(config_space_that_is_cut_off_is_told),
		TEST(units_whose_socket_may_not_be_read_are_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
