/* SPDX-License-Identifier: MIT */
/* Cores and NUMA nodes of CPUs, as /sys has them; and the levels that counts are added up at. */
#ifndef MSRD_CLI_COUNT_TOPOLOGY_H
#define MSRD_CLI_COUNT_TOPOLOGY_H

#include "node/node.h"

#define TOPOLOGY_UNKNOWN UINT32_MAX

struct topology_cpu {
	uint32_t core; /* as the kernel numbers cores in their package */
	uint32_t numa;
};

struct topology {
	const struct node *node;
	struct topology_cpu *cpus; /* as the node's */
};

/* What /sys does not say is TOPOLOGY_UNKNOWN. 0 or -ENOMEM. */
int topology_init(struct topology *topology, const struct node *node);
void topology_deinit(struct topology *topology);

uint32_t topology_core(const struct topology *topology, uint32_t cpu);
uint32_t topology_numa(const struct topology *topology, uint32_t cpu);
/* The only NUMA node of a package. */
uint32_t topology_numa_of_package(const struct topology *topology, uint32_t package);

#endif
