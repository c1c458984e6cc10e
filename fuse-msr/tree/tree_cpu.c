/* SPDX-License-Identifier: MIT */
/*
 * dev/cpu, proc/cpuinfo and sys/devices/system/cpu, as Linux 6.1 shows them. It must not
 * know FUSE. An offline CPU has no device files, no topology and no caches.
 */
#include <stdio.h>
#include <string.h>

#include "fuse-msr/tree/cpumask.h"
#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/nodetree.h"
#include "fuse-msr/tree/procstat.h"
#include "util/cleanup.h"

static bool is_online(const struct fixture_cpu *cpu, const void *context)
{
	(void)context;
	return cpu->online;
}

static bool is_offline(const struct fixture_cpu *cpu, const void *context)
{
	(void)context;
	return !cpu->online;
}

static bool is_same_package(const struct fixture_cpu *cpu, const void *context)
{
	const struct fixture_cpu *other = context;

	return cpu->online && cpu->package == other->package;
}

static bool is_same_core(const struct fixture_cpu *cpu, const void *context)
{
	const struct fixture_cpu *other = context;

	return is_same_package(cpu, other) && cpu->core == other->core;
}

static bool is_same_cpu(const struct fixture_cpu *cpu, const void *context)
{
	return cpu == context;
}

static bool (*const scopes[])(const struct fixture_cpu *cpu, const void *context) = {
	[ARCH_THREAD] = is_same_cpu,
	[ARCH_CORE] = is_same_core,
	[ARCH_PACKAGE] = is_same_package,
};

static void add_topology(struct tree *tree, uint32_t dir, const struct fixture *fixture,
	const struct fixture_cpu *cpu)
{
	uint32_t topology = tree_dir(tree, dir, "topology");
	struct cpumask core, package;

	cpumask_init(&core, fixture, is_same_core, cpu);
	cpumask_init(&package, fixture, is_same_package, cpu);
	tree_text(tree, topology, "physical_package_id", "%u\n", cpu->package);
	tree_text(tree, topology, "die_id", "0\n");
	tree_text(tree, topology, "core_id", "%u\n", cpu->core);
	tree_masks(tree, topology, "thread_siblings", "thread_siblings_list", &core);
	tree_masks(tree, topology, "core_cpus", "core_cpus_list", &core);
	tree_masks(tree, topology, "core_siblings", "core_siblings_list", &package);
	tree_masks(tree, topology, "package_cpus", "package_cpus_list", &package);
	/* these packages have one die */
	tree_masks(tree, topology, "die_cpus", "die_cpus_list", &package);
}

static void add_cache(struct tree *tree, uint32_t dir, const struct fixture *fixture,
	const struct fixture_cpu *cpu, const struct fixture_cache *cache)
{
	struct cpumask shared;

	cpumask_init(&shared, fixture, scopes[cache->shared_by], cpu);
	tree_text(tree, dir, "level", "%u\n", cache->level);
	tree_text(tree, dir, "type", "%s\n", cache->type);
	tree_text(tree, dir, "size", "%uK\n", cache->size_kib);
	tree_text(tree, dir, "ways_of_associativity", "%u\n", cache->ways);
	tree_text(tree, dir, "coherency_line_size", "%u\n", cache->line_bytes);
	tree_text(tree, dir, "number_of_sets", "%u\n", cache->sets);
	tree_text(tree, dir, "physical_line_partition", "1\n");
	tree_masks(tree, dir, "shared_cpu_map", "shared_cpu_list", &shared);
}

static void add_caches(struct tree *tree, uint32_t dir, const struct fixture *fixture,
	const struct fixture_cpu *cpu)
{
	for (size_t i = 0; i < fixture->n_caches; i++) {
		char name[32];
		snprintf(name, sizeof name, "cache/index%zu", i);
		add_cache(tree, tree_dir(tree, dir, name), fixture, cpu, &fixture->caches[i]);
	}
}

static bool has_bias(const struct fixture *fixture)
{
	const char *epb = fixture->flags ? strstr(fixture->flags, " epb") : NULL;

	return epb && (epb[4] == ' ' || epb[4] == '\0');
}

static void add_cpu(struct tree *tree, uint32_t system, const struct fixture *fixture,
	const struct fixture_cpu *cpu)
{
	char name[32];
	uint32_t dir;

	snprintf(name, sizeof name, "cpu%u", cpu->number);
	dir = tree_dir(tree, system, name);
	/* CPU 0 cannot be taken away, and so has no such file */
	if (cpu->number > 0)
		tree_device(tree, dir, "online", &onlinefile_ops, 0644, cpu->number, 4096);
	snprintf(name, sizeof name, "sys/bus/cpu/devices/cpu%u", cpu->number);
	tree_link(tree, TREE_ROOT, name, "../../../devices/system/cpu/cpu%u", cpu->number);
	if (!cpu->online)
		return;

	add_topology(tree, dir, fixture, cpu);
	if (has_bias(fixture))
		tree_device(tree, dir, "power/energy_perf_bias", &biasfile_ops, 0644, cpu->number,
			4096);
	add_caches(tree, dir, fixture, cpu);
	if (cpu->numa_node < fixture->n_numa_nodes) {
		uint32_t node = fixture->numa_nodes[cpu->numa_node].number;
		snprintf(name, sizeof name, "node%u", node);
		tree_link(tree, dir, name, "../../node/node%u", node);
	}
}

static void add_devices(struct tree *tree, const struct fixture_cpu *cpu)
{
	char path[32];

	snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu->number);
	tree_device(tree, TREE_ROOT, path, &msrfile_ops, 0600, cpu->number, 0);
	snprintf(path, sizeof path, "dev/cpu/%u/cpuid", cpu->number);
	tree_device(tree, TREE_ROOT, path, &cpuidfile_ops, 0600, cpu->number, 0);
}

void tree_cpu_add(struct tree *tree, const struct fixture *fixture)
{
	cleanup_free char *interrupts = interrupts_text(fixture);
	uint32_t system = tree_dir(tree, TREE_ROOT, "sys/devices/system/cpu");
	struct cpumask all, online, offline;

	tree_device(tree, TREE_ROOT, "proc/cpuinfo", &cpuinfofile_ops, 0444, 0, 0);
	tree_device(tree, TREE_ROOT, "proc/stat", &statfile_ops, 0444, 0, 0);
	tree->failed |= !interrupts;
	tree_proc_text(tree, "proc/interrupts", interrupts ? interrupts : "");

	cpumask_init(&all, fixture, NULL, NULL);
	cpumask_init(&online, fixture, is_online, NULL);
	cpumask_init(&offline, fixture, is_offline, NULL);
	tree_list(tree, system, "possible", &all);
	tree_list(tree, system, "present", &all);
	tree_list(tree, system, "online", &online);
	tree_list(tree, system, "offline", &offline);
	tree_text(tree, system, "kernel_max", "%d\n", CPUMASK_MAX - 1);

	for (size_t i = 0; i < fixture->n_cpus; i++)
		add_cpu(tree, system, fixture, &fixture->cpus[i]);
	tree_dir(tree, TREE_ROOT, "dev/cpu");
	/* devtmpfs lists what was made last first, and programs go through it as it is */
	for (size_t i = fixture->n_cpus; i-- > 0;)
		if (fixture->cpus[i].online)
			add_devices(tree, &fixture->cpus[i]);
}
