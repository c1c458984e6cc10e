/* SPDX-License-Identifier: MIT */
/*
 * node.yaml: what the node is. The schema is the format; below it what has to
 * be true beyond it. What its CPUs are is in fixture_topology.c.
 */
#include "sim/fixture_node.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

#define MAX_CACHES     16
#define MAX_NUMA_NODES 64
#define MAX_BUSES      1024

#define TEXT(type, member, min)                                                                    \
	CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, type, member, min, 65536)
#define NUMBER(type, member) CYAML_FIELD_UINT(#member, CYAML_FLAG_DEFAULT, type, member)
#define FIGURE(type, member) CYAML_FIELD_FLOAT(#member, CYAML_FLAG_DEFAULT, type, member)

static const cyaml_schema_field_t cpu_fields[] = {
	TEXT(struct cpu_yaml, vendor, 1),
	TEXT(struct cpu_yaml, model_name, 1),
	TEXT(struct cpu_yaml, flags, 0),
	TEXT(struct cpu_yaml, bugs, 0),
	NUMBER(struct cpu_yaml, family),
	NUMBER(struct cpu_yaml, model),
	NUMBER(struct cpu_yaml, stepping),
	NUMBER(struct cpu_yaml, microcode),
	NUMBER(struct cpu_yaml, cpuid_level),
	NUMBER(struct cpu_yaml, physical_bits),
	NUMBER(struct cpu_yaml, virtual_bits),
	CYAML_FIELD_END,
};

static const cyaml_strval_t numberings[] = {
	{"thread-package-core", NUMBERING_THREAD_PACKAGE_CORE},
	{"thread-core-package", NUMBERING_THREAD_CORE_PACKAGE},
	{"package-core-thread", NUMBERING_PACKAGE_CORE_THREAD},
};

static const cyaml_schema_field_t apic_fields[] = {
	NUMBER(struct apic_yaml, core),
	NUMBER(struct apic_yaml, thread),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t topology_fields[] = {
	NUMBER(struct topology_yaml, packages),
	NUMBER(struct topology_yaml, cores_per_package),
	NUMBER(struct topology_yaml, threads_per_core),
	CYAML_FIELD_ENUM("numbering", CYAML_FLAG_STRICT, struct topology_yaml, numbering,
		numberings, CYAML_ARRAY_LEN(numberings)),
	CYAML_FIELD_MAPPING("apic_id_bits", CYAML_FLAG_DEFAULT, struct topology_yaml, apic_id_bits,
		apic_fields),
	CYAML_FIELD_STRING_PTR("absent", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct topology_yaml, absent, 0, 65536),
	CYAML_FIELD_STRING_PTR("offline", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct topology_yaml, offline, 0, 65536),
	CYAML_FIELD_END,
};

static const cyaml_strval_t scopes[] = {
	{"thread", FIXTURE_THREAD},
	{"core", FIXTURE_CORE},
	{"package", FIXTURE_PACKAGE},
};

static const cyaml_schema_field_t cache_fields[] = {
	NUMBER(struct fixture_cache, level),
	CYAML_FIELD_STRING("type", CYAML_FLAG_DEFAULT, struct fixture_cache, type, 1),
	NUMBER(struct fixture_cache, size_kib),
	NUMBER(struct fixture_cache, ways),
	NUMBER(struct fixture_cache, line_bytes),
	CYAML_FIELD_ENUM("shared_by", CYAML_FLAG_STRICT, struct fixture_cache, shared_by, scopes,
		CYAML_ARRAY_LEN(scopes)),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t cache_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct fixture_cache, cache_fields),
};

static const cyaml_schema_value_t distance_value = {
	CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t),
};

static const cyaml_schema_field_t numa_fields[] = {
	NUMBER(struct numa_yaml, number),
	TEXT(struct numa_yaml, cpus, 0),
	NUMBER(struct numa_yaml, memory_kib),
	CYAML_FIELD_SEQUENCE("distances", CYAML_FLAG_POINTER, struct numa_yaml, distances,
		&distance_value, 1, MAX_NUMA_NODES),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t numa_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct numa_yaml, numa_fields),
};

static const cyaml_schema_field_t clocks_fields[] = {
	FIGURE(struct clocks_yaml, bus),
	FIGURE(struct clocks_yaml, base),
	FIGURE(struct clocks_yaml, min),
	FIGURE(struct clocks_yaml, max),
	FIGURE(struct clocks_yaml, uncore),
	FIGURE(struct clocks_yaml, memory),
	FIGURE(struct clocks_yaml, qpi),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t bus_fields[] = {
	CYAML_FIELD_UINT("domain", CYAML_FLAG_OPTIONAL, struct bus_yaml, domain),
	NUMBER(struct bus_yaml, bus),
	CYAML_FIELD_INT("node", CYAML_FLAG_DEFAULT, struct bus_yaml, node),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t bus_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct bus_yaml, bus_fields),
};

static const cyaml_schema_field_t node_fields[] = {
	TEXT(struct node_yaml, name, 1),
	TEXT(struct node_yaml, origin, 1),
	CYAML_FIELD_MAPPING("cpu", CYAML_FLAG_DEFAULT, struct node_yaml, cpu, cpu_fields),
	CYAML_FIELD_MAPPING(
		"topology", CYAML_FLAG_DEFAULT, struct node_yaml, topology, topology_fields),
	CYAML_FIELD_SEQUENCE("caches", CYAML_FLAG_POINTER, struct node_yaml, caches, &cache_value,
		1, MAX_CACHES),
	CYAML_FIELD_SEQUENCE(
		"numa", CYAML_FLAG_POINTER, struct node_yaml, numa, &numa_value, 1, MAX_NUMA_NODES),
	CYAML_FIELD_MAPPING(
		"clocks_mhz", CYAML_FLAG_DEFAULT, struct node_yaml, clocks_mhz, clocks_fields),
	CYAML_FIELD_SEQUENCE("pci_numa", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct node_yaml,
		pci_numa, &bus_value, 0, MAX_BUSES),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t node_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct node_yaml, node_fields),
};

/* These become lines of /proc/cpuinfo. */
static void check_one_line(struct fixture_yaml *yaml, const char *key, const char *text)
{
	if (strchr(text, '\n'))
		fixture_yaml_complain(yaml, "cpu", key, "must be one line");
}

static void take_identity(struct fixture_yaml *yaml, struct fixture *fixture)
{
	struct node_yaml *node = yaml->data;
	struct cpu_yaml *cpu = &node->cpu;

	check_one_line(yaml, "vendor", cpu->vendor);
	check_one_line(yaml, "model_name", cpu->model_name);
	check_one_line(yaml, "flags", cpu->flags);
	check_one_line(yaml, "bugs", cpu->bugs);
	fixture_yaml_range(yaml, "cpu", "family", cpu->family, 1, 0xff + 0xf);
	fixture_yaml_range(yaml, "cpu", "model", cpu->model, 0, 0xff);
	fixture_yaml_range(yaml, "cpu", "stepping", cpu->stepping, 0, 0xf);
	fixture_yaml_range(yaml, "cpu", "physical_bits", cpu->physical_bits, 32, 52);
	fixture_yaml_range(yaml, "cpu", "virtual_bits", cpu->virtual_bits, 32, 57);

	/* libcyaml allocates with realloc, so the texts can be taken over */
	fixture->name = steal_ptr(&node->name);
	fixture->origin = steal_ptr(&node->origin);
	fixture->vendor = steal_ptr(&cpu->vendor);
	fixture->model_name = steal_ptr(&cpu->model_name);
	fixture->flags = steal_ptr(&cpu->flags);
	fixture->bugs = steal_ptr(&cpu->bugs);
	fixture->family = cpu->family;
	fixture->model = cpu->model;
	fixture->stepping = cpu->stepping;
	fixture->microcode = cpu->microcode;
	fixture->cpuid_level = cpu->cpuid_level;
	fixture->physical_bits = cpu->physical_bits;
	fixture->virtual_bits = cpu->virtual_bits;
}

static void take_clocks(struct fixture_yaml *yaml, struct fixture *fixture)
{
	const struct clocks_yaml *clocks = &((struct node_yaml *)yaml->data)->clocks_mhz;

	fixture_yaml_range(yaml, "clocks_mhz", "bus", clocks->bus, 1, 1000);
	fixture_yaml_range(yaml, "clocks_mhz", "base", clocks->base, 1, 100000);
	fixture_yaml_range(yaml, "clocks_mhz", "min", clocks->min, 1, clocks->base);
	fixture_yaml_range(yaml, "clocks_mhz", "max", clocks->max, clocks->base, 100000);
	fixture_yaml_range(yaml, "clocks_mhz", "uncore", clocks->uncore, 1, 100000);
	fixture_yaml_range(yaml, "clocks_mhz", "memory", clocks->memory, 1, 100000);
	fixture_yaml_range(yaml, "clocks_mhz", "qpi", clocks->qpi, 1, 100000);
	fixture->bus_mhz = clocks->bus;
	fixture->tsc_mhz = clocks->base;
	fixture->min_mhz = clocks->min;
	fixture->max_mhz = clocks->max;
	fixture->uclk_mhz = clocks->uncore;
	fixture->dclk_mhz = clocks->memory;
	fixture->qclk_mhz = clocks->qpi;
}

static void take_caches(struct fixture_yaml *yaml, struct fixture *fixture)
{
	struct node_yaml *node = yaml->data;

	for (unsigned i = 0; i < node->caches_count; i++) {
		struct fixture_cache *cache = &node->caches[i];
		char path[32];
		snprintf(path, sizeof path, "caches[%u]", i);
		fixture_yaml_range(yaml, path, "level", cache->level, 1, 4);
		if (strcmp(cache->type, "Data") != 0 && strcmp(cache->type, "Instruction") != 0 &&
			strcmp(cache->type, "Unified") != 0)
			fixture_yaml_complain(yaml, path, "type",
				"is '%s', must be Data, Instruction or Unified", cache->type);
		uint64_t set_bytes = (uint64_t)cache->ways * cache->line_bytes;
		uint64_t bytes = (uint64_t)cache->size_kib * 1024;
		if (set_bytes == 0 || bytes == 0 || bytes % set_bytes != 0)
			fixture_yaml_complain(yaml, path, "size_kib",
				"is no whole number of sets of %u ways of %u bytes", cache->ways,
				cache->line_bytes);
		else
			cache->sets = (uint32_t)(bytes / set_bytes);
	}
	fixture->caches = steal_ptr(&node->caches);
	fixture->n_caches = node->caches_count;
	node->caches_count = 0;
}

void fixture_load_node(struct fixture_load *load)
{
	struct fixture_yaml yaml;

	if (fixture_yaml_open(&yaml, load, "node.yaml", &node_value)) {
		fixture_make_cpus(&yaml);
		take_clocks(&yaml, load->fixture);
		fixture_make_numa(&yaml);
		fixture_make_buses(&yaml);
		/* take over last: the complaints above still show the values */
		take_caches(&yaml, load->fixture);
		take_identity(&yaml, load->fixture);
	}
	fixture_yaml_close(&yaml);
}
