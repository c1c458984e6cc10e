/* SPDX-License-Identifier: MIT */
/* What was measured on. On a simulated node /proc and /sys are the node's, so none of it is from
 * there. */
#ifndef MSRD_BENCH_HOST_H
#define MSRD_BENCH_HOST_H

#include <sys/utsname.h>

struct host {
	char cpu[49]; /* the model's name, as CPUID says it */
	struct utsname kernel;
	const char *device; /* what the device files are; NULL: nobody has looked */
	unsigned n_msr_files;
};

/* Each 0, or -errno and said on stderr. */
int host_init(struct host *host);
int host_find_device(struct host *host);

#endif
