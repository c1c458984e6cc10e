/* SPDX-License-Identifier: MIT */
/* The list of calls, in order. usage: probe STORED BITS UNWRITABLE SMALL LARGE (0000:00:00.0) */
#include "probe.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char group[64];

void probe_group(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(group, sizeof group, format, list);
	va_end(list);
}

void probe_say(long result, const char *format, ...)
{
	const char *error = strerrorname_np(errno);
	va_list list;

	printf("%s|", group);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	if (result == -1 && errno != 0)
		printf("\t%s\n", error ? error : "unknown error");
	else
		printf("\t%ld\n", result);
	fflush(stdout);
}

void probe_say_text(const char *text, const char *call)
{
	printf("%s|%s\t%s\n", group, call, text);
	fflush(stdout);
}

int probe_open(const char *path, int flags)
{
	errno = 0;
	int fd = open(path, flags, 0640), error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return fd < 0 ? -1 : 0;
}

/* NAME is 0000:BUS:DEVICE.FUNCTION */
static void name_function(struct probe *probe, int i, const char *name)
{
	char *sysfs, *proc;

	if (strlen(name) != strlen("0000:00:00.0") ||
		asprintf(&sysfs, "/sys/bus/pci/devices/%s/config", name) < 0 ||
		asprintf(&proc, "/proc/bus/pci/%.2s/%s", name + 5, name + 8) < 0) {
		fprintf(stderr, "probe: %s: no name of a function\n", name);
		exit(2);
	}
	probe->sysfs[i] = sysfs;
	probe->proc[i] = proc;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *sysfs, *proc;
		off_t size;
	} names[] = {{"sysfs256", "proc256", 256}, {"sysfs4096", "proc4096", 4096}};
	struct probe probe = {0};

	if (argc != 6) {
		fprintf(stderr, "usage: probe STORED BITS UNWRITABLE SMALL LARGE\n");
		return 2;
	}
	probe.stored = strtol(argv[1], NULL, 16);
	probe.stored_bits = strtoull(argv[2], NULL, 16);
	probe.unwritable = strtol(argv[3], NULL, 16);
	name_function(&probe, 0, argv[4]);
	name_function(&probe, 1, argv[5]);

	probe_msr(&probe);
	probe_meta("msr-meta", PROBE_MSR);
	for (int i = 0; i < 2; i++) {
		probe_config(&(struct probe_config){names[i].sysfs, probe.sysfs[i], names[i].size});
		probe_config(&(struct probe_config){names[i].proc, probe.proc[i], names[i].size});
	}
	probe_meta("sysfs-meta", probe.sysfs[0]);
	probe_meta("proc-meta", probe.proc[0]);
	probe_refused("sysfs-refused", probe.sysfs[0]);
	probe_refused("proc-refused", probe.proc[0]);
	probe_node();
	probe_who(&probe);
	probe_gone(&probe, argv[5]);
	return 0;
}
