/* SPDX-License-Identifier: MIT */
/* sys/devices/system/node, as Linux 6.1 shows it. It must not know FUSE. */
#include <inttypes.h>
#include <stdio.h>

#include "fuse-msr/tree/nodetree.h"
#include "fuse-msr/tree/procstat.h"
#include "util/cleanup.h"

static bool is_on_node(const struct fixture_cpu *cpu, const void *context)
{
	const uint32_t *node = context;

	return cpu->online && cpu->numa_node == *node;
}

/* "10 21" */
static void add_distances(struct tree *tree, uint32_t dir, const struct fixture *fixture,
	const struct fixture_numa_node *node)
{
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		tree->failed = true;
		return;
	}
	for (size_t i = 0; i < fixture->n_numa_nodes; i++)
		fprintf(out, "%s%u", i > 0 ? " " : "", node->distances[i]);
	tree->failed |= fclose(out) != 0;
	tree_text(tree, dir, "distance", "%s\n", text ? text : "");
}

static void add_links(struct tree *tree, uint32_t dir, const struct fixture *fixture, uint32_t node)
{
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		char name[32];
		if (fixture->cpus[i].numa_node != node)
			continue;
		snprintf(name, sizeof name, "cpu%u", fixture->cpus[i].number);
		tree_link(tree, dir, name, "../../cpu/%s", name);
	}
}

/* An idle node: all of its memory is free. */
static void add_meminfo(struct tree *tree, uint32_t dir, const struct fixture_numa_node *node)
{
	tree_text(tree, dir, "meminfo",
		"Node %u MemTotal:       %8" PRIu64 " kB\n"
		"Node %u MemFree:        %8" PRIu64 " kB\n"
		"Node %u MemUsed:        %8d kB\n"
		"Node %u HugePages_Total:     0\n"
		"Node %u HugePages_Free:      0\n"
		"Node %u HugePages_Surp:      0\n",
		node->number, node->memory_kib, node->number, node->memory_kib, node->number, 0,
		node->number, node->number, node->number);
	tree_text(tree, dir, "numastat",
		"numa_hit 0\nnuma_miss 0\nnuma_foreign 0\ninterleave_hit 0\n"
		"local_node 0\nother_node 0\n");
}

static void add_node(
	struct tree *tree, uint32_t system, const struct fixture *fixture, uint32_t index)
{
	const struct fixture_numa_node *node = &fixture->numa_nodes[index];
	struct cpumask cpus;
	char name[64];
	uint32_t dir;

	snprintf(name, sizeof name, "node%u", node->number);
	dir = tree_dir(tree, system, name);
	cpumask_init(&cpus, fixture, is_on_node, &index);
	tree_masks(tree, dir, "cpumap", "cpulist", &cpus);
	add_meminfo(tree, dir, node);
	add_distances(tree, dir, fixture, node);
	add_links(tree, dir, fixture, index);

	snprintf(name, sizeof name, "sys/bus/node/devices/node%u", node->number);
	tree_link(tree, TREE_ROOT, name, "../../../devices/system/node/node%u", node->number);
}

enum filter { ALL, WITH_CPUS, WITH_MEMORY };

/* The kernel writes node lists as it writes CPU lists, and so do we: a mask of node numbers. */
static void add_nodes(struct tree *tree, uint32_t system, const struct fixture *fixture,
	const char *name, enum filter filter)
{
	struct cpumask nodes = {0}, cpus;

	for (uint32_t i = 0; i < fixture->n_numa_nodes; i++) {
		uint32_t number = fixture->numa_nodes[i].number;
		cpumask_init(&cpus, fixture, is_on_node, &i);
		if (number >= CPUMASK_MAX || (filter == WITH_CPUS && cpumask_count(&cpus) == 0) ||
			(filter == WITH_MEMORY && fixture->numa_nodes[i].memory_kib == 0))
			continue;
		nodes.words[number / 32] |= UINT32_C(1) << number % 32;
		if (nodes.n_bits <= number)
			nodes.n_bits = number + 1;
	}
	tree_list(tree, system, name, &nodes);
}

void tree_numa_add(struct tree *tree, const struct fixture *fixture)
{
	uint32_t system = tree_dir(tree, TREE_ROOT, "sys/devices/system/node");
	cleanup_free char *meminfo = meminfo_text(fixture);

	tree->failed |= !meminfo;
	tree_proc_text(tree, "proc/meminfo", meminfo ? meminfo : "");

	add_nodes(tree, system, fixture, "possible", ALL);
	add_nodes(tree, system, fixture, "online", ALL);
	add_nodes(tree, system, fixture, "has_cpu", WITH_CPUS);
	add_nodes(tree, system, fixture, "has_memory", WITH_MEMORY);
	add_nodes(tree, system, fixture, "has_normal_memory", WITH_MEMORY);
	for (uint32_t i = 0; i < fixture->n_numa_nodes; i++)
		add_node(tree, system, fixture, i);
}
