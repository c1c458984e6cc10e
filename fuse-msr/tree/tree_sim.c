/* SPDX-License-Identifier: MIT */
/*
 * sim/: what no real node has. The clock, the log, what a measurement should
 * show, and where the facts come from. It must not know FUSE.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/nodetree.h"
#include "sim/fixture/expect.h"
#include "sim/machine/cpuid.h"
#include "util/cleanup.h"

static char *workload_text(const struct fixture *fixture, const uint64_t *started_ns)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	expect_write(fixture, started_ns, out);
	return fclose(out) == 0 ? text : (free(text), NULL);
}

static void write_leaf(FILE *out, const struct fixture *fixture, uint32_t leaf)
{
	/* what is each CPU's own stands in the lines of the CPUs */
	for (uint32_t i = 0; i < cpuid_count_subleaves(fixture, leaf); i++) {
		struct cpuid cpuid = cpuid_answer(fixture, &fixture->cpus[0], leaf, i);
		fprintf(out, "leaf %08x %02x %08x %08x %08x %08x\n", leaf, i, cpuid.eax, cpuid.ebx,
			cpuid.ecx, cpuid.edx);
	}
}

/* For who executes instructions, which no file answers: what CPUID and RDTSC say on the node. */
static char *cpuid_text(const struct fixture *fixture, const uint64_t *started_ns)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out,
		"# leaf and subleaf of CPUID, EAX EBX ECX EDX; cpu and its APIC id; tsc: kHz, and\n"
		"# CLOCK_MONOTONIC in ns when it was 0, if it runs by itself\n");
	for (uint32_t leaf = 0; leaf <= cpuid_last_leaf(fixture, 0); leaf++)
		write_leaf(out, fixture, leaf);
	for (uint32_t leaf = CPUID_EXTENDED; leaf <= cpuid_last_leaf(fixture, CPUID_EXTENDED);
		leaf++)
		write_leaf(out, fixture, leaf);
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].online)
			fprintf(out, "cpu %u %u\n", fixture->cpus[i].number,
				fixture->cpus[i].apic_id);
	fprintf(out, "tsc %.0f", fixture->tsc_mhz * 1000);
	if (started_ns)
		fprintf(out, " %" PRIu64, *started_ns);
	fputs("\n", out);
	return fclose(out) == 0 ? text : (free(text), NULL);
}

static void add_at(struct tree *tree, const struct fixture *fixture, const char *path,
	const char *workload, const char *cpuid)
{
	uint32_t dir = tree_dir(tree, TREE_ROOT, path);

	tree_device(tree, dir, "clock", &clockfile_ops, 0644, 0, 0);
	tree_device(tree, dir, "log", &logfile_ops, 0444, 0, 0);
	tree_device(tree, dir, "fault", &controlfile_ops, 0644, 0, 0);
	tree_device(tree, dir, "registers", &controlfile_ops, 0644, 1, 0);
	tree_text(tree, dir, "workload", "%s", workload);
	tree_text(tree, dir, "cpuid", "%s", cpuid);
	tree_text(tree, dir, "origin", "%s\n", fixture->origin ? fixture->origin : "");
}

void tree_sim_add(struct tree *tree, const struct fixture *fixture, const uint64_t *started_ns)
{
	char *workload = workload_text(fixture, started_ns);

	cleanup_free char *cpuid =
		fixture->n_cpus > 0 && fixture->vendor ? cpuid_text(fixture, started_ns) : NULL;

	tree->failed |= !workload || (!cpuid && fixture->vendor);
	add_at(tree, fixture, "sim", workload ? workload : "", cpuid ? cpuid : "");
	/* inside `fuse-msr run` only what is bound somewhere can be seen */
	add_at(tree, fixture, "sys/devices/sim", workload ? workload : "", cpuid ? cpuid : "");
	free(workload);
}
