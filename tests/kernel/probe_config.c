/* SPDX-License-Identifier: MIT */
/* PCI config space in sysfs and procfs, call by call, and what is not about registers. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "probe.h"

#define COMMAND	       0x04
#define COMMAND_NO_INT (1 << 10)
#define INT_LINE       0x3c

#define IOC_CONTROLLER (('P' << 24 | 'C' << 16 | 'I' << 8) | 0)

static void *volatile nowhere; /* a NULL that no compiler warns of */

static uint8_t read_byte(int fd, off_t offset)
{
	uint8_t byte = 0;

	return pread(fd, &byte, 1, offset) == 1 ? byte : 0;
}

static void probe_ranges(int fd, off_t size, const char *kind)
{
	static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 16, 64, 256, 4096, 8192};
	const off_t offsets[] = {0, 1, 2, 3, 0x3e, 0x3f, 0x40, 0x7d, 0x80, 0xfd, size - 8, size - 3,
		size - 1, size, size + 1, size + 4, size + 4096, size + 0x7fffffff, 0x100000000};
	static uint8_t bytes[8192], whole[8192];

	memset(whole, 0, sizeof whole);
	probe_say(pread(fd, whole, sizeof whole, 0), "pread whole");
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
		for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
			if (kind[0] == 'r')
				PROBE(pread(fd, bytes, sizes[j], offsets[i]), "pread %zu@%s%lx",
					sizes[j], offsets[i] >= size ? "end+" : "",
					offsets[i] - (offsets[i] >= size ? size : 0));
			else if (sizes[j] <= 16 && offsets[i] >= size)
				PROBE(pwrite(fd, bytes, sizes[j], offsets[i]), "pwrite %zu@end+%lx",
					sizes[j], offsets[i] - size);
		}
}

/* Parts of dwords are parts of what is read at once. */
static void probe_parts(int fd)
{
	uint8_t whole[64] = {0}, part[16];

	PROBE(pread(fd, whole, sizeof whole, 0), "parts of");
	for (int offset = 0; offset < 8; offset++)
		for (int size = 1; size < 10; size++) {
			PROBE(pread(fd, part, (size_t)size, offset), "part %d@%d", size, offset);
			probe_say(memcmp(part, whole + offset, (size_t)size) == 0,
				"part %d@%d is of the whole", size, offset);
		}
}

/* Is a bit kept that was changed? It is then put back. */
static void probe_writable(int fd, off_t offset, uint8_t bits, const char *name)
{
	uint8_t old = read_byte(fd, offset), changed = old ^ bits;

	PROBE(pwrite(fd, &changed, 1, offset), "pwrite %s", name);
	probe_say(read_byte(fd, offset) == changed, "%s is kept", name);
	PROBE(pwrite(fd, &old, 1, offset), "pwrite %s back", name);
}

static void probe_positions(int fd, off_t size)
{
	uint8_t bytes[8];

	lseek(fd, 0x10, SEEK_SET);
	PROBE(read(fd, bytes, 4), "read 4");
	PROBE(lseek(fd, 0, SEEK_CUR), "position after read 4");
	lseek(fd, size - 2, SEEK_SET);
	PROBE(read(fd, bytes, 4), "read 4 at the end");
	PROBE(read(fd, bytes, 4), "read 4 behind the end");
	PROBE(lseek(fd, 0, SEEK_CUR) - size, "position behind the end");
	PROBE(lseek(fd, -1, SEEK_SET), "lseek SET -1");
	PROBE(lseek(fd, 0, SEEK_END), "lseek END 0");
	PROBE(lseek(fd, -4, SEEK_END), "lseek END -4");
	PROBE(lseek(fd, 4, SEEK_END), "lseek END +4");
	PROBE(lseek(fd, size + 1, SEEK_SET), "lseek SET size+1");
	PROBE(lseek(fd, 1L << 62, SEEK_SET), "lseek SET 2^62");
	PROBE(lseek(fd, 0, SEEK_DATA), "lseek DATA");
	PROBE(lseek(fd, 0, SEEK_HOLE), "lseek HOLE");
}

static void probe_vectored(int fd)
{
	uint8_t bytes[3][8];
	struct iovec parts[] = {{bytes[0], 1}, {bytes[1], 2}, {bytes[2], 4}};
	uint8_t whole[8];

	PROBE(pread(fd, whole, 7, 0), "pread 7");
	PROBE(preadv(fd, parts, 3, 0), "preadv 1+2+4");
	probe_say(bytes[0][0] == whole[0] && memcmp(bytes[1], whole + 1, 2) == 0 &&
			  memcmp(bytes[2], whole + 3, 4) == 0,
		"preadv 1+2+4 is of the whole");
	lseek(fd, 0, SEEK_SET);
	PROBE(readv(fd, parts, 3), "readv 1+2+4");
	PROBE(lseek(fd, 0, SEEK_CUR), "position after readv");
}

static void probe_pipes(int fd)
{
	int ends[2], file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	off_t from = 0;

	if (pipe(ends) < 0)
		return;
	PROBE(splice(fd, &from, ends[1], NULL, 4, SPLICE_F_NONBLOCK), "splice to a pipe");
	from = 0;
	PROBE(sendfile(file, fd, &from, 64), "sendfile");
	close(ends[0]);
	close(ends[1]);
	close(file);
}

static void probe_append(const struct probe_config *config)
{
	int fd = open(config->path, O_RDWR | O_APPEND);
	uint8_t old = read_byte(fd, INT_LINE), changed = old ^ 1;

	PROBE(pwrite(fd, &changed, 1, INT_LINE), "APPEND pwrite");
	probe_say(read_byte(fd, INT_LINE) == changed, "APPEND pwrite is read");
	PROBE(pwrite(fd, &old, 1, INT_LINE), "APPEND pwrite back");
	close(fd);
}

static void probe_file(int fd, const char *path)
{
	char text[8] = "", large[8192] = "";
	int number;
	void *at;

	PROBE(pread(fd, nowhere, 4, 0), "pread 4 to NULL");
	PROBE(fsync(fd), "fsync");
	PROBE(ftruncate(fd, 0), "ftruncate 0");
	PROBE(truncate(path, 0), "truncate 0");
	PROBE(fallocate(fd, 0, 0, 4096), "fallocate");
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	probe_say(at == MAP_FAILED ? -1 : 0, "mmap shared");
	at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	probe_say(at == MAP_FAILED ? -1 : 0, "mmap private");
	PROBE(fcntl(fd, F_SETFL, O_DIRECT), "fcntl O_DIRECT");
	PROBE(fgetxattr(fd, "user.a", text, sizeof text), "fgetxattr");
	PROBE(flistxattr(fd, text, sizeof text), "flistxattr");
	PROBE(fsetxattr(fd, "user.a", "b", 1, 0), "fsetxattr");
	PROBE(ioctl(fd, IOC_CONTROLLER, large), "ioctl PCIIOC_CONTROLLER");
	PROBE(ioctl(fd, IOC_CONTROLLER + 0x70, large), "ioctl PCIIOC that is not known");
	PROBE(ioctl(fd, 0x5401, text), "ioctl TCGETS");
	PROBE(ioctl(fd, FIONREAD, &number), "ioctl FIONREAD");
	PROBE(ioctl(fd, _IO('c', 1)), "ioctl that is not known");
}

void probe_config(const struct probe_config *config)
{
	int fd = open(config->path, O_RDWR), read_only = open(config->path, O_RDONLY);
	struct stat status = {0};
	uint8_t byte = 0;

	probe_group("%s", config->group);
	probe_say(fd < 0 ? -1 : 0, "open RDWR");
	PROBE(open(config->path, O_RDWR | O_DIRECT) < 0 ? -1 : 0, "open RDWR|DIRECT");
	PROBE(open(config->path, O_RDWR | O_TRUNC) < 0 ? -1 : 0, "open RDWR|TRUNC");
	PROBE(fstat(fd, &status), "stat");
	probe_say(status.st_mode, "stat mode");
	probe_say(status.st_size, "stat size");
	probe_say(status.st_blksize, "stat blksize");
	probe_say(status.st_mtime != 0, "stat mtime set");
	probe_ranges(fd, config->size, "read");
	probe_ranges(fd, config->size, "write");
	probe_parts(fd);
	probe_writable(fd, COMMAND + 1, COMMAND_NO_INT >> 8, "COMMAND");
	probe_writable(fd, INT_LINE, 0x05, "INT_LINE");
	probe_writable(fd, 0, 0xff, "VENDOR");
	probe_positions(fd, config->size);
	probe_vectored(fd);
	probe_append(config);
	probe_pipes(fd);
	PROBE(pwrite(read_only, &byte, 1, INT_LINE), "pwrite read only");
	probe_file(fd, config->path);
	close(fd);
	close(read_only);
}

void probe_meta(const char *group, const char *path)
{
	struct stat status = {0}, before = {0};
	char beside[128], *slash;

	probe_group("%s", group);
	stat(path, &before);
	PROBE(chmod(path, 0666), "chmod 666");
	stat(path, &status);
	probe_say(status.st_mode & 07777, "mode after chmod");
	PROBE(chmod(path, before.st_mode & 07777), "chmod back");
	PROBE(chown(path, 0, 1000), "chown 0:1000");
	stat(path, &status);
	probe_say(status.st_gid, "gid after chown");
	PROBE(chown(path, 1000, (gid_t)-1), "chown 1000");
	stat(path, &status);
	probe_say(status.st_uid, "uid after chown");
	PROBE(chown(path, 0, 0), "chown back");
	PROBE(utimensat(AT_FDCWD, path, NULL, 0), "touch");
	snprintf(beside, sizeof beside, "%s", path);
	slash = strrchr(beside, '/');
	snprintf(slash, 8, "/beside");
	PROBE(open(beside, O_RDWR | O_CREAT, 0600) < 0 ? -1 : 0, "create beside");
	unlink(beside);
	PROBE(mkdir(beside, 0700), "mkdir beside");
	rmdir(beside);
	PROBE(link(path, beside), "link beside");
	unlink(beside);
	PROBE(symlink("a", beside), "symlink beside");
	unlink(beside);
}

static void say_line(const char *path, const char *start, const char *call)
{
	FILE *file = fopen(path, "r");
	char line[4096];

	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, start, strlen(start)) == 0) {
			line[strcspn(line, "\n")] = '\0';
			probe_say_text(line, call);
			break;
		}
	if (file)
		fclose(file);
}

void probe_node(void)
{
	struct stat status = {0};
	DIR *dir = opendir("/dev/cpu");
	int last = -1, is_ascending = 1;

	probe_group("node");
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		is_ascending &= atoi(entry->d_name) > last;
		last = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	probe_say(is_ascending, "/dev/cpu is listed ascending");
	say_line("/proc/devices", "202 ", "/proc/devices 202");
	say_line("/proc/devices", "203 ", "/proc/devices 203");
	say_line("/sys/module/msr/parameters/allow_writes", "", "allow_writes");
	PROBE(stat("/sys/module/msr/parameters/allow_writes", &status), "stat allow_writes");
	probe_say(status.st_mode, "mode of allow_writes");
	PROBE(access("/sys/class/msr/msr0", F_OK), "/sys/class/msr/msr0");
	say_line("/sys/class/msr/msr0/dev", "", "dev of msr0");
	say_line("/sys/class/msr/msr1/uevent", "DEVNAME", "uevent of msr1");
	say_line("/sys/class/cpuid/cpu1/dev", "", "dev of cpu1");
	PROBE(access("/sys/devices/virtual/msr/msr0", F_OK), "/sys/devices/virtual/msr/msr0");
	PROBE(access("/sys/devices/system/cpu/cpu0/online", F_OK), "cpu0/online");
	PROBE(access("/sys/devices/system/cpu/cpu1/online", W_OK), "cpu1/online");
}
