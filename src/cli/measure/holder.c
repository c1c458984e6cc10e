/* SPDX-License-Identifier: MIT */
/* Who may be behind a counter of the kernel. Reads one file and changes nothing. */
#include "cli/measure/holder.h"

#include <stdio.h>

#include "util/cleanup.h"

#define WATCHDOG "/proc/sys/kernel/nmi_watchdog"

const char *holder_text(void)
{
	cleanup_fclose FILE *file = fopen(WATCHDOG, "re");
	int on;

	if (file && fscanf(file, "%d", &on) == 1)
		return on ? "its NMI watchdog, which is on, or perf"
			  : "perf; its NMI watchdog is off";
	return "its NMI watchdog, or perf";
}
