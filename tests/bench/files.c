/* SPDX-License-Identifier: MIT */
/* The device files without a daemon between. */
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "candidate.h"
#include "complain.h"
#include "util/cleanup.h"

#define MSR_FILE "/dev/cpu/0/msr"
/* Channel 0 of a memory controller of Sandy Bridge-EP; the lowest bus is socket 0's. */
#define IMC0_FILES "/sys/bus/pci/devices/*:10.0/device"
#define IMC0_ID	   "0x3cb0"

struct files {
	struct candidate candidate;
	int fds[SPACE_NOBODY + 1];
};

static int files_access(struct candidate *candidate, struct timed_access *access)
{
	static const size_t widths[] = {[SPACE_MSR] = 8, [SPACE_PCI] = 4, [SPACE_NOBODY] = 0};
	int fd = ((struct files *)candidate)->fds[access->space];
	size_t width = widths[access->space];
	ssize_t n = (ssize_t)width;

	if (fd < 0) {
		access->error = ACCESS_ABSENT;
		return 0;
	}
	if (access->verb == ACCESS_READ) {
		access->value = 0;
		n = pread(fd, &access->value, width, access->reg);
	} else if (access->verb == ACCESS_WRITE) {
		n = pwrite(fd, &access->value, width, access->reg);
	}
	access->error = n == (ssize_t)width ? ACCESS_DONE : ACCESS_FAILED;
	return 0;
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
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read(fd, id, sizeof id - 1) > 0 && strcmp(id, IMC0_ID) == 0;
}

static int open_file(int *fd, const char *path)
{
	*fd = open(path, O_RDWR | O_CLOEXEC);
	return *fd < 0 ? complain(-errno, "%s: only root can open it", path) : 0;
}

/* Leaves fd at -1 when this machine has none. */
static int open_imc0(int *fd)
{
	static const char leaf[] = "device";
	glob_t found;
	int r = 0;

	if (glob(IMC0_FILES, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc && *fd < 0 && r == 0; i++) {
		char *path = found.gl_pathv[i];
		if (is_imc0(path)) {
			/* the other file of the folder; its name is no longer */
			memcpy(path + strlen(path) - strlen(leaf), "config", sizeof "config");
			r = open_file(fd, path);
		}
	}
	globfree(&found);
	return r;
}

int candidate_new_files(struct candidate **candidate)
{
	static const struct candidate_ops ops = {.access = files_access, .free = files_free};
	struct files *files = malloc(sizeof *files);

	if (!files)
		return complain(-ENOMEM, "%s", MSR_FILE);
	*files = (struct files){.candidate.ops = &ops, .fds = {-1, -1, -1}};
	cleanup_candidate struct candidate *made = &files->candidate;

	int r = open_file(&files->fds[SPACE_MSR], MSR_FILE);
	if (r == 0)
		r = open_imc0(&files->fds[SPACE_PCI]);
	if (r == 0)
		*candidate = steal_ptr(&made);
	return r;
}
