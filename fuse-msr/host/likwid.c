/* SPDX-License-Identifier: MIT */
/* LIKWID on the node. It must not know what its tools ask the daemon for. */
#include "fuse-msr/host/likwid.h"

#include "fuse-msr/host/paths.h"

#include "util/cleanup.h"

#include <err.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* In the node's own /dev: the host's file system is nobody's to write to. */
#define DIR  "/dev/likwid"
#define NAME "likwid-accessD"
/* A name of its own for the library: a list of libraries takes no path with blanks or colons. */
#define CPUID DIR "/libnode-cpuid.so"

static bool is_in_path(const char *program)
{
	const char *path = getenv("PATH");
	cleanup_free char *dirs = strdup(path ? path : "");
	char *rest = dirs;
	char file[PATH_MAX];

	for (char *dir; (dir = strsep(&rest, ":"));) {
		snprintf(file, sizeof file, "%s/%s", dir, program);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* Puts what is to come first before the entries that are there. */
static int prepend(const char *name, const char *first)
{
	const char *rest = getenv(name);
	cleanup_free char *all = NULL;

	if (asprintf(&all, "%s%s%s", first, rest ? ":" : "", rest ? rest : "") < 0) {
		all = NULL;
		return -ENOMEM;
	}
	return setenv(name, all, 1) < 0 ? -errno : 0;
}

static bool may_run_on_all(const struct fixture *fixture)
{
	cpu_set_t mine;

	if (sched_getaffinity(0, sizeof mine, &mine) < 0)
		return false;
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (!CPU_ISSET(fixture->cpus[i].number, &mine))
			return false;
	return true;
}

/* The threads of a core share its eight counters. */
static int preload_cpuid(const struct fixture *fixture)
{
	if (setenv("FUSE_MSR_COUNTERS", fixture->threads_per_core == 1 ? "8" : "4", 1) < 0)
		return -errno;
	return prepend("LD_PRELOAD", CPUID);
}

int likwid_environment(const struct fixture *fixture)
{
	int r;

	if (!is_in_path("likwid-perfctr")) {
		warnx("--likwid: LIKWID's tools are not in PATH: install the package `likwid`, "
		      "or add the directory that likwid-perfctr is in to PATH");
		return -ENOENT;
	}
	/* the first daemon in PATH is the one that the tools start */
	if ((r = prepend("PATH", DIR)) == 0)
		r = preload_cpuid(fixture);
	/* the node's CPUs can be measured, but not run on, where the host has no such CPU */
	if (r == 0 && !may_run_on_all(fixture) && setenv("LIKWID_IGNORE_CPUSET", "1", 0) < 0)
		r = -errno;
	if (r < 0) {
		errno = -r;
		warn("cannot set LIKWID's environment");
	}
	return r;
}

int likwid_install(const char *daemon)
{
	cleanup_free char *library = paths_cpuid();

	if (!library) {
		warnx("--likwid: libnode-cpuid.so is not where it was installed with fuse-msr");
		return -ENOENT;
	}
	if (mkdir(DIR, 0755) < 0 || symlink(daemon, DIR "/" NAME) < 0 ||
		symlink(library, CPUID) < 0) {
		int r = -errno;
		warn("cannot make what LIKWID needs in " DIR);
		return r;
	}
	return 0;
}
