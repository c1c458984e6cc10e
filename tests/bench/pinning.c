/* SPDX-License-Identifier: MIT */
#include "pinning.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int next_cpu(const cpu_set_t *cpus, int cpu)
{
	while (++cpu < CPU_SETSIZE)
		if (CPU_ISSET(cpu, cpus))
			return cpu;
	return -1;
}

static cpu_set_t only(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	if (cpu >= 0)
		CPU_SET(cpu, &cpus);
	return cpus;
}

static bool may_run_on(const cpu_set_t *cpus)
{
	cpu_set_t got;

	return sched_setaffinity(0, sizeof *cpus, cpus) == 0 &&
	       sched_getaffinity(0, sizeof got, &got) == 0 && CPU_EQUAL(cpus, &got);
}

bool pinnings_init(struct pinning pinnings[N_PINNINGS], const cpu_set_t *cpus)
{
	cpu_set_t all;

	if (cpus)
		all = *cpus;
	else if (sched_getaffinity(0, sizeof all, &all) < 0)
		err(EXIT_FAILURE, "sched_getaffinity");
	if (!may_run_on(&all))
		return false;

	int first = next_cpu(&all, -1), second = next_cpu(&all, first);
	pinnings[PINNED_SAME] = (struct pinning){true, only(first), only(first)};
	pinnings[PINNED_TWO] = (struct pinning){second >= 0, only(second), only(first)};
	pinnings[PINNED_FREE] = (struct pinning){true, all, all};
	return true;
}

void pinning_set(const cpu_set_t *cpus)
{
	if (sched_setaffinity(0, sizeof *cpus, cpus) < 0)
		err(EXIT_FAILURE, "sched_setaffinity");
}

pid_t pinning_fork(const cpu_set_t *cpus)
{
	cpu_set_t before;

	if (sched_getaffinity(0, sizeof before, &before) < 0)
		err(EXIT_FAILURE, "sched_getaffinity");
	pinning_set(cpus);
	pid_t pid = fork();
	if (pid < 0)
		err(EXIT_FAILURE, "fork");
	if (pid > 0)
		pinning_set(&before);
	return pid;
}

void pinning_describe(const cpu_set_t *cpus, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");
	const char *before = CPU_COUNT(cpus) == 1 ? "CPU " : "CPUs ";

	if (!out)
		err(EXIT_FAILURE, "a list of CPUs");
	for (int first = next_cpu(cpus, -1); first >= 0; before = ",") {
		int last = first;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, cpus))
			last++;
		fprintf(out, last > first ? "%s%d-%d" : "%s%d", before, first, last);
		first = next_cpu(cpus, last);
	}
	fclose(out);
}
