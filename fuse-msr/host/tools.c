/* SPDX-License-Identifier: MIT */
/* LIKWID on the node. It must not know what its tools ask the daemon for. */
#include "fuse-msr/host/tools.h"

#include <ctype.h>
#include <err.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuse-msr/host/version.h"
#include "util/cleanup.h"
#include "util/link.h"
#include "util/program.h"

/* In the node's own /dev: the host's file system is nobody's to write to. */
#define DIR  "/dev/likwid"
#define NAME "likwid-accessD"

#define TOOL "likwid-perfctr" /* every release has it, and it tells its version */

/* The tool of the LIKWID that command belongs to, when it is one of its tools by its path. */
static bool find_beside(const char *command, char path[PATH_MAX])
{
	const char *slash = strrchr(command, '/');

	return slash && strncmp(slash + 1, "likwid-", 7) == 0 &&
	       snprintf(path, PATH_MAX, "%.*s/" TOOL, (int)(slash - command), command) < PATH_MAX &&
	       program_is(path);
}

/* The folder in which the daemon serves a release. */
static void write_dir(char dir[PATH_MAX], const char *release)
{
	snprintf(dir, PATH_MAX, DIR "/likwid-%s", release);
}

static const struct release *parse_release(const char *version)
{
	char dir[PATH_MAX], path[PATH_MAX + sizeof "/" NAME];

	if (!isdigit((unsigned char)version[0]) || strchr(version, '/'))
		return NULL;
	write_dir(dir, version);
	snprintf(path, sizeof path, "%s/" NAME, dir);
	return release_of_path(path, link_follow);
}

static void list_releases(const char *cure)
{
	char text[256] = "";
	size_t used = 0;
	const struct release *release;

	for (size_t i = 0; (release = release_get(i)) && used < sizeof text - 16; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? ", " : "",
			release_name(release));
	warnx("the releases of LIKWID that msrd speaks with are %s%s", text, cure);
}

/* The user has put the daemon into PATH: that is respected, and says which release is meant. */
static const struct release *release_in_path(const char *daemon)
{
	char path[PATH_MAX];
	cleanup_free char *real = program_find(NAME, path) ? realpath(path, NULL) : NULL;

	return real && strcmp(real, daemon) == 0 ? release_of_path(path, link_follow) : NULL;
}

static const struct release *ask_release(char *tool, int timeout_ms)
{
	char *const argv[] = {tool, (char *)"-v", NULL};
	char text[1024] = "", version[32];
	int r = version_ask(argv, timeout_ms, text, sizeof text);
	const struct release *release = NULL;

	if (r < 0) {
		errno = -r;
		warn("--likwid: cannot run %s", tool);
		return NULL;
	}
	if (!version_find(text, version, sizeof version)) {
		warnx("--likwid: `%s -v` does not say its version: name it, --likwid=RELEASE",
			tool);
		return NULL;
	}
	release = parse_release(version);
	if (!release) {
		warnx("--likwid: %s is of LIKWID %s, which is not known", tool, version);
		list_releases(": name the nearest, --likwid=RELEASE");
	}
	return release;
}

static const struct release *find_release(const char *command, const char *daemon, int timeout_ms)
{
	const struct release *release = release_in_path(daemon);
	char tool[PATH_MAX];

	if (release)
		return release;
	if (!find_beside(command, tool) && !program_find(TOOL, tool)) {
		warnx("--likwid: LIKWID's tools are not in PATH: install the package `likwid`, "
		      "or add the directory that " TOOL " is in to PATH");
		return NULL;
	}
	return ask_release(tool, timeout_ms);
}

const struct release *tools_release(
	const char *wanted, const char *command, const char *daemon, int timeout_ms)
{
	const struct release *release;

	if (!wanted)
		return find_release(command, daemon, timeout_ms);
	release = parse_release(wanted);
	if (!release) {
		warnx("--likwid=%s: no release of LIKWID that is known", wanted);
		list_releases("");
	}
	return release;
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

/* The first daemon in PATH is the one that the tools start. */
static int set_path(const struct release *release, const char *daemon)
{
	char dir[PATH_MAX];

	if (release_in_path(daemon) == release)
		return 0;
	write_dir(dir, release_name(release));
	return prepend("PATH", dir);
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

int tools_environment(
	const struct release *release, const struct fixture *fixture, const char *daemon)
{
	int r;

	r = set_path(release, daemon);
	/* LIKWID's direct mode crashes where hwloc finds uncore buses that are on no NUMA node, as
	 * they are on most boards: without hwloc's PCI it reads /proc/bus/pci */
	if (r == 0 && setenv("HWLOC_COMPONENTS", "-x86,-pci,-linux:pci", 0) < 0)
		r = -errno;
	/* the node's CPUs can be measured, but not run on, where the host has no such CPU */
	if (r == 0 && !may_run_on_all(fixture) && setenv("LIKWID_IGNORE_CPUSET", "1", 0) < 0)
		r = -errno;
	if (r < 0) {
		errno = -r;
		warn("cannot set LIKWID's environment");
	}
	return r;
}

int tools_install(const struct release *release, const char *daemon)
{
	char dir[PATH_MAX], path[PATH_MAX + sizeof "/" NAME];

	write_dir(dir, release_name(release));
	snprintf(path, sizeof path, "%s/" NAME, dir);
	if (mkdir(DIR, 0755) < 0 || mkdir(dir, 0755) < 0 || symlink(daemon, path) < 0) {
		int r = -errno;
		warn("cannot make what LIKWID needs in " DIR);
		return r;
	}
	return 0;
}
