/* SPDX-License-Identifier: MIT */
/* The device files without a daemon between. */
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "candidate.h"

#define MSR_FILE "/dev/cpu/0/msr"
/* Channel 0 of a memory controller of Sandy Bridge-EP; the lowest bus is socket 0's. */
#define IMC0_FILES "/sys/bus/pci/devices/*:10.0/device"
#define IMC0_ID	   "0x3cb0"

struct files {
	struct candidate candidate;
	int fds[SPACE_NOBODY + 1];
};

static void files_access(struct candidate *candidate, struct timed_access *access)
{
	static const size_t widths[] = {[SPACE_MSR] = 8, [SPACE_PCI] = 4, [SPACE_NOBODY] = 0};
	int fd = ((struct files *)candidate)->fds[access->space];
	size_t width = widths[access->space];
	ssize_t n = (ssize_t)width;

	if (fd < 0) {
		access->error = ACCESS_ABSENT;
		return;
	}
	if (access->verb == ACCESS_READ) {
		access->value = 0;
		n = pread(fd, &access->value, width, access->reg);
	} else if (access->verb == ACCESS_WRITE) {
		n = pwrite(fd, &access->value, width, access->reg);
	}
	access->error = n == (ssize_t)width ? ACCESS_DONE : ACCESS_FAILED;
}

static void files_free(struct candidate *candidate)
{
	struct files *files = (struct files *)candidate;

	for (int space = 0; space < SPACE_NOBODY; space++)
		if (files->fds[space] >= 0)
			close(files->fds[space]);
	free(files);
}

static bool is_imc0(const char *path)
{
	char id[sizeof IMC0_ID] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && read(fd, id, sizeof id - 1) > 0 && strcmp(id, IMC0_ID) == 0;

	close(fd);
	return is;
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_FAILURE, "%s: only root can open it", path);
	return fd;
}

/* -1: this machine has none. */
static int open_imc0(void)
{
	static const char leaf[] = "device";
	glob_t found;
	int fd = -1;

	if (glob(IMC0_FILES, 0, NULL, &found) != 0)
		return -1;
	for (size_t i = 0; i < found.gl_pathc && fd < 0; i++) {
		char *path = found.gl_pathv[i];
		if (is_imc0(path)) {
			/* the other file of the folder; its name is no longer */
			memcpy(path + strlen(path) - strlen(leaf), "config", sizeof "config");
			fd = open_file(path);
		}
	}
	globfree(&found);
	return fd;
}

struct candidate *candidate_new_files(void)
{
	static const struct candidate_ops ops = {.access = files_access, .free = files_free};
	struct files *files = calloc(1, sizeof *files);

	if (!files)
		errx(EXIT_FAILURE, "out of memory");
	files->candidate.ops = &ops;
	files->fds[SPACE_MSR] = open_file(MSR_FILE);
	files->fds[SPACE_PCI] = open_imc0();
	files->fds[SPACE_NOBODY] = -1;
	return &files->candidate;
}
