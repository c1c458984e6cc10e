/* SPDX-License-Identifier: MIT */
#include "fuse-msr/tree/procstat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/machine/workload.h"
#include "util/array.h"

#define TICKS 100 /* a second: USER_HZ on x86 */

struct times {
	double user_ns, kernel_ns, idle_ns;
};

static void add_cpu(struct times *times, const struct fixture *fixture, uint32_t cpu, uint64_t ns)
{
	double active_ns = 0;

	for (size_t i = 0; i < fixture->n_phases; i++) {
		const struct fixture_cpu_load *load = phase_cpu(&fixture->phases[i], cpu);
		if (!load)
			continue;
		double share_ns = (double)workload_phase_ns(fixture, i, ns) * load->active;
		active_ns += share_ns;
		times->user_ns += share_ns * load->user;
		times->kernel_ns += share_ns * (1 - load->user);
	}
	times->idle_ns += (double)ns - active_ns;
}

static uint64_t ticks(double ns)
{
	return ns > 0 ? (uint64_t)(ns * TICKS / (double)CLOCK_SECOND_NS) : 0;
}

static void write_times(FILE *out, const struct times *times)
{
	fprintf(out, " %" PRIu64 " 0 %" PRIu64 " %" PRIu64 " 0 0 0 0 0 0\n", ticks(times->user_ns),
		ticks(times->kernel_ns), ticks(times->idle_ns));
}

char *procstat_text(const struct fixture *fixture, uint64_t ns)
{
	struct times all = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].online)
			add_cpu(&all, fixture, fixture->cpus[i].number, ns);
	fputs("cpu ", out);
	write_times(out, &all);
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		struct times times = {0};
		if (!fixture->cpus[i].online)
			continue;
		add_cpu(&times, fixture, fixture->cpus[i].number, ns);
		fprintf(out, "cpu%u", fixture->cpus[i].number);
		write_times(out, &times);
	}
	fprintf(out,
		"intr 0\nctxt 0\nbtime %lld\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n"
		"softirq 0 0 0 0 0 0 0 0 0 0 0\n",
		(long long)(time(NULL) - (time_t)(ns / CLOCK_SECOND_NS)));
	return fclose(out) == 0 ? text : (free(text), NULL);
}

char *interrupts_text(const struct fixture *fixture)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs("    ", out);
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].online)
			fprintf(out, "       CPU%-*u", fixture->cpus[i].number < 10 ? 1 : 4,
				fixture->cpus[i].number);
	fputs("\nLOC:", out);
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].online)
			fprintf(out, " %10u", 0U);
	fputs("   Local timer interrupts\nERR:          0\nMIS:          0\n", out);
	return fclose(out) == 0 ? text : (free(text), NULL);
}

/* Of all CPUs, also of those that are off. */
char *softirqs_text(const struct fixture *fixture)
{
	static const char *const names[] = {"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL",
		"TASKLET", "SCHED", "HRTIMER", "RCU"};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "%20s", "");
	for (size_t i = 0; i < fixture->n_cpus; i++)
		fprintf(out, "CPU%-8u", fixture->cpus[i].number);
	fputc('\n', out);
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		fprintf(out, "%12s:", names[i]);
		for (size_t j = 0; j < fixture->n_cpus; j++)
			fprintf(out, " %10u", 0U);
		fputc('\n', out);
	}
	return fclose(out) == 0 ? text : (free(text), NULL);
}

char *meminfo_text(const struct fixture *fixture)
{
	static const char *const empty[] = {"Buffers", "Cached", "SwapCached", "Active", "Inactive",
		"SwapTotal", "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped", "Shmem",
		"Slab", "SReclaimable", "SUnreclaim"};
	static const char *const full[] = {"MemTotal", "MemFree", "MemAvailable"};
	uint64_t kib = 0;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < fixture->n_numa_nodes; i++)
		kib += fixture->numa_nodes[i].memory_kib;
	for (size_t i = 0; i < N_ELEMENTS(full); i++)
		fprintf(out, "%s:%*s%8" PRIu64 " kB\n", full[i], 15 - (int)strlen(full[i]), "",
			kib);
	for (size_t i = 0; i < N_ELEMENTS(empty); i++)
		fprintf(out, "%s:%*s%8u kB\n", empty[i], 15 - (int)strlen(empty[i]), "", 0U);
	fputs("HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\n"
	      "HugePages_Surp:        0\nHugepagesize:       2048 kB\n",
		out);
	return fclose(out) == 0 ? text : (free(text), NULL);
}
