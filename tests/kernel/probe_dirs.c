/* SPDX-License-Identifier: MIT */
/* Directories and names beside device files, and device files that root takes away. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe.h"

#define AT "/dev/cpu/0/"

static void make(const char *path)
{
	close(open(path, O_RDWR | O_CREAT, 0644));
}

static void say_dir(const char *path, const char *when)
{
	struct stat status = {0};

	PROBE(stat(path, &status), "stat %s", when);
	probe_say((long)status.st_nlink, "links %s", when);
	probe_say(status.st_size, "size %s", when);
}

/* The names in it that are no device's, in their order. */
static void say_names(const char *path, const char *call)
{
	struct dirent *entry;
	char names[512] = "";
	DIR *dir = opendir(path);

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "cpuid") != 0 &&
			strlen(names) + strlen(entry->d_name) + 2 < sizeof names) {
			strcat(names, entry->d_name);
			strcat(names, " ");
		}
	if (dir)
		closedir(dir);
	probe_say_text(names, call);
}

static void probe_dir(void)
{
	struct stat status = {0};

	say_dir(AT, "before");
	PROBE(mkdir(AT "d", 0777), "mkdir");
	PROBE(mkdir(AT "d", 0777), "mkdir again");
	say_dir(AT, "after mkdir");
	say_dir(AT "d", "of it");
	stat(AT "d", &status);
	probe_say(status.st_mode, "mode of it");
	PROBE(mkdir(AT "no/d", 0777), "mkdir in no directory");
	PROBE(mkdir(AT "msr/d", 0777), "mkdir in a file");
	PROBE(mkdir(AT "d/in", 0700), "mkdir in it");
	probe_say(probe_open(AT "d/file", O_RDWR | O_CREAT), "create in it");
	say_dir(AT "d", "with two");
	probe_say(probe_open(AT "d", O_RDWR), "open RDWR");
	probe_say(probe_open(AT "d", O_RDONLY | O_DIRECTORY), "open DIRECTORY");
	probe_say(probe_open(AT "d", O_RDONLY | O_CREAT), "open CREAT");
	PROBE(rmdir(AT "d"), "rmdir of what is not empty");
	PROBE(rmdir(AT "d/in/."), "rmdir .");
	PROBE(rmdir(AT "d/in/.."), "rmdir ..");
	PROBE(unlink(AT "d/in"), "unlink of a directory");
	PROBE(rmdir(AT "d/file"), "rmdir of a file");
	PROBE(unlink(AT "d/file"), "unlink");
	int fd = open(AT "d/in", O_RDONLY | O_DIRECTORY);
	PROBE(rmdir(AT "d/in"), "rmdir in it");
	PROBE(fstat(fd, &status), "stat of what is removed");
	probe_say((long)status.st_nlink, "links of what is removed");
	PROBE(mkdirat(fd, "x", 0700), "mkdir in what is removed");
	PROBE(openat(fd, "x", O_RDWR | O_CREAT, 0600), "create in what is removed");
	PROBE(faccessat(fd, "..", F_OK, 0), ".. of what is removed");
	close(fd);
	PROBE(rmdir(AT "d"), "rmdir");
	PROBE(rmdir(AT "d"), "rmdir again");
	say_dir(AT, "after rmdir");
	PROBE(rmdir("/dev/cpu/0"), "rmdir with devices in it");
	PROBE(mkdir("/dev/cpu/other", 0755), "mkdir beside those of CPUs");
	PROBE(rmdir("/dev/cpu/other"), "rmdir beside those of CPUs");
	PROBE(mkdir(AT "group", 0755), "mkdir group");
	PROBE(chmod(AT "group", 02775), "chmod 2775");
	mkdir(AT "group/in", 0755);
	stat(AT "group/in", &status);
	probe_say(status.st_mode, "mode in it");
	rmdir(AT "group/in");
	rmdir(AT "group");
}

#define MOVE(from, to, flags) renameat2(AT_FDCWD, AT from, AT_FDCWD, AT to, flags)

static void probe_rename(void)
{
	struct stat status = {0};

	make(AT "a");
	make(AT "b");
	mkdir(AT "d", 0755);
	mkdir(AT "e", 0755);
	make(AT "e/in");
	say_names(AT, "names");
	PROBE(MOVE("a", "c", 0), "rename");
	say_names(AT, "names after rename");
	PROBE(MOVE("a", "c", 0), "rename of no file");
	PROBE(MOVE("c", "b", RENAME_NOREPLACE), "NOREPLACE onto a file");
	PROBE(MOVE("c", "a", RENAME_NOREPLACE), "NOREPLACE");
	int fd = open(AT "b", O_RDWR);
	PROBE(MOVE("a", "b", 0), "rename onto a file");
	fstat(fd, &status);
	probe_say((long)status.st_nlink, "links of what was there");
	close(fd);
	PROBE(MOVE("b", "no/b", 0), "rename into no directory");
	PROBE(MOVE("b", "d/b", 0), "rename into a directory");
	say_names(AT "d", "names of it");
	PROBE(MOVE("d", "e", 0), "rename onto a directory that is not empty");
	PROBE(MOVE("d/b", "e", 0), "rename of a file onto a directory");
	PROBE(MOVE("e", "d/b", 0), "rename of a directory onto a file");
	PROBE(MOVE("d", "d/in", 0), "rename into itself");
	PROBE(MOVE("e/in", "e", 0), "rename onto what it is in");
	PROBE(MOVE("d", "e", RENAME_EXCHANGE), "EXCHANGE");
	say_names(AT "d", "names after EXCHANGE");
	say_names(AT, "names of all after EXCHANGE");
	PROBE(MOVE("d/in", "e", RENAME_EXCHANGE), "EXCHANGE of a file and a directory");
	say_dir(AT, "after EXCHANGE");
	say_dir(AT "d", "after EXCHANGE, of one");
	PROBE(MOVE("d/in", "e", RENAME_EXCHANGE), "EXCHANGE back");
	PROBE(MOVE("d", "no", RENAME_EXCHANGE), "EXCHANGE with no file");
	PROBE(MOVE("d", "d/in", RENAME_EXCHANGE), "EXCHANGE with what is in it");
	PROBE(MOVE("d", "x", RENAME_EXCHANGE | RENAME_NOREPLACE), "EXCHANGE|NOREPLACE");
	PROBE(MOVE("d", "x", 0x80), "rename with flags that are not known");
	PROBE(unlink(AT "d/in"), "unlink of what was moved");
	PROBE(MOVE("e", "d", 0), "rename onto an empty directory");
	say_dir(AT, "after rename of a directory");
	PROBE(MOVE("d", "e/", 0), "rename of a directory with a slash");
	PROBE(MOVE("e/b", "f/", 0), "rename of a file with a slash");
	unlink(AT "e/b");
	rmdir(AT "e");
	say_names(AT, "names at the end");
}

static void probe_whiteout(void)
{
	struct stat status = {0};

	make(AT "a");
	PROBE(MOVE("a", "b", RENAME_WHITEOUT), "WHITEOUT");
	PROBE(lstat(AT "a", &status), "stat of it");
	probe_say((long)status.st_mode, "mode of it");
	PROBE(unlink(AT "a"), "unlink of it");
	PROBE(unlink(AT "b"), "unlink of the file");
}

static void say_device(int fd, const struct probe *probe, const char *when)
{
	struct stat status = {0};
	uint64_t value;

	PROBE(pread(fd, &value, 8, probe->stored), "pread %s", when);
	fstat(fd, &status);
	probe_say((long)status.st_nlink, "links %s", when);
}

static void probe_device(const struct probe *probe)
{
	int fd = open(PROBE_MSR, O_RDWR);

	PROBE(link(PROBE_MSR, AT "kept"), "link");
	say_device(fd, probe, "with two names");
	PROBE(unlink(PROBE_MSR), "unlink");
	PROBE(access(PROBE_MSR, F_OK), "access");
	PROBE(open(PROBE_MSR, O_RDONLY), "open");
	say_device(fd, probe, "with another name");
	probe_say(probe_open(AT "kept", O_RDWR), "open by that name");
	PROBE(chmod(AT "kept", 0640), "chmod by that name");
	PROBE(rename(AT "kept", AT "msr"), "rename back");
	say_device(fd, probe, "with its own name");
	probe_say(probe_open(PROBE_MSR, O_RDWR), "open by its own name");
	PROBE(chmod(PROBE_MSR, 0600), "chmod by its own name");
	make(AT "file");
	PROBE(renameat2(AT_FDCWD, AT "file", AT_FDCWD, AT "msr", RENAME_EXCHANGE),
		"EXCHANGE with a file");
	probe_say(probe_open(PROBE_MSR, O_RDWR | O_TRUNC), "open of the file");
	PROBE(renameat2(AT_FDCWD, AT "file", AT_FDCWD, AT "msr", RENAME_EXCHANGE), "EXCHANGE back");
	PROBE(unlink(AT "file"), "unlink of the file");
	PROBE(symlink("msr", AT "link"), "symlink");
	probe_say(probe_open(AT "link", O_RDWR), "open by it");
	PROBE(unlink(AT "link"), "unlink of the symlink");
	PROBE(rename("/dev/cpu/0", "/dev/cpu/zero"), "rename of its directory");
	probe_say(probe_open("/dev/cpu/zero/msr", O_RDWR), "open there");
	PROBE(access(PROBE_MSR, F_OK), "access after that");
	PROBE(rename("/dev/cpu/zero", "/dev/cpu/0"), "rename of its directory back");
	probe_say(probe_open(PROBE_MSR, O_RDWR), "open after all");
	close(fd);
}

void probe_dirs(const struct probe *probe)
{
	umask(022);
	probe_group("directories");
	probe_dir();
	probe_group("rename");
	probe_rename();
	probe_group("whiteout");
	probe_whiteout();
	probe_group("device taken away");
	probe_device(probe);
}
