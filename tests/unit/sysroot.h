/* SPDX-License-Identifier: MIT */
/* A machine's files in a temporary folder: what node and device see instead of "/". */
#ifndef MSRD_TESTS_UNIT_SYSROOT_H
#define MSRD_TESTS_UNIT_SYSROOT_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sysroot {
	char path[64];
	int fd;
};

static inline void sysroot_init(struct sysroot *sysroot)
{
	strcpy(sysroot->path, "/tmp/msrd-test-XXXXXX");
	assert_non_null(mkdtemp(sysroot->path));
	sysroot->fd = open(sysroot->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(sysroot->fd >= 0);
}

static inline int sysroot_remove_entry(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void sysroot_deinit(struct sysroot *sysroot)
{
	close(sysroot->fd);
	assert_int_equal(nftw(sysroot->path, sysroot_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* Set-up and tear-down of a test whose state is a tree. */
static inline int sysroot_set_up(void **state)
{
	static struct sysroot sysroot;

	sysroot_init(&sysroot);
	*state = &sysroot;
	return 0;
}

static inline int sysroot_tear_down(void **state)
{
	sysroot_deinit(*state);
	return 0;
}

/* Writes length bytes at offset of the file, making it and its folders as needed. */
static inline void sysroot_write(const struct sysroot *sysroot, const char *path, long offset,
	const void *bytes, size_t length)
{
	char part[PATH_MAX];

	for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		mkdirat(sysroot->fd, part, 0755);
	}
	int fd = openat(sysroot->fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, length, offset), (ssize_t)length);
	close(fd);
}

__attribute__((format(printf, 3, 4))) static inline void sysroot_print(
	const struct sysroot *sysroot, const char *path, const char *format, ...)
{
	char text[4096];
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	sysroot_write(sysroot, path, 0, text, (size_t)length);
}

static inline void sysroot_remove(const struct sysroot *sysroot, const char *path)
{
	assert_int_equal(unlinkat(sysroot->fd, path, 0), 0);
}

/* A Sandy Bridge-EP's cpuinfo and a list of CPUs, all online; CPU n is in package of(n). */
static inline void sysroot_add_cpus(const struct sysroot *sysroot, const char *list, uint32_t last,
	unsigned (*of)(uint32_t cpu))
{
	sysroot_print(sysroot, "proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 45\n"
		"model name\t: Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz\nstepping\t: 7\n");
	sysroot_print(sysroot, "sys/devices/system/cpu/present", "%s\n", list);
	sysroot_print(sysroot, "sys/devices/system/cpu/online", "%s\n", list);
	for (uint32_t cpu = 0; cpu <= last; cpu++) {
		char path[80];
		snprintf(path, sizeof path,
			"sys/devices/system/cpu/cpu%u/topology/physical_package_id", cpu);
		sysroot_print(sysroot, path, "%u\n", of(cpu));
	}
}

/* A PCI function in sysfs with size bytes of config space, all zero but for its ids. */
static inline void sysroot_add_function(
	const struct sysroot *sysroot, const char *address, unsigned device_id, size_t size)
{
	uint8_t config[4096] = {0x86, 0x80, (uint8_t)device_id, (uint8_t)(device_id >> 8)};
	char path[80];

	snprintf(path, sizeof path, "sys/bus/pci/devices/%s/vendor", address);
	sysroot_print(sysroot, path, "0x8086\n");
	snprintf(path, sizeof path, "sys/bus/pci/devices/%s/device", address);
	sysroot_print(sysroot, path, "0x%04x\n", device_id);
	snprintf(path, sizeof path, "sys/bus/pci/devices/%s/numa_node", address);
	sysroot_print(sysroot, path, "-1\n");
	snprintf(path, sizeof path, "sys/bus/pci/devices/%s/config", address);
	sysroot_write(sysroot, path, 0, config, size);
}

/* Sets a dword in the config space of a function of sysfs. */
static inline void sysroot_set_config(
	const struct sysroot *sysroot, const char *address, long offset, uint32_t value)
{
	uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
		(uint8_t)(value >> 24)};
	char path[80];

	snprintf(path, sizeof path, "sys/bus/pci/devices/%s/config", address);
	sysroot_write(sysroot, path, offset, bytes, sizeof bytes);
}

#endif
