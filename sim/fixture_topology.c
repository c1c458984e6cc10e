/* SPDX-License-Identifier: MIT */
/*
 * The CPUs that a topology's few numbers stand for, and which NUMA node each
 * CPU and each PCI bus belongs to.
 */
#include "sim/fixture_node.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/cleanup.h"

#define NO_NUMA_NODE UINT32_MAX

/* Where CPU number would be if none were absent. */
static struct fixture_cpu cpu_at(const struct topology_yaml *topology, uint32_t number)
{
	uint32_t packages = topology->packages, cores = topology->cores_per_package;
	uint32_t threads = topology->threads_per_core;
	struct fixture_cpu cpu = {.number = number, .numa_node = NO_NUMA_NODE, .online = true};

	switch (topology->numbering) {
	case NUMBERING_THREAD_PACKAGE_CORE:
		cpu.core = number % cores;
		cpu.package = number / cores % packages;
		cpu.thread = number / cores / packages;
		break;
	case NUMBERING_THREAD_CORE_PACKAGE:
		cpu.package = number % packages;
		cpu.core = number / packages % cores;
		cpu.thread = number / packages / cores;
		break;
	case NUMBERING_PACKAGE_CORE_THREAD:
		cpu.thread = number % threads;
		cpu.core = number / threads % cores;
		cpu.package = number / threads / cores;
		break;
	}
	uint32_t core_bits = topology->apic_id_bits.core, bits = topology->apic_id_bits.thread;
	cpu.apic_id = cpu.package << (core_bits + bits) | cpu.core << bits | cpu.thread;
	return cpu;
}

static bool topology_is_sane(struct fixture_yaml *yaml, const struct topology_yaml *topology)
{
	size_t before = yaml->file.load->n_complaints;
	const struct apic_yaml *bits = &topology->apic_id_bits;

	fixture_yaml_range(
		yaml, "topology", "packages", topology->packages, 1, FIXTURE_MAX_PACKAGES);
	fixture_yaml_range(
		yaml, "topology", "cores_per_package", topology->cores_per_package, 1, 1024);
	fixture_yaml_range(yaml, "topology", "threads_per_core", topology->threads_per_core, 1, 8);
	fixture_yaml_range(yaml, "topology", "apic_id_bits.core", bits->core, 0, 16);
	fixture_yaml_range(yaml, "topology", "apic_id_bits.thread", bits->thread, 0, 8);
	if (yaml->file.load->n_complaints > before)
		return false;
	if (topology->cores_per_package > 1u << bits->core)
		fixture_yaml_complain(yaml, "topology", "apic_id_bits.core",
			"is too few for %u cores", topology->cores_per_package);
	if (topology->threads_per_core > 1u << bits->thread)
		fixture_yaml_complain(yaml, "topology", "apic_id_bits.thread",
			"is too few for %u threads", topology->threads_per_core);
	if (topology->packages * topology->cores_per_package * topology->threads_per_core >
		FIXTURE_MAX_CPUS)
		fixture_yaml_complain(
			yaml, "topology", "", "makes more than %d CPUs", FIXTURE_MAX_CPUS);
	return yaml->file.load->n_complaints == before;
}

void fixture_make_cpus(struct fixture_yaml *yaml)
{
	struct fixture *fixture = yaml->file.load->fixture;
	const struct topology_yaml *topology = &((struct node_yaml *)yaml->data)->topology;

	if (!topology_is_sane(yaml, topology))
		return;
	uint32_t n = topology->packages * topology->cores_per_package * topology->threads_per_core;
	cleanup_free bool *is_absent = calloc(n, sizeof *is_absent);
	fixture->cpus = calloc(n, sizeof *fixture->cpus);
	if (!is_absent || !fixture->cpus) {
		fixture_complain(&yaml->file, 0, "out of memory");
		return;
	}
	struct fixture_list absent = fixture_yaml_list(
		yaml, "topology", "absent", topology->absent ? topology->absent : "", n - 1);
	for (size_t i = 0; i < absent.n; i++)
		is_absent[absent.numbers[i]] = true;
	for (uint32_t number = 0; number < n; number++)
		if (!is_absent[number])
			fixture->cpus[fixture->n_cpus++] = cpu_at(topology, number);

	struct fixture_list offline = fixture_yaml_list(
		yaml, "topology", "offline", topology->offline ? topology->offline : "", n - 1);
	for (size_t i = 0; i < offline.n; i++) {
		struct fixture_cpu *cpu = fixture_find_cpu(fixture, offline.numbers[i]);
		if (cpu)
			cpu->online = false;
		else
			fixture_yaml_complain(yaml, "topology", "offline",
				"names the absent CPU %u", offline.numbers[i]);
	}
	if (absent.n + offline.n >= n)
		fixture_yaml_complain(yaml, "topology", "", "leaves no CPU online");
	free(absent.numbers);
	free(offline.numbers);
	fixture->n_packages = topology->packages;
	fixture->cores_per_package = topology->cores_per_package;
	fixture->threads_per_core = topology->threads_per_core;
}

static void check_distances(struct fixture_yaml *yaml, const char *path,
	const struct numa_yaml *numa, size_t self, size_t n_nodes)
{
	for (unsigned i = 0; i < numa->distances_count; i++) {
		char key[32];
		snprintf(key, sizeof key, "distances[%u]", i);
		/* the ACPI SLIT: 10 is local and only local, 255 unreachable */
		fixture_yaml_range(yaml, path, key, numa->distances[i], i == self ? 10 : 11,
			i == self ? 10 : 255);
	}
	if (numa->distances_count != n_nodes)
		fixture_yaml_complain(yaml, path, "distances", "are %u, must be %zu",
			numa->distances_count, n_nodes);
}

static void take_numa_cpus(
	struct fixture_yaml *yaml, const char *path, uint32_t index, const char *text)
{
	const struct fixture *fixture = yaml->file.load->fixture;
	struct fixture_list cpus =
		fixture_yaml_list(yaml, path, "cpus", text, FIXTURE_MAX_CPUS - 1);

	/* without a topology there is nothing to compare with */
	for (size_t i = 0; i < cpus.n && fixture->n_cpus > 0; i++) {
		struct fixture_cpu *cpu = fixture_find_cpu(fixture, cpus.numbers[i]);
		if (!cpu)
			fixture_yaml_complain(yaml, path, "cpus", "names CPU %u, which is absent",
				cpus.numbers[i]);
		else if (cpu->numa_node != NO_NUMA_NODE)
			fixture_yaml_complain(yaml, path, "cpus",
				"names CPU %u, which is in another node already", cpu->number);
		else
			cpu->numa_node = index;
	}
	free(cpus.numbers);
}

void fixture_make_numa(struct fixture_yaml *yaml)
{
	struct fixture *fixture = yaml->file.load->fixture;
	struct node_yaml *node = yaml->data;
	size_t n = node->numa_count;

	fixture->numa_nodes = calloc(n, sizeof *fixture->numa_nodes);
	if (!fixture->numa_nodes) {
		fixture_complain(&yaml->file, 0, "out of memory");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct numa_yaml *numa = &node->numa[i];
		char path[32];
		snprintf(path, sizeof path, "numa[%zu]", i);
		fixture_yaml_range(yaml, path, "number", numa->number,
			i > 0 ? node->numa[i - 1].number + 1.0 : 0, 1023);
		fixture_yaml_range(yaml, path, "memory_kib", (double)numa->memory_kib, 0, 1e12);
		check_distances(yaml, path, numa, i, n);
		take_numa_cpus(yaml, path, (uint32_t)i, numa->cpus);
		fixture->numa_nodes[fixture->n_numa_nodes++] = (struct fixture_numa_node){
			.number = numa->number,
			.memory_kib = numa->memory_kib,
			.distances = steal_ptr(&numa->distances),
		};
		numa->distances_count = 0;
	}
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		if (fixture->cpus[i].numa_node == NO_NUMA_NODE) {
			fixture_yaml_complain(yaml, "numa", "", "has no node for CPU %u",
				fixture->cpus[i].number);
			break; /* the others are likely to be its neighbours */
		}
	}
}

static bool numa_number_exists(const struct fixture *fixture, int32_t number)
{
	for (size_t i = 0; i < fixture->n_numa_nodes; i++)
		if ((int64_t)fixture->numa_nodes[i].number == number)
			return true;
	return number == -1;
}

void fixture_make_buses(struct fixture_yaml *yaml)
{
	struct fixture_load *load = yaml->file.load;
	const struct node_yaml *node = yaml->data;

	load->buses = calloc(node->pci_numa_count + 1, sizeof *load->buses);
	if (!load->buses) {
		fixture_complain(&yaml->file, 0, "out of memory");
		return;
	}
	for (unsigned i = 0; i < node->pci_numa_count; i++) {
		const struct bus_yaml *bus = &node->pci_numa[i];
		char path[32];
		snprintf(path, sizeof path, "pci_numa[%u]", i);
		fixture_yaml_range(yaml, path, "domain", bus->domain, 0, 0xffff);
		fixture_yaml_range(yaml, path, "bus", bus->bus, 0, 0xff);
		if (!numa_number_exists(load->fixture, bus->node))
			fixture_yaml_complain(yaml, path, "node",
				"is %d, and no node has that number", bus->node);
		for (unsigned j = 0; j < i; j++)
			if (node->pci_numa[j].domain == bus->domain &&
				node->pci_numa[j].bus == bus->bus)
				fixture_yaml_complain(yaml, path, "bus", "is there twice");
		load->buses[load->n_buses++] = (struct fixture_bus){
			.domain = (uint16_t)bus->domain,
			.bus = (uint8_t)bus->bus,
			.numa_node = bus->node,
		};
	}
}
