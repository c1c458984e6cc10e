/* SPDX-License-Identifier: MIT */
/* Reads /sys once. Knows no counter. */
#include "cli/count/topology.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/cpulist.h"

static uint32_t read_core(uint32_t cpu)
{
	char path[96];
	cleanup_fclose FILE *file = NULL;
	uint32_t core;

	snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%u/topology/core_id", cpu);
	file = fopen(path, "re");
	return file && fscanf(file, "%u", &core) == 1 ? core : TOPOLOGY_UNKNOWN;
}

struct numa_adder {
	struct topology *topology;
	uint32_t numa;
};

static bool add_cpu(void *context, uint32_t cpu)
{
	struct numa_adder *adder = context;

	if (cpu < adder->topology->node->n_cpus)
		adder->topology->cpus[cpu].numa = adder->numa;
	return true;
}

/* A line of a file without its end; false: there is none. */
static bool read_line(const char *path, char *text, size_t size)
{
	cleanup_fclose FILE *file = fopen(path, "re");

	if (!file || !fgets(text, (int)size, file))
		return false;
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static bool add_numa(void *context, uint32_t numa)
{
	struct numa_adder adder = {context, numa};
	char path[96], list[4096];

	snprintf(path, sizeof path, "/sys/devices/system/node/node%u/cpulist", numa);
	if (read_line(path, list, sizeof list))
		cpulist_parse(list, UINT16_MAX, add_cpu, &adder);
	return true;
}

int topology_init(struct topology *topology, const struct node *node)
{
	char list[4096];

	*topology = (struct topology){.node = node};
	topology->cpus = calloc(node->n_cpus + 1, sizeof *topology->cpus);
	if (!topology->cpus)
		return -ENOMEM;
	for (uint32_t i = 0; i < node->n_cpus; i++)
		topology->cpus[i] = (struct topology_cpu){
			node->cpus[i].online ? read_core(i) : TOPOLOGY_UNKNOWN, TOPOLOGY_UNKNOWN};
	if (read_line("/sys/devices/system/node/online", list, sizeof list))
		cpulist_parse(list, UINT16_MAX, add_numa, topology);
	return 0;
}

void topology_deinit(struct topology *topology)
{
	free(topology->cpus);
	*topology = (struct topology){0};
}

uint32_t topology_core(const struct topology *topology, uint32_t cpu)
{
	return cpu < topology->node->n_cpus ? topology->cpus[cpu].core : TOPOLOGY_UNKNOWN;
}

uint32_t topology_numa(const struct topology *topology, uint32_t cpu)
{
	return cpu < topology->node->n_cpus ? topology->cpus[cpu].numa : TOPOLOGY_UNKNOWN;
}

uint32_t topology_numa_of_package(const struct topology *topology, uint32_t package)
{
	uint32_t numa = TOPOLOGY_UNKNOWN;

	for (uint32_t i = 0; i < topology->node->n_cpus; i++) {
		const struct node_cpu *cpu = &topology->node->cpus[i];

		if (!cpu->online || cpu->package != package)
			continue;
		if (numa != TOPOLOGY_UNKNOWN && topology->cpus[i].numa != numa)
			return TOPOLOGY_UNKNOWN;
		numa = topology->cpus[i].numa;
	}
	return numa;
}
