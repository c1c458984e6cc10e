/* SPDX-License-Identifier: MIT */
#include "host.h"

#include <cpuid.h>
#include <glob.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "complain.h"

#define MSR_FILE  "/dev/cpu/0/msr"
#define MSR_FILES "/dev/cpu/*/msr"

static void take_out(char *text, const char *word)
{
	for (char *at; (at = strstr(text, word));)
		memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
}

/* CPUID leaves 0x80000002 to 0x80000004: 16 characters each, filled up with blanks or zeros. */
static void name_cpu(char name[49])
{
	unsigned part[4];

	for (unsigned i = 0; i < 3; i++)
		if (__get_cpuid(0x80000002 + i, &part[0], &part[1], &part[2], &part[3]))
			memcpy(name + 16 * (size_t)i, part, sizeof part);
	take_out(name, "(R)");
	take_out(name, "(TM)");
	take_out(name, "  ");
	if (name[0] == '\0')
		strcpy(name, "unnamed CPU");
	else if (name[strlen(name) - 1] == ' ')
		name[strlen(name) - 1] = '\0';
}

int host_find_device(struct host *host)
{
	struct statfs fs;
	struct stat st;

	if (statfs(MSR_FILE, &fs) < 0 || stat(MSR_FILE, &st) < 0)
		return complain(-errno, "%s", MSR_FILE);
	if (S_ISCHR(st.st_mode))
		host->device = "the kernel's device files";
	else
		host->device = fs.f_type == FUSE_SUPER_MAGIC ? "a FUSE node" : "plain files";
	glob_t found;
	if (glob(MSR_FILES, 0, NULL, &found) == 0) {
		host->n_msr_files = (unsigned)found.gl_pathc;
		globfree(&found);
	}
	return 0;
}

int host_init(struct host *host)
{
	*host = (struct host){0};
	name_cpu(host->cpu);
	if (uname(&host->kernel) < 0)
		return complain(-errno, "uname");
	return 0;
}
