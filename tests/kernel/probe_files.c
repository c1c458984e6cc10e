/* SPDX-License-Identifier: MIT */
/* Files that root makes beside device files, as devtmpfs lets it: what is in them, and links. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "probe.h"

#define AT   "/dev/cpu/0/"
#define MADE AT "file"

static void probe_create(void)
{
	struct stat status = {0};
	char path[300] = AT;

	PROBE(open(MADE, O_RDONLY), "open of no file");
	probe_say(probe_open(MADE, O_RDWR | O_CREAT | O_EXCL), "create");
	probe_say(probe_open(MADE, O_RDWR | O_CREAT | O_EXCL), "create again");
	probe_say(probe_open(MADE, O_RDWR | O_CREAT), "create or open");
	probe_say(probe_open(MADE, O_RDONLY | O_DIRECTORY), "open as a directory");
	probe_say(probe_open(MADE "/in", O_RDONLY), "open in a file");
	PROBE(stat(MADE, &status), "stat");
	probe_say((long)status.st_mode, "mode");
	probe_say((long)status.st_uid, "uid");
	probe_say((long)status.st_gid, "gid");
	probe_say((long)status.st_nlink, "links");
	probe_say(status.st_size, "size");
	probe_say(status.st_blocks, "blocks");
	probe_say(status.st_blksize, "blksize");
	PROBE(mkdir(MADE, 0755), "mkdir where there is a file");
	PROBE(symlink("a", MADE), "symlink where there is a file");
	PROBE(link(PROBE_MSR, MADE), "link where there is a file");
	memset(path + strlen(AT), 'n', 255);
	probe_say(probe_open(path, O_RDWR | O_CREAT), "create of a name of 255");
	PROBE(unlink(path), "unlink of a name of 255");
	path[strlen(AT) + 255] = 'n';
	probe_say(probe_open(path, O_RDWR | O_CREAT), "create of a name of 256");
	PROBE(unlink(path), "unlink of a name of 256");
	PROBE(access(path, F_OK), "access of a name of 256");
	probe_say(probe_open(AT, O_RDWR | O_TMPFILE), "O_TMPFILE");
}

static void say_size(int fd, const char *when)
{
	struct stat status = {0};

	fstat(fd, &status);
	probe_say(status.st_size, "size %s", when);
	probe_say(status.st_blocks, "blocks %s", when);
}

static void probe_holes(int fd)
{
	char bytes[16] = "";

	PROBE(ftruncate(fd, 1 << 20), "ftruncate 2^20");
	say_size(fd, "after ftruncate 2^20");
	PROBE(pread(fd, bytes, 8, 1 << 19), "pread of a hole");
	probe_say(bytes[0], "byte of a hole");
	PROBE(pwrite(fd, "abcdefgh", 8, 0x1ffc), "pwrite across pages");
	PROBE(pread(fd, bytes, 8, 0x1ffc), "pread across pages");
	probe_say(memcmp(bytes, "abcdefgh", 8), "pread across pages is what was written");
	say_size(fd, "after pwrite across pages");
	PROBE(lseek(fd, 0x100, SEEK_DATA), "lseek DATA");
	PROBE(lseek(fd, 0x1000, SEEK_DATA), "lseek DATA of data");
	PROBE(lseek(fd, 0x4000, SEEK_DATA), "lseek DATA behind all");
	PROBE(lseek(fd, 0x1008, SEEK_HOLE), "lseek HOLE");
	PROBE(lseek(fd, 0x8000, SEEK_HOLE), "lseek HOLE of a hole");
	PROBE(lseek(fd, 1 << 20, SEEK_HOLE), "lseek HOLE at the end");
	PROBE(fallocate(fd, 0, 0x3000, 0x2000), "fallocate");
	say_size(fd, "after fallocate");
	PROBE(fallocate(fd, FALLOC_FL_KEEP_SIZE, 1 << 20, 0x1000), "fallocate KEEP_SIZE");
	say_size(fd, "after fallocate KEEP_SIZE");
	PROBE(fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0x1ffe, 0x1002),
		"fallocate PUNCH_HOLE");
	say_size(fd, "after fallocate PUNCH_HOLE");
	PROBE(pread(fd, bytes, 8, 0x1ffc), "pread of what was punched");
	probe_say(memcmp(bytes, "ab\0\0\0\0\0\0", 8), "what was punched is none");
	PROBE(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 0x1000), "fallocate ZERO_RANGE");
	PROBE(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 0x1000), "fallocate COLLAPSE_RANGE");
	PROBE(pwrite(fd, "x", 1, INT64_C(1) << 40), "pwrite at 2^40");
	say_size(fd, "after pwrite at 2^40");
	PROBE(ftruncate(fd, INT64_MAX), "ftruncate to the most");
	PROBE(pwrite(fd, "xy", 2, INT64_MAX - 1), "pwrite to the most");
	PROBE(pwrite(fd, "xy", 2, INT64_MAX), "pwrite behind the most");
}

static void probe_content(void)
{
	int fd = open(MADE, O_RDWR), append = open(MADE, O_WRONLY | O_APPEND);
	char bytes[16] = "", *at;

	PROBE(write(fd, "hello", 5), "write");
	PROBE(lseek(fd, 0, SEEK_CUR), "position after write");
	PROBE(pread(fd, bytes, 16, 0), "pread");
	probe_say(memcmp(bytes, "hello", 5), "pread is what was written");
	PROBE(pread(fd, bytes, 16, 5), "pread at the end");
	PROBE(pread(fd, bytes, 16, 500), "pread behind the end");
	PROBE(lseek(fd, 0, SEEK_END), "lseek END");
	say_size(fd, "after write");
	PROBE(write(append, "+", 1), "APPEND write");
	PROBE(pwrite(append, "+", 1, 0), "APPEND pwrite");
	PROBE(pread(append, bytes, 1, 0), "pread write only");
	say_size(fd, "after APPEND");
	PROBE(ftruncate(fd, 2), "ftruncate 2");
	PROBE(truncate(MADE, 4), "truncate 4");
	PROBE(truncate(MADE, -1), "truncate -1");
	PROBE(pread(fd, bytes, 16, 0), "pread after truncate");
	probe_say(memcmp(bytes, "he\0\0", 4), "what was cut off is none");
	probe_holes(fd);
	PROBE(fsync(fd), "fsync");
	PROBE(ioctl(fd, 0x5401, bytes), "ioctl TCGETS");
	PROBE(fgetxattr(fd, "user.a", bytes, sizeof bytes), "fgetxattr");
	PROBE(fsetxattr(fd, "user.a", "b", 1, 0), "fsetxattr");
	PROBE(flistxattr(fd, bytes, sizeof bytes), "flistxattr");
	probe_say(probe_open(MADE, O_RDWR | O_TRUNC), "open TRUNC");
	say_size(fd, "after open TRUNC");
	PROBE(ftruncate(fd, 4096), "ftruncate 4096");
	at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	probe_say(at == MAP_FAILED ? -1 : 0, "mmap shared");
	if (at != MAP_FAILED)
		memcpy(at, "mapped", 6);
	PROBE(pread(fd, bytes, 16, 0), "pread of what was mapped");
	probe_say(memcmp(bytes, "mapped", 6), "pread is what was mapped");
	close(fd);
	close(append);
}

static long count_links(const char *path)
{
	struct stat status = {0};

	return lstat(path, &status) < 0 ? -1 : (long)status.st_nlink;
}

static void probe_links(void)
{
	struct stat status = {0};
	char bytes[8] = "";
	int fd = open(MADE, O_RDWR | O_CREAT, 0640);

	PROBE(link(MADE, AT "second"), "link");
	probe_say(count_links(MADE), "links of both");
	PROBE(rename(MADE, AT "second"), "rename onto itself");
	probe_say(count_links(MADE), "links after rename onto itself");
	PROBE(pwrite(fd, "one", 3, 0), "pwrite");
	int other = open(AT "second", O_RDONLY);
	PROBE(pread(other, bytes, 3, 0), "pread by the other name");
	close(other);
	PROBE(link("/dev/cpu/0", AT "second directory"), "link of a directory");
	PROBE(link(AT "nothing", AT "third"), "link of no file");
	PROBE(link("/sys/devices/system/cpu/online", AT "third"), "link from another system");
	PROBE(rename("/sys/devices/system/cpu/online", AT "third"), "rename from another system");
	PROBE(unlink(MADE), "unlink");
	PROBE(unlink(MADE), "unlink again");
	PROBE(access(MADE, F_OK), "access of what is unlinked");
	probe_say(count_links(AT "second"), "links of the other");
	PROBE(unlink(AT "second"), "unlink of the other");
	PROBE(fstat(fd, &status), "stat of what is unlinked");
	probe_say((long)status.st_nlink, "links of what is unlinked");
	PROBE(pwrite(fd, "two", 3, 3), "pwrite of what is unlinked");
	PROBE(pread(fd, bytes, 6, 0), "pread of what is unlinked");
	probe_say(memcmp(bytes, "onetwo", 6), "pread is what was written");
	PROBE(fchmod(fd, 0600), "chmod of what is unlinked");
	PROBE(linkat(fd, "", AT_FDCWD, MADE, AT_EMPTY_PATH), "link of what is unlinked");
	PROBE(unlink(MADE), "unlink of that");
	close(fd);
}

static void probe_symlinks(void)
{
	char target[64] = "";
	struct stat status = {0};
	int fd = open(MADE, O_RDWR | O_CREAT, 0640);

	close(fd);
	PROBE(symlink("file", AT "link"), "symlink");
	PROBE(readlink(AT "link", target, sizeof target), "readlink");
	probe_say_text(target, "target");
	PROBE(readlink(AT "link", target, 2), "readlink into 2");
	PROBE(readlink(MADE, target, sizeof target), "readlink of a file");
	PROBE(lstat(AT "link", &status), "lstat");
	probe_say(status.st_mode, "mode of a link");
	probe_say(status.st_size, "size of a link");
	probe_say((long)status.st_nlink, "links of a link");
	probe_say(probe_open(AT "link", O_RDONLY), "open");
	probe_say(probe_open(AT "link", O_RDONLY | O_NOFOLLOW), "open NOFOLLOW");
	probe_say(probe_open(AT "link", O_PATH | O_NOFOLLOW), "open PATH|NOFOLLOW");
	probe_say(probe_open(AT "link", O_RDWR | O_CREAT | O_EXCL), "open CREAT|EXCL");
	PROBE(link(AT "link", AT "second"), "link of a link");
	probe_say(count_links(AT "link"), "links of both");
	PROBE(unlink(AT "second"), "unlink of that");
	PROBE(symlink("", AT "empty"), "symlink to nothing");
	PROBE(symlink("two", AT "one"), "symlink one");
	PROBE(symlink("one", AT "two"), "symlink two");
	probe_say(probe_open(AT "one", O_RDONLY), "open of a loop");
	PROBE(unlink(AT "one"), "unlink one");
	probe_say(probe_open(AT "two", O_RDONLY), "open of what points nowhere");
	probe_say(probe_open(AT "two", O_RDWR | O_CREAT), "create through what points nowhere");
	PROBE(access(AT "one", F_OK), "access of that");
	unlink(AT "one");
	unlink(AT "two");
	PROBE(symlink("/dev/cpu/0", AT "here"), "symlink to a directory");
	PROBE(access(AT "here/msr", F_OK), "access through it");
	PROBE(rmdir(AT "here"), "rmdir of a link");
	PROBE(unlink(AT "here"), "unlink of a link");
	PROBE(unlink(AT "link"), "unlink of the link");
	PROBE(access(MADE, F_OK), "its file stays");
	unlink(MADE);
}

static void probe_times(void)
{
	const struct timespec times[] = {{1000000000, 5}, {1100000000, 7}};
	const struct timespec one[] = {{0, UTIME_OMIT}, {1200000000, 0}};
	struct stat status = {0}, before = {0};
	int fd = open(MADE, O_RDWR | O_CREAT, 0640);

	PROBE(futimens(fd, times), "utimens");
	fstat(fd, &status);
	probe_say(status.st_atim.tv_sec, "atime");
	probe_say(status.st_mtim.tv_sec, "mtime");
	probe_say(status.st_mtim.tv_nsec, "mtime ns");
	PROBE(futimens(fd, one), "utimens of one");
	fstat(fd, &status);
	probe_say(status.st_atim.tv_sec, "atime stays");
	probe_say(status.st_mtim.tv_sec, "mtime of one");
	PROBE(write(fd, "x", 1), "write");
	fstat(fd, &status);
	probe_say(status.st_mtim.tv_sec > 1200000000, "mtime after write");
	PROBE(chmod(MADE, 06751), "chmod");
	stat(MADE, &status);
	probe_say(status.st_mode, "mode after chmod");
	PROBE(chown(MADE, 0, 0), "chown");
	stat(MADE, &status);
	probe_say(status.st_mode, "mode after chown");
	close(fd);
	unlink(MADE);

	PROBE(utimensat(AT_FDCWD, PROBE_MSR, times, 0), "utimens of the device");
	stat(PROBE_MSR, &status);
	probe_say(status.st_mtim.tv_sec, "mtime of the device");
	PROBE(utimensat(AT_FDCWD, AT, times, 0), "utimens of the directory");
	stat(AT, &before);
	probe_say(before.st_mtim.tv_sec, "mtime of the directory");
	mkdir(AT "new", 0755);
	stat(AT, &status);
	probe_say(status.st_mtim.tv_sec > before.st_mtim.tv_sec, "mtime of the directory, later");
	rmdir(AT "new");
}

static void probe_special(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = AT "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct stat status = {0};

	PROBE(mknod(AT "regular", S_IFREG | 0644, 0), "mknod of a file");
	PROBE(unlink(AT "regular"), "unlink of a file");
	PROBE(mkfifo(AT "fifo", 0644), "mkfifo");
	stat(AT "fifo", &status);
	probe_say(status.st_mode, "mode of a FIFO");
	probe_say(probe_open(AT "fifo", O_WRONLY | O_NONBLOCK), "open of a FIFO to write");
	probe_say(probe_open(AT "fifo", O_RDWR | O_NONBLOCK), "open of a FIFO");
	PROBE(unlink(AT "fifo"), "unlink of a FIFO");
	PROBE(bind(fd, (struct sockaddr *)&address, sizeof address), "bind of a socket");
	stat(AT "socket", &status);
	probe_say(status.st_mode, "mode of a socket");
	probe_say(probe_open(AT "socket", O_RDWR), "open of a socket");
	PROBE(unlink(AT "socket"), "unlink of a socket");
	PROBE(mknod(AT "directory", S_IFDIR | 0755, 0), "mknod of a directory");
	close(fd);
}

static void probe_devices(void)
{
	struct stat status = {0}, none = {0};

	PROBE(mknod(AT "null", S_IFCHR | 0666, makedev(1, 3)), "mknod of a device");
	stat(AT "null", &status);
	probe_say(status.st_mode, "mode of a device");
	probe_say((long)status.st_rdev, "numbers of a device");
	probe_say(probe_open(AT "null", O_RDWR), "open of a device");
	PROBE(unlink(AT "null"), "unlink of a device");
	PROBE(mknod(AT "block", S_IFBLK | 0600, makedev(259, 77)), "mknod of a block device");
	status = none;
	stat(AT "block", &status);
	probe_say(status.st_mode, "mode of a block device");
	PROBE(unlink(AT "block"), "unlink of a block device");
}

void probe_files(void)
{
	umask(022);
	probe_group("files");
	probe_create();
	probe_group("files, content");
	probe_content();
	unlink(MADE);
	probe_group("files, links");
	probe_links();
	probe_group("files, symlinks");
	probe_symlinks();
	probe_group("files, attributes");
	probe_times();
	probe_group("files, special");
	probe_special();
	probe_group("files, devices");
	probe_devices();
}
