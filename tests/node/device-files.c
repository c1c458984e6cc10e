/* SPDX-License-Identifier: MIT */
/*
 * The calls of which a real Linux 6.1 has told its answers, made on a node by
 * its root ("root") or by somebody without privileges ("others"). Run inside
 * `fuse-msr run`, on a real Sandy Bridge-EP, or on a real kernel wherever its
 * registers and PCI functions are said: which register keeps what is written to
 * which bits, which one faults when written, and two functions with 256 and
 * 4096 bytes.
 */
#include "../unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MSR	   "/dev/cpu/0/msr"
#define MSR_STATUS 0x198

static off_t stored = 0x186; /* keeps what is written to these bits: an event select */
static uint64_t stored_bits = 0x4300c0;
static off_t unwritable = 0x1ac; /* faults when written, on this model when read, too */
static bool is_unreadable = true;

/* A function's config space, by its two names. */
struct config {
	char sysfs[64], proc[64];
	off_t size;
};

/* The UBOX, and a memory controller. */
static struct config small = {
	"/sys/bus/pci/devices/0000:7f:0b.0/config", "/proc/bus/pci/7f/0b.0", 256};
static struct config large = {
	"/sys/bus/pci/devices/0000:7f:10.0/config", "/proc/bus/pci/7f/10.0", 4096};

/* NAME is 0000:BUS:DEVICE.FUNCTION */
static void name_config(struct config *config, const char *name)
{
	assert_int_equal(strlen(name), strlen("0000:00:00.0"));
	snprintf(config->sysfs, sizeof config->sysfs, "/sys/bus/pci/devices/%s/config", name);
	snprintf(config->proc, sizeof config->proc, "/proc/bus/pci/%.2s/%s", name + 5, name + 8);
}

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
	assert_int_equal(pread(fd, values, 8, MSR_STATUS), 8);
	assert_int_not_equal(values[0], 0);
	assert_int_equal(pread(fd, values, 16, MSR_STATUS), 16);
	assert_int_equal(values[0], values[1]);
	assert_int_equal(pread(fd, values, 0, MSR_STATUS), 0);
	assert_int_equal(pread(fd, values + 1, 8, UINT64_C(0x100000000) + MSR_STATUS), 8);
	assert_int_equal(values[0], values[1]);
	assert_errno(pread(fd, values, 4, MSR_STATUS), EINVAL);
	assert_errno(pread(fd, values, 12, MSR_STATUS), EINVAL);
	if (is_unreadable)
		assert_errno(pread(fd, values, 8, unwritable), EIO);
	close(fd);
}

static void msr_is_written_in_registers(void **state)
{
	uint64_t value, old, back, two[2] = {0};
	int fd = open_file(MSR, O_RDWR);

	(void)state;
	assert_int_equal(pread(fd, &old, 8, stored), 8);
	value = old ^ stored_bits;
	assert_int_equal(pwrite(fd, &value, 8, stored), 8);
	assert_int_equal(pread(fd, &back, 8, stored), 8);
	assert_int_equal(back, value);
	assert_int_equal(pwrite(fd, &old, 8, stored), 8);
	assert_int_equal(pwrite(fd, &value, 0, stored), 0);
	assert_errno(pwrite(fd, &value, 4, stored), EINVAL);
	assert_errno(pwrite(fd, two, 12, stored), EINVAL);
	assert_errno(pwrite(fd, &value, 8, unwritable), EIO);
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
	assert_errno(pwrite(fd, &value, 8, stored), EBADF);
	close(fd);
}

static void config_ends_where_the_function_ends(void **state)
{
	const struct {
		const char *path;
		off_t size;
	} files[] = {{small.sysfs, small.size}, {small.proc, small.size}, {large.sysfs, large.size},
		{large.proc, large.size}};
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
	int sysfs = open_file(small.sysfs, O_RDWR), proc = open_file(small.proc, O_RDWR);

	(void)state;
	assert_errno(pwrite(sysfs, &value, 4, 256), EFBIG);
	assert_int_equal(pwrite(proc, &value, 4, 256), 0);
	close(sysfs);
	close(proc);
}

/* The file's mode lets its owner in, the driver's own question does not; a daemon with capabilities
 * alone is another user. */
static int error_without_capability(void)
{
	return geteuid() == 0 ? EPERM : EACCES;
}

static void msr_asks_its_owner_too_for_the_capability(void **state)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct before[_LINUX_CAPABILITY_U32S_3],
		less[_LINUX_CAPABILITY_U32S_3];

	(void)state;
	assert_int_equal(syscall(SYS_capget, &header, before), 0);
	memcpy(less, before, sizeof less);
	less[0].effective = less[1].effective = 0;
	assert_int_equal(syscall(SYS_capset, &header, less), 0);
	assert_errno(open(MSR, O_RDONLY), error_without_capability());
	assert_errno(open(MSR, O_RDWR), error_without_capability());
	if (geteuid() == 0) { /* config space has no such question */
		close(open_file(small.sysfs, O_RDWR));
		close(open_file(small.proc, O_RDWR));
	}
	assert_int_equal(syscall(SYS_capset, &header, before), 0);
}

/* Last: the process cannot get them back. */
static void descriptors_outlive_the_capabilities_of_their_opener(void **state)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	int msr = open_file(MSR, O_RDWR), config = open_file(small.sysfs, O_RDWR);
	int proc = open_file(small.proc, O_RDONLY);
	uint64_t value;

	(void)state;
	/* a user namespace may have nobody to become */
	bool is_other = setresuid(65534, 65534, 65534) == 0;
	assert_true(is_other || errno == EINVAL || errno == EPERM);
	assert_int_equal(syscall(SYS_capset, &header, none), 0);
	assert_int_equal(pread(msr, &value, 8, stored), 8);
	assert_int_equal(pwrite(msr, &value, 8, stored), 8);
	assert_int_equal(pread(config, &value, 4, 0x80), 4);
	assert_int_equal(pread(proc, &value, 4, 0x80), 4);
	assert_errno(open(MSR, O_RDONLY), error_without_capability());
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
	const char *const paths[] = {small.sysfs, small.proc};
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

static void text_in_sysfs_is_written_by_nobody(void **state)
{
	(void)state;
	assert_errno(open("/sys/devices/system/cpu/possible", O_WRONLY), EACCES);
}

/* Unlike sysfs, /proc lets in whom file modes do not stop. */
static void text_in_proc_is_opened_by_root_and_takes_nothing(void **state)
{
	int fd = open_file("/proc/cpuinfo", O_WRONLY);

	(void)state;
	assert_errno(write(fd, "x", 1), EIO);
	close(fd);
}

static void text_in_proc_is_not_written_by_others(void **state)
{
	(void)state;
	assert_errno(open("/proc/cpuinfo", O_WRONLY), EACCES);
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
		cmocka_unit_test(text_in_sysfs_is_written_by_nobody),
		cmocka_unit_test(text_in_proc_is_opened_by_root_and_takes_nothing),
		cmocka_unit_test(msr_asks_its_owner_too_for_the_capability),
		cmocka_unit_test(descriptors_outlive_the_capabilities_of_their_opener),
	};
	static const struct CMUnitTest others_tests[] = {
		cmocka_unit_test(msr_is_not_for_others),
		cmocka_unit_test(config_has_only_its_header_for_others),
		cmocka_unit_test(text_in_sysfs_is_written_by_nobody),
		cmocka_unit_test(text_in_proc_is_not_written_by_others),
	};

	if (argc == 7) {
		stored = strtol(argv[2], NULL, 16);
		stored_bits = strtoull(argv[3], NULL, 16);
		unwritable = strtol(argv[4], NULL, 16);
		is_unreadable = false; /* in emulation no register faults when read */
		name_config(&small, argv[5]);
		name_config(&large, argv[6]);
	}
	if ((argc == 2 || argc == 7) && strcmp(argv[1], "root") == 0)
		return cmocka_run_group_tests(root_tests, NULL, NULL);
	if ((argc == 2 || argc == 7) && strcmp(argv[1], "others") == 0)
		return cmocka_run_group_tests(others_tests, NULL, NULL);
	fprintf(stderr, "usage: device-files root|others [STORED BITS UNWRITABLE SMALL LARGE]\n");
	return EXIT_FAILURE;
}
