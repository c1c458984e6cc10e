/* SPDX-License-Identifier: MIT */
/* /dev/cpu/N/msr, call by call. */
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

/* asm/msr.h, and a third that there is not */
#define RDMSR_REGS _IOWR('c', 0xa0, uint32_t[8])
#define WRMSR_REGS _IOWR('c', 0xa1, uint32_t[8])
#define OTHER_REGS _IOWR('c', 0xa2, uint32_t[8])

enum { EAX, ECX, EDX };

static void *volatile nowhere; /* a NULL that no compiler warns of */

static uint64_t read_register(int fd, off_t address)
{
	uint64_t value = 0;

	return pread(fd, &value, sizeof value, address) == sizeof value ? value : 0;
}

static void probe_opens(void)
{
	static const struct {
		const char *name;
		int flags;
	} cases[] = {{"RDONLY", O_RDONLY}, {"WRONLY", O_WRONLY}, {"RDWR", O_RDWR},
		{"ACCMODE", O_ACCMODE}, {"RDWR|DIRECT", O_RDWR | O_DIRECT},
		{"RDWR|TRUNC", O_RDWR | O_TRUNC}, {"RDWR|CREAT", O_RDWR | O_CREAT},
		{"CREAT|EXCL", O_RDWR | O_CREAT | O_EXCL}, {"DIRECTORY", O_RDONLY | O_DIRECTORY},
		{"SYNC", O_RDWR | O_SYNC}, {"NONBLOCK", O_RDWR | O_NONBLOCK},
		{"NOFOLLOW", O_RDONLY | O_NOFOLLOW}, {"NOATIME", O_RDONLY | O_NOATIME},
		{"PATH", O_PATH}, {"APPEND", O_RDWR | O_APPEND}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int fd = open(PROBE_MSR, cases[i].flags, 0600);
		probe_say(fd < 0 ? -1 : 0, "open %s", cases[i].name);
		close(fd);
	}
	PROBE(open("/dev/cpu/4095/msr", O_RDONLY), "open of no CPU");
}

static void probe_stat(int fd)
{
	struct stat status;

	PROBE(fstat(fd, &status), "stat");
	probe_say((status.st_mode & S_IFMT) == S_IFCHR, "stat character device");
	probe_say(status.st_mode & 07777, "stat mode");
	probe_say(status.st_uid, "stat uid");
	probe_say(status.st_size, "stat size");
	probe_say(status.st_nlink, "stat nlink");
	probe_say(status.st_blksize, "stat blksize");
	probe_say(status.st_mtime != 0, "stat mtime set");
	PROBE(stat("/dev/cpu/0/cpuid", &status), "stat cpuid");
	probe_say(status.st_mode & 07777, "stat cpuid mode");
}

static void probe_lseek(int fd)
{
	static const struct {
		const char *name;
		off_t offset;
		int whence;
	} cases[] = {{"SET 0x10", 0x10, SEEK_SET}, {"SET -1", -1, SEEK_SET}, {"CUR 0", 0, SEEK_CUR},
		{"CUR +8", 8, SEEK_CUR}, {"CUR -100", -100, SEEK_CUR},
		{"SET 0xC0000080", 0xC0000080, SEEK_SET}, {"SET 2^62", 1L << 62, SEEK_SET},
		{"END 0", 0, SEEK_END}, {"END +4", 4, SEEK_END}, {"DATA", 0, SEEK_DATA},
		{"HOLE", 0, SEEK_HOLE}, {"wrong", 0, 77}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		PROBE(lseek(fd, cases[i].offset, cases[i].whence), "lseek %s", cases[i].name);
}

static void probe_pread(int fd, const struct probe *probe)
{
	static const size_t sizes[] = {
		0, 1, 4, 7, 8, 9, 12, 16, 24, 4096, 4100, 65536, 1048576, 1048584, 2097152};
	uint64_t value = read_register(fd, probe->stored);
	uint64_t *buffer = calloc(1, 2097152);

	for (size_t i = 0; buffer && i < sizeof sizes / sizeof *sizes; i++) {
		memset(buffer, 0x5a, sizes[i]);
		PROBE(pread(fd, buffer, sizes[i], probe->stored), "pread %zu", sizes[i]);
		if (sizes[i] % 8 == 0 && sizes[i] > 8)
			probe_say(buffer[sizes[i] / 8 - 1] == value, "pread %zu all the same",
				sizes[i]);
	}
	free(buffer);
	PROBE(pread(fd, &value, 8, 0x100000000L + probe->stored), "pread 8 at 2^32 and more");
	PROBE(pread(fd, &value, 8, -1), "pread 8 at -1");
	PROBE(pread(fd, nowhere, 8, probe->stored), "pread 8 to NULL");
	PROBE(pread(fd, nowhere, 4, probe->stored), "pread 4 to NULL");
	PROBE(pread(fd, &value, 8, probe->unwritable) == -1 && errno != EIO,
		"pread of no register");
}

static void probe_pwrite(int fd, const struct probe *probe)
{
	static const size_t sizes[] = {0, 1, 4, 8, 12, 16, 24};
	uint64_t value = read_register(fd, probe->stored), changed = value ^ probe->stored_bits;
	uint64_t same[3] = {value, value, value};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		PROBE(pwrite(fd, same, sizes[i], probe->stored), "pwrite %zu", sizes[i]);
	PROBE(pwrite(fd, &changed, 8, 0x100000000L + probe->stored), "pwrite 8 at 2^32 and more");
	probe_say(read_register(fd, probe->stored) == changed, "pwrite is read");
	PROBE(pwrite(fd, &value, 8, probe->stored), "pwrite back");
	PROBE(pwrite(fd, nowhere, 8, probe->stored), "pwrite 8 of NULL");
	memset(same, 0xff, sizeof same); /* where reserved bits fault, these do */
	PROBE(pwrite(fd, same, 8, probe->unwritable), "pwrite 8 that faults");
	PROBE(pwrite(fd, same, 16, probe->unwritable), "pwrite 16 that faults");
}

static void probe_position(int fd, const struct probe *probe)
{
	uint64_t value = read_register(fd, probe->stored), again[2] = {0};

	lseek(fd, probe->stored, SEEK_SET);
	PROBE(read(fd, again, 8), "read 8");
	PROBE(lseek(fd, 0, SEEK_CUR) - probe->stored, "position after read 8");
	lseek(fd, probe->stored, SEEK_SET);
	PROBE(read(fd, again, 16), "read 16");
	probe_say(again[0] == value && again[1] == value, "read 16 is one register");
	PROBE(lseek(fd, 0, SEEK_CUR) - probe->stored, "position after read 16");
	lseek(fd, probe->stored, SEEK_SET);
	PROBE(read(fd, again, 4), "read 4");
	PROBE(lseek(fd, 0, SEEK_CUR) - probe->stored, "position after read 4");
	PROBE(write(fd, &value, 8), "write 8");
	PROBE(lseek(fd, 0, SEEK_CUR) - probe->stored, "position after write 8");

	lseek(fd, probe->stored, SEEK_SET);
	int copy = dup(fd);
	PROBE(lseek(copy, 0, SEEK_CUR) - probe->stored, "position of dup");
	PROBE(pread(copy, &value, 8, probe->stored), "pread 8 of dup");
	close(copy);
}

static void probe_vectored(int fd, const struct probe *probe)
{
	static const struct {
		const char *name;
		int n;
		size_t sizes[3];
	} cases[] = {{"8", 1, {8}}, {"8+8", 2, {8, 8}}, {"16+8", 2, {16, 8}}, {"4+4", 2, {4, 4}},
		{"8+4", 2, {8, 4}}, {"4+8", 2, {4, 8}}, {"4+8+4", 3, {4, 8, 4}}, {"0+8", 2, {0, 8}},
		{"8+0+8", 3, {8, 0, 8}}, {"none", 0, {0}}};
	uint64_t value = read_register(fd, probe->stored), buffers[3][2];
	struct iovec parts[3];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int j = 0; j < 3; j++) {
			buffers[j][0] = buffers[j][1] = value;
			parts[j] = (struct iovec){buffers[j], cases[i].sizes[j]};
		}
		PROBE(preadv(fd, parts, cases[i].n, probe->stored), "preadv %s", cases[i].name);
		lseek(fd, probe->stored, SEEK_SET);
		PROBE(readv(fd, parts, cases[i].n), "readv %s", cases[i].name);
		for (int j = 0; j < 3; j++)
			buffers[j][0] = buffers[j][1] = value;
		PROBE(pwritev(fd, parts, cases[i].n, probe->stored), "pwritev %s", cases[i].name);
	}
	parts[0] = (struct iovec){&value, 8};
	PROBE(preadv2(fd, parts, 1, probe->stored, RWF_NOWAIT), "preadv2 NOWAIT");
	PROBE(preadv2(fd, parts, 1, probe->stored, RWF_HIPRI), "preadv2 HIPRI");
	PROBE(pwritev2(fd, parts, 1, probe->stored, RWF_DSYNC), "pwritev2 DSYNC");
}

static void probe_append(const struct probe *probe)
{
	int fd = open(PROBE_MSR, O_RDWR | O_APPEND);
	uint64_t value = read_register(fd, probe->stored), changed = value ^ probe->stored_bits;
	struct iovec part = {&value, 8};

	PROBE(pwrite(fd, &changed, 8, probe->stored), "APPEND pwrite");
	probe_say(read_register(fd, probe->stored) == changed, "APPEND pwrite is read");
	PROBE(pwritev(fd, &part, 1, probe->stored), "APPEND pwritev");
	probe_say(read_register(fd, probe->stored) == value, "APPEND pwritev is read");
	lseek(fd, probe->stored, SEEK_SET);
	PROBE(write(fd, &changed, 8), "APPEND write");
	probe_say(read_register(fd, probe->stored) == changed, "APPEND write is read");
	PROBE(pwrite(fd, &value, 8, probe->stored), "APPEND pwrite back");
	close(fd);
}

static void probe_pipes(int fd, const struct probe *probe)
{
	int ends[2], file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	off_t from = probe->stored, to = probe->stored;
	uint64_t value = read_register(fd, probe->stored);

	if (pipe(ends) < 0)
		return;
	PROBE(splice(fd, &from, ends[1], NULL, 8, SPLICE_F_NONBLOCK), "splice to a pipe");
	PROBE(write(ends[1], &value, 8), "pipe filled");
	PROBE(splice(ends[0], NULL, fd, &to, 8, SPLICE_F_NONBLOCK), "splice from a pipe");
	from = probe->stored;
	PROBE(sendfile(file, fd, &from, 8), "sendfile");
	from = probe->stored;
	PROBE(copy_file_range(fd, &from, file, NULL, 8, 0), "copy_file_range");
	close(ends[0]);
	close(ends[1]);
	close(file);
}

static void probe_ioctl(int fd, const struct probe *probe)
{
	uint64_t value = read_register(fd, probe->stored);
	uint32_t registers[8] = {[ECX] = (uint32_t)probe->stored};
	int read_only = open(PROBE_MSR, O_RDONLY), write_only = open(PROBE_MSR, O_WRONLY), number;

	PROBE(ioctl(fd, RDMSR_REGS, registers), "ioctl RDMSR");
	probe_say(registers[EAX] == (uint32_t)value && registers[EDX] == value >> 32,
		"ioctl RDMSR value");
	PROBE(ioctl(fd, WRMSR_REGS, registers), "ioctl WRMSR");
	PROBE(ioctl(write_only, RDMSR_REGS, registers), "ioctl RDMSR write only");
	PROBE(ioctl(read_only, WRMSR_REGS, registers), "ioctl WRMSR read only");
	PROBE(ioctl(fd, RDMSR_REGS, nowhere), "ioctl RDMSR of NULL");
	memset(registers, 0xff, sizeof registers);
	registers[ECX] = (uint32_t)probe->unwritable;
	PROBE(ioctl(fd, WRMSR_REGS, registers), "ioctl WRMSR that faults");
	PROBE(ioctl(fd, OTHER_REGS, registers), "ioctl that is not known");
	PROBE(ioctl(fd, _IO('c', 1)), "ioctl without an argument");
	PROBE(ioctl(fd, 0x5401 /* TCGETS */, registers), "ioctl TCGETS");
	PROBE(ioctl(fd, FIONREAD, &number), "ioctl FIONREAD");
	PROBE(isatty(fd), "isatty");
	close(read_only);
	close(write_only);
}

static void probe_file(int fd)
{
	char text[8];
	void *at;

	PROBE(fsync(fd), "fsync");
	PROBE(fdatasync(fd), "fdatasync");
	PROBE(ftruncate(fd, 0), "ftruncate 0");
	PROBE(ftruncate(fd, 4096), "ftruncate 4096");
	PROBE(truncate(PROBE_MSR, 0), "truncate 0");
	PROBE(fallocate(fd, 0, 0, 4096), "fallocate");
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	probe_say(at == MAP_FAILED ? -1 : 0, "mmap shared");
	at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	probe_say(at == MAP_FAILED ? -1 : 0, "mmap private");
	PROBE(fcntl(fd, F_SETFL, O_DIRECT), "fcntl O_DIRECT");
	PROBE(fgetxattr(fd, "user.a", text, sizeof text), "fgetxattr");
	PROBE(flistxattr(fd, text, sizeof text), "flistxattr");
	PROBE(fsetxattr(fd, "user.a", "b", 1, 0), "fsetxattr");
}

void probe_msr(const struct probe *probe)
{
	int fd = open(PROBE_MSR, O_RDWR);
	int read_only = open(PROBE_MSR, O_RDONLY), write_only = open(PROBE_MSR, O_WRONLY);
	uint64_t value = read_register(fd, probe->stored);

	probe_group("msr");
	probe_opens();
	probe_stat(fd);
	probe_lseek(fd);
	probe_pread(fd, probe);
	probe_pwrite(fd, probe);
	PROBE(pwrite(read_only, &value, 8, probe->stored), "pwrite read only");
	PROBE(pread(write_only, &value, 8, probe->stored), "pread write only");
	probe_position(fd, probe);
	probe_vectored(fd, probe);
	probe_append(probe);
	probe_pipes(fd, probe);
	probe_ioctl(fd, probe);
	probe_file(fd);
	close(fd);
	close(read_only);
	close(write_only);
}
