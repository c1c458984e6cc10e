/* SPDX-License-Identifier: MIT */
/*
 * Files that are open when what is behind them goes: the MSRs of a CPU, config space of a PCI
 * function. How a function goes is not the same here and there; what is seen of it is to be.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe.h"

#define SWITCH "/sys/devices/system/cpu/cpu1/online"
#define FOLDER "/dev/cpu/1"
#define MSR    FOLDER "/msr"
#define FAULT  "/sys/devices/sim/fault"
#define RESCAN "/sys/bus/pci/rescan"

#define INT_LINE	0x3c
#define IOC_CONTROLLER	(('P' << 24 | 'C' << 16 | 'I' << 8) | 0)
#define IOC_MMAP_IS_MEM (IOC_CONTROLLER + 2)
#define RDMSR_REGS	_IOWR('c', 0xa0, uint32_t[8])

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool is_written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return is_written;
}

/* Removed, as when it is pulled out; on the simulated node hidden, which is the same from then on.
 */
static bool switch_function(const char *name, bool is_there)
{
	char path[64], line[64];

	if (access(FAULT, F_OK) == 0) {
		snprintf(line, sizeof line, "%s %s\n", is_there ? "show" : "hide", name);
		return put(FAULT, line);
	}
	snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/remove", name);
	return put(is_there ? RESCAN : path, "1");
}

static void probe_status(int fd, const char *path)
{
	struct stat status = {0};

	PROBE(fstat(fd, &status), "fstat");
	probe_say(status.st_size, "size");
	probe_say((long)status.st_nlink, "links");
	PROBE(access(path, F_OK), "access");
	PROBE(open(path, O_RDONLY) < 0 ? -1 : 0, "open");
}

static void probe_accesses(int fd, off_t size)
{
	uint8_t bytes[16] = {0};
	char large[8192] = "";
	struct iovec parts[] = {{bytes, 1}, {bytes + 1, 3}};

	PROBE(pread(fd, bytes, 4, 0), "pread 4");
	PROBE(pread(fd, bytes, 0, 0), "pread 0");
	PROBE(pread(fd, bytes, 1, INT_LINE), "pread 1");
	PROBE(pread(fd, bytes, 16, size - 8), "pread across the end");
	PROBE(pread(fd, bytes, 4, size), "pread at the end");
	PROBE(pread(fd, bytes, 4, size + 4), "pread behind the end");
	PROBE(preadv(fd, parts, 2, 0), "preadv 1+3");
	PROBE(pwrite(fd, bytes, 1, INT_LINE), "pwrite 1");
	PROBE(pwrite(fd, bytes, 4, size), "pwrite at the end");
	PROBE(pwrite(fd, bytes, 4, size + 4), "pwrite behind the end");
	PROBE(lseek(fd, 0x10, SEEK_SET), "lseek SET");
	PROBE(read(fd, bytes, 4), "read 4");
	PROBE(lseek(fd, 0, SEEK_CUR), "position after read 4");
	PROBE(write(fd, bytes, 4), "write 4");
	PROBE(lseek(fd, 0, SEEK_CUR), "position after write 4");
	PROBE(lseek(fd, 0, SEEK_END), "lseek END");
	PROBE(ioctl(fd, IOC_CONTROLLER, large), "ioctl PCIIOC_CONTROLLER");
	PROBE(ioctl(fd, IOC_MMAP_IS_MEM, large), "ioctl PCIIOC_MMAP_IS_MEM");
	PROBE(ioctl(fd, IOC_CONTROLLER + 0x70, large), "ioctl that is not known");
}

static void probe_function(const struct probe_config *config, int before, int read_only)
{
	uint8_t byte = 0;

	probe_group("%s", config->group);
	probe_accesses(before, config->size);
	PROBE(pread(read_only, &byte, 1, 0), "pread read only");
	PROBE(pwrite(read_only, &byte, 1, INT_LINE), "pwrite read only");
	probe_status(before, config->path);
}

static void probe_removed(const struct probe *probe, const char *name)
{
	const struct probe_config configs[] = {
		{"removed sysfs", probe->sysfs[1], 4096}, {"removed proc", probe->proc[1], 4096}};
	int before[2], read_only[2];
	uint8_t bytes[4];

	for (int i = 0; i < 2; i++) {
		before[i] = open(configs[i].path, O_RDWR);
		read_only[i] = open(configs[i].path, O_RDONLY);
	}
	probe_group("removed");
	probe_say(switch_function(name, false), "it goes");
	for (int i = 0; i < 2; i++)
		probe_function(&configs[i], before[i], read_only[i]);
	probe_group("removed");
	probe_say(switch_function(name, true), "it comes back");
	for (int i = 0; i < 2; i++) {
		int after = open(configs[i].path, O_RDWR);

		probe_group("%s, back", configs[i].group);
		probe_say(after < 0 ? -1 : 0, "open");
		PROBE(pread(after, bytes, 4, 0), "pread 4");
		PROBE(pread(before[i], bytes, 4, 0), "pread 4 of what was open before");
		close(after);
		close(before[i]);
		close(read_only[i]);
	}
}

static void probe_offline(const struct probe *probe)
{
	int fd = open(MSR, O_RDWR);
	uint32_t registers[8] = {0, (uint32_t)probe->stored};
	uint64_t values[2] = {0};
	struct stat status = {0};

	probe_group("offline msr");
	PROBE(pread(fd, values, 8, probe->stored), "pread 8 before");
	probe_say(put(SWITCH, "0"), "it goes");
	PROBE(pread(fd, values, 8, probe->stored), "pread 8");
	PROBE(pread(fd, values, 16, probe->stored), "pread 16");
	PROBE(pread(fd, values, 0, probe->stored), "pread 0");
	PROBE(pread(fd, values, 4, probe->stored), "pread 4");
	PROBE(pwrite(fd, values, 8, probe->stored), "pwrite 8");
	PROBE(pwrite(fd, values, 8, probe->unwritable), "pwrite 8 of what can't be written");
	PROBE(pwrite(fd, values, 0, probe->stored), "pwrite 0");
	PROBE(pwrite(fd, values, 4, probe->stored), "pwrite 4");
	PROBE(ioctl(fd, RDMSR_REGS, registers), "ioctl RDMSR");
	PROBE(ioctl(fd, _IO('c', 1)), "ioctl that is not known");
	PROBE(fstat(fd, &status), "fstat");
	probe_say((long)status.st_nlink, "links");
	PROBE(access(MSR, F_OK), "access");
	PROBE(open(MSR, O_RDONLY) < 0 ? -1 : 0, "open");
	probe_say(put(SWITCH, "1"), "it comes back");
	PROBE(pread(fd, values, 8, probe->stored), "pread 8 after");
	PROBE(access(MSR, F_OK), "access after");
	close(fd);
}

static void switch_cpu(const char *when)
{
	probe_say(put(SWITCH, "0"), "%s: it goes", when);
	PROBE(access(FOLDER, F_OK), "%s: its directory", when);
	PROBE(access(MSR, F_OK), "%s: its file", when);
	probe_say(put(SWITCH, "1"), "%s: it comes back", when);
	PROBE(access(MSR, F_OK), "%s: its file is back", when);
	probe_say(probe_open(MSR, O_RDWR), "%s: and is opened", when);
}

static void say_first(void)
{
	struct dirent *entry = NULL;
	DIR *dir = opendir("/dev/cpu");

	while (dir && (entry = readdir(dir)) && entry->d_name[0] == '.')
		;
	probe_say_text(entry ? entry->d_name : "none", "the first of all");
	if (dir)
		closedir(dir);
}

/* What the driver does with its files when somebody has been at them. */
static void probe_touched(void)
{
	struct stat status = {0};

	probe_group("offline, files");
	chmod(MSR, 0666);
	switch_cpu("after chmod");
	say_first();
	stat(MSR, &status);
	probe_say(status.st_mode & 07777, "mode after that");
	PROBE(unlink(MSR), "unlink");
	switch_cpu("after unlink");
	close(open(FOLDER "/file", O_RDWR | O_CREAT, 0600));
	switch_cpu("with a file beside");
	PROBE(unlink(MSR), "unlink again");
	PROBE(rename(FOLDER "/file", MSR), "a file in its place");
	switch_cpu("with a file in its place");
	PROBE(unlink(MSR), "unlink of the file");
	switch_cpu("after all");
	PROBE(rename(FOLDER, "/dev/cpu/moved"), "rename of its directory");
	switch_cpu("with its directory moved");
	PROBE(access("/dev/cpu/moved/msr", F_OK), "what was moved stays");
	probe_say(put(SWITCH, "0"), "it goes again");
	probe_say(probe_open("/dev/cpu/moved/msr", O_RDWR), "what was moved, offline");
	PROBE(unlink("/dev/cpu/moved/msr"), "unlink of what was moved");
	PROBE(unlink("/dev/cpu/moved/cpuid"), "unlink of cpuid");
	PROBE(rmdir("/dev/cpu/moved"), "rmdir of what was moved");
	PROBE(mkdir(FOLDER, 0755), "mkdir of another directory");
	probe_say(put(SWITCH, "1"), "it comes back again");
	PROBE(access(MSR, F_OK), "its file in the other directory");
	probe_say(put(SWITCH, "0"), "it goes for the last time");
	PROBE(access(FOLDER, F_OK), "the other directory stays");
	PROBE(rmdir(FOLDER), "rmdir of the other directory");
	probe_say(put(SWITCH, "1"), "it comes back at last");
	probe_say(probe_open(MSR, O_RDWR), "open at last");
}

void probe_gone(const struct probe *probe, const char *name)
{
	probe_offline(probe);
	probe_touched();
	probe_removed(probe, name);
}
