/* SPDX-License-Identifier: MIT */
#include "fuse-msr/host/paths.h"

#include <err.h>
#include <limits.h>
#include <string.h>

#include "util/array.h"
#include "util/cleanup.h"

/* By the program's own path, so that an installation can be moved. */
static char *find_beside(const char *relative)
{
	char path[2 * PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);

	if (length < 0)
		return NULL;
	path[length] = '\0';
	char *slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	snprintf(slash + 1, PATH_MAX, "%s", relative);
	return realpath(path, NULL);
}

static char *find_installed(const char *name)
{
	static const char *const kinds[] = {"documented", "recorded"};
	char relative[PATH_MAX];
	char *path = NULL;

	for (size_t i = 0; !path && i < N_ELEMENTS(kinds); i++) {
		snprintf(relative, sizeof relative, "../share/msrd/fixtures/%s/%s", kinds[i], name);
		path = find_beside(relative);
	}
	return path;
}

char *paths_fixture(const char *name)
{
	char *path = realpath(name, NULL);

	if (!path && !strchr(name, '/'))
		path = find_installed(name);
	if (!path)
		warnx("%s: no such fixture: neither a folder nor the name of an installed one",
			name);
	return path;
}

char *paths_daemon(void)
{
	char *installed = find_beside("../sbin/msrd");

	return installed ? installed : find_beside("../src/daemon/msrd");
}

char *paths_cpuid(void)
{
	char *installed = find_beside("../libexec/msrd/libnode-cpuid.so");

	return installed ? installed : find_beside("libnode-cpuid.so");
}
