/* SPDX-License-Identifier: MIT */
/* node.yaml as its schema leaves it, between fixture_node.c and fixture_topology.c. */
#ifndef MSRD_SIM_FIXTURE_NODE_H
#define MSRD_SIM_FIXTURE_NODE_H

#include "sim/fixture_yaml.h"

/* How CPU numbers run, slowest first: Linux mostly takes the first. */
enum numbering {
	NUMBERING_THREAD_PACKAGE_CORE,
	NUMBERING_THREAD_CORE_PACKAGE,
	NUMBERING_PACKAGE_CORE_THREAD,
};

struct cpu_yaml {
	char *vendor, *model_name, *flags, *bugs;
	uint32_t family, model, stepping, microcode, cpuid_level, physical_bits, virtual_bits;
};

struct apic_yaml {
	uint32_t core, thread;
};

struct topology_yaml {
	uint32_t packages, cores_per_package, threads_per_core;
	enum numbering numbering;
	struct apic_yaml apic_id_bits;
	char *absent, *offline;
};

struct numa_yaml {
	uint32_t number;
	char *cpus;
	uint64_t memory_kib;
	uint32_t *distances;
	unsigned distances_count;
};

struct clocks_yaml {
	double bus, base, min, max, uncore, memory, qpi;
};

struct bus_yaml {
	uint32_t domain, bus;
	int32_t node;
};

struct node_yaml {
	char *name, *origin;
	struct cpu_yaml cpu;
	struct topology_yaml topology;
	struct fixture_cache *caches;
	unsigned caches_count;
	struct numa_yaml *numa;
	unsigned numa_count;
	struct clocks_yaml clocks_mhz;
	struct bus_yaml *pci_numa;
	unsigned pci_numa_count;
};

/*
 * Make the CPUs, the NUMA nodes and the buses' nodes from yaml->data, a struct
 * node_yaml; in this order. Complain about what is wrong.
 */
void fixture_make_cpus(struct fixture_yaml *yaml);
void fixture_make_numa(struct fixture_yaml *yaml);
void fixture_make_buses(struct fixture_yaml *yaml);

#endif
