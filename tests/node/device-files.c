/* SPDX-License-Identifier: MIT */
/*
 * The calls of which a real Linux 6.1 has told its answers, made on a node by
 * its root ("root") or by somebody without privileges ("others"). Run inside
 * `fuse-msr run`, or on a real Sandy Bridge-EP.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../unit/test.h"

#define MSR	     "/dev/cpu/0/msr"
#define MSR_PLATFORM 0xce
#define MSR_EVTSEL   0x186
#define MSR_ABSENT   0x1ac /* faults on this model */

/* The UBOX has 256 bytes of config space, a memory controller 4096. */
#define UBOX_SYSFS "/sys/bus/pci/devices/0000:7f:0b.0/config"
#define UBOX_PROC  "/proc/bus/pci/7f/0b.0"
#define IMC_SYSFS  "/sys/bus/pci/devices/0000:7f:10.0/config"
#define IMC_PROC   "/proc/bus/pci/7f/10.0"

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	return fd;
}

#define assert_errno(call, expected)                                                               \
	do {                                                                                       \
		assert_int_equal((call), -1);                                                      \
		assert_int_equal(errno, (expected));                                               \
	} while (0)

static void msr_is_read_in_registers(void **state)
{
	uint64_t values[3] = {0};
	int fd = open_file(MSR, O_RDWR);

	(void)state;
	assert_int_equal(pread(fd, values, 8, MSR_PLATFORM), 8);
	assert_int_not_equal(values[0], 0);
	assert_int_equal(pread(fd, values, 16, MSR_PLATFORM), 16);
	assert_int_equal(values[0], values[1]);
	assert_int_equal(pread(fd, values, 0, MSR_PLATFORM), 0);
	assert_int_equal(pread(fd, values + 1, 8, UINT64_C(0x100000000) + MSR_PLATFORM), 8);
	assert_int_equal(values[0], values[1]);
	assert_errno(pread(fd, values, 4, MSR_PLATFORM), EINVAL);
	assert_errno(pread(fd, values, 12, MSR_PLATFORM), EINVAL);
	assert_errno(pread(fd, values, 8, MSR_ABSENT), EIO);
	close(fd);
}

static void msr_is_written_in_registers(void **state)
{
	uint64_t value = 0x4300c0, old, back, two[2] = {value, value};
	int fd = open_file(MSR, O_RDWR);

	(void)state;
	assert_int_equal(pread(fd, &old, 8, MSR_EVTSEL), 8);
	assert_int_equal(pwrite(fd, &value, 8, MSR_EVTSEL), 8);
	assert_int_equal(pread(fd, &back, 8, MSR_EVTSEL), 8);
	assert_int_equal(back, value);
	assert_int_equal(pwrite(fd, &old, 8, MSR_EVTSEL), 8);
	assert_int_equal(pwrite(fd, &value, 0, MSR_EVTSEL), 0);
	assert_errno(pwrite(fd, &value, 4, MSR_EVTSEL), EINVAL);
	assert_errno(pwrite(fd, two, 12, MSR_EVTSEL), EINVAL);
	assert_errno(pwrite(fd, &value, 8, MSR_ABSENT), EIO);
	close(fd);
}

static void msr_of_cpu_that_does_not_exist_is_no_file(void **state)
{
	(void)state;
	assert_errno(open("/dev/cpu/4095/msr", O_RDONLY), ENOENT);
}

static void msr_of_read_only_descriptor_cannot_be_written(void **state)
{
	uint64_t value = 0;
	int fd = open_file(MSR, O_RDONLY);

	(void)state;
	assert_errno(pwrite(fd, &value, 8, MSR_EVTSEL), EBADF);
	close(fd);
}

static void config_ends_where_the_function_ends(void **state)
{
	static const struct {
		const char *path;
		off_t size;
	} files[] = {{UBOX_SYSFS, 256}, {UBOX_PROC, 256}, {IMC_SYSFS, 4096}, {IMC_PROC, 4096}};
	uint8_t bytes[4096];
	struct stat status;

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		int fd = open_file(files[i].path, O_RDWR);
		assert_int_equal(fstat(fd, &status), 0);
		assert_int_equal(status.st_size, files[i].size);
		assert_int_equal(pread(fd, bytes, 4, 0x80), 4);
		assert_int_equal(pread(fd, bytes, 8, 0x80), 8);
		assert_int_equal(pread(fd, bytes, 4, files[i].size - 2), 2);
		assert_int_equal(pread(fd, bytes, 4, files[i].size), 0);
		assert_int_equal(pread(fd, bytes, 4, files[i].size + 4), 0);
		assert_int_equal(pread(fd, bytes, sizeof bytes, 0), files[i].size);
		assert_int_equal(bytes[0] | bytes[1] << 8, 0x8086);
		close(fd);
	}
}

static void write_past_the_end_differs_between_proc_and_sysfs(void **state)
{
	uint32_t value = 0;
	int sysfs = open_file(UBOX_SYSFS, O_RDWR), proc = open_file(UBOX_PROC, O_RDWR);

	(void)state;
	assert_errno(pwrite(sysfs, &value, 4, 256), EFBIG);
	assert_int_equal(pwrite(proc, &value, 4, 256), 0);
	close(sysfs);
	close(proc);
}

/* Last: the process cannot get them back. */
static void descriptors_outlive_the_capabilities_of_their_opener(void **state)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	int msr = open_file(MSR, O_RDWR), config = open_file(UBOX_SYSFS, O_RDWR);
	int proc = open_file(UBOX_PROC, O_RDONLY);
	uint64_t value;

	(void)state;
	assert_int_equal(syscall(SYS_capset, &header, none), 0);
	assert_int_equal(pread(msr, &value, 8, MSR_EVTSEL), 8);
	assert_int_equal(pwrite(msr, &value, 8, MSR_EVTSEL), 8);
	assert_int_equal(pread(config, &value, 4, 0x80), 4);
	assert_int_equal(pread(proc, &value, 4, 0x80), 4);
	assert_errno(open(MSR, O_RDONLY), EACCES);
	close(msr);
	close(config);
	close(proc);
}

static void msr_is_not_for_others(void **state)
{
	(void)state;
	assert_errno(open(MSR, O_RDONLY), EACCES);
	assert_errno(open(MSR, O_RDWR), EACCES);
	assert_errno(access(MSR, R_OK), EACCES);
	assert_int_equal(access(MSR, F_OK), 0);
}

static void config_has_only_its_header_for_others(void **state)
{
	static const char *const paths[] = {UBOX_SYSFS, UBOX_PROC};
	uint8_t bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		int fd = open_file(paths[i], O_RDONLY);
		assert_int_equal(pread(fd, bytes, 4, 0x80), 0);
		assert_int_equal(pread(fd, bytes, 64, 0x20), 32);
		assert_int_equal(pread(fd, bytes, 256, 0), 64);
		close(fd);
		assert_errno(open(paths[i], O_RDWR), EACCES);
	}
}

static void files_with_text_are_written_by_nobody(void **state)
{
	(void)state;
	assert_errno(open("/proc/cpuinfo", O_WRONLY), EACCES);
	assert_errno(open("/sys/devices/system/cpu/possible", O_WRONLY), EACCES);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest root_tests[] = {
		cmocka_unit_test(msr_is_read_in_registers),
		cmocka_unit_test(msr_is_written_in_registers),
		cmocka_unit_test(msr_of_cpu_that_does_not_exist_is_no_file),
		cmocka_unit_test(msr_of_read_only_descriptor_cannot_be_written),
		cmocka_unit_test(config_ends_where_the_function_ends),
		cmocka_unit_test(write_past_the_end_differs_between_proc_and_sysfs),
		cmocka_unit_test(files_with_text_are_written_by_nobody),
		cmocka_unit_test(descriptors_outlive_the_capabilities_of_their_opener),
	};
	static const struct CMUnitTest others_tests[] = {
		cmocka_unit_test(msr_is_not_for_others),
		cmocka_unit_test(config_has_only_its_header_for_others),
		cmocka_unit_test(files_with_text_are_written_by_nobody),
	};

	if (argc == 2 && strcmp(argv[1], "root") == 0)
		return cmocka_run_group_tests(root_tests, NULL, NULL);
	if (argc == 2 && strcmp(argv[1], "others") == 0)
		return cmocka_run_group_tests(others_tests, NULL, NULL);
	fprintf(stderr, "usage: device-files root|others\n");
	return EXIT_FAILURE;
}
