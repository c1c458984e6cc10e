/* SPDX-License-Identifier: MIT */
/* It must not know what the library answers. */
#include "fuse-msr/host/instruction.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuse-msr/host/paths.h"
#include "util/cleanup.h"

/* In the node's own /dev, by a name of its own: a list of libraries takes no path with blanks or
 * colons. */
#define DIR	"/dev/fuse-msr"
#define LIBRARY DIR "/libnode-cpuid.so"

int instruction_environment(void)
{
	const char *rest = getenv("LD_PRELOAD");
	cleanup_free char *all = NULL;
	int r = 0;

	if (asprintf(&all, LIBRARY "%s%s", rest ? ":" : "", rest ? rest : "") < 0) {
		all = NULL;
		r = -ENOMEM;
	} else if (setenv("LD_PRELOAD", all, 1) < 0) {
		r = -errno;
	}
	if (r < 0) {
		errno = -r;
		warn("cannot set LD_PRELOAD");
	}
	return r;
}

int instruction_install(void)
{
	cleanup_free char *library = paths_cpuid();

	if (!library) {
		warnx("--cpuid: libnode-cpuid.so is not where it was installed with fuse-msr");
		return -ENOENT;
	}
	if (mkdir(DIR, 0755) < 0 || symlink(library, LIBRARY) < 0) {
		int r = -errno;
		warn("cannot make " LIBRARY);
		return r;
	}
	return 0;
}
