/* SPDX-License-Identifier: MIT */
#include "pinning.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "complain.h"

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

/* The kernel leaves out what is not allowed, and is content while one is left. */
static int run_on_all(const cpu_set_t *cpus)
{
	cpu_set_t got;

	if (sched_setaffinity(0, sizeof *cpus, cpus) < 0 ||
		sched_getaffinity(0, sizeof got, &got) < 0)
		return -errno;
	return CPU_EQUAL(cpus, &got) ? 0 : -EINVAL;
}

int pinnings_init(struct pinning pinnings[N_PINNINGS], const cpu_set_t *cpus)
{
	cpu_set_t all;

	if (cpus)
		all = *cpus;
	else if (sched_getaffinity(0, sizeof all, &all) < 0)
		return -errno;
	int r = run_on_all(&all);
	if (r < 0)
		return r;

	int first = next_cpu(&all, -1), second = next_cpu(&all, first);
	pinnings[PINNED_SAME] = (struct pinning){true, only(first), only(first)};
	pinnings[PINNED_TWO] = (struct pinning){second >= 0, only(second), only(first)};
	pinnings[PINNED_FREE] = (struct pinning){true, all, all};
	return 0;
}

int pinning_set(const cpu_set_t *cpus)
{
	if (sched_setaffinity(0, sizeof *cpus, cpus) < 0)
		return complain(-errno, "sched_setaffinity");
	return 0;
}

pid_t pinning_fork(const cpu_set_t *cpus)
{
	cpu_set_t before;

	if (sched_getaffinity(0, sizeof before, &before) < 0)
		return complain(-errno, "sched_getaffinity");
	int r = pinning_set(cpus);
	if (r < 0)
		return r;
	pid_t pid = fork();
	if (pid == 0)
		return 0;
	if (pid < 0)
		pid = complain(-errno, "fork");
	r = pinning_set(&before);
	if (r < 0 && pid > 0) {
		kill(pid, SIGKILL); /* nobody has told it anything */
		waitpid(pid, NULL, 0);
	}
	return r < 0 ? r : pid;
}

void pinning_print(const cpu_set_t *cpus, FILE *out)
{
	const char *before = CPU_COUNT(cpus) == 1 ? "CPU " : "CPUs ";

	for (int first = next_cpu(cpus, -1); first >= 0; before = ",") {
		int last = first;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, cpus))
			last++;
		fprintf(out, last > first ? "%s%d-%d" : "%s%d", before, first, last);
		first = next_cpu(cpus, last);
	}
}
