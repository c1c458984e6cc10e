/* SPDX-License-Identifier: MIT */
/* Identity, CPUs, caches and NUMA nodes, from /proc/cpuinfo and sysfs. Knows no register. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/record/record.h"
#include "node/file.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/compare.h"
#include "util/cpulist.h"
#include "util/number.h"

#define CPU_PATH     "sys/devices/system/cpu/cpu%u/"
#define CACHE_PATH   "sys/devices/system/cpu/cpu%u/cache/index%u/"
#define NODE_PATH    "sys/devices/system/node/node%u/"
#define ASSUMED_BITS 40 /* of addresses */
#define MAX_CACHES   16
#define MAX_NODES    64
#define NEAR	     10 /* ACPI's SLIT: local */

/* The value behind "key\t: " in a block of cpuinfo, to its end of line; free() it. */
static char *cpuinfo_value(const char *block, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = block; *line != '\0' && *line != '\n';) {
		size_t end = strcspn(line, "\n");
		if (length < end && strncmp(line, key, length) == 0) {
			const char *colon = line + length + strspn(line + length, " \t");
			/* "model" is also how "model name" begins */
			if (*colon == ':') {
				colon += 1 + strspn(colon + 1, " \t");
				return strndup(colon, strcspn(colon, "\n"));
			}
		}
		line += end + (line[end] == '\n');
	}
	return NULL;
}

static bool cpuinfo_number(const char *block, const char *key, uint32_t *number)
{
	cleanup_free char *text = cpuinfo_value(block, key);
	uint64_t value;

	if (!text || !number_parse(text, UINT32_MAX, &value))
		return false;
	*number = (uint32_t)value;
	return true;
}

/* The block of a CPU; NULL: it is off. */
static const char *find_block(const char *cpuinfo, uint32_t cpu)
{
	for (const char *block = cpuinfo; block; block = strstr(block, "\n\n")) {
		uint32_t number;
		block += strspn(block, "\n");
		if (cpuinfo_number(block, "processor", &number) && number == cpu)
			return block;
	}
	return NULL;
}

static int take_identity(struct record *record, const char *cpuinfo)
{
	static const char *const keys[] = {"cpu.vendor", "cpu.model_name", "cpu.family",
		"cpu.model", "cpu.stepping", "cpu.microcode", "cpu.cpuid_level",
		"cpu.physical_bits", "cpu.virtual_bits", "cpu.flags", "cpu.bugs"};
	struct fixture *fixture = record->fixture;
	const struct node *node = record->node;
	cleanup_free char *sizes = cpuinfo_value(cpuinfo, "address sizes");

	fixture->family = node->family;
	fixture->model = node->model;
	fixture->stepping = node->stepping == NODE_NO_STEPPING ? 0 : node->stepping;
	fixture->vendor = strdup(node->vendor);
	fixture->model_name = cpuinfo_value(cpuinfo, "model name");
	fixture->flags = cpuinfo_value(cpuinfo, "flags");
	fixture->bugs = cpuinfo_value(cpuinfo, "bugs");
	if (!fixture->model_name)
		fixture->model_name = strdup("unknown");
	if (!fixture->vendor || !fixture->model_name)
		return -ENOMEM;
	bool has_microcode = cpuinfo_number(cpuinfo, "microcode", &fixture->microcode);
	bool has_level = cpuinfo_number(cpuinfo, "cpuid level", &fixture->cpuid_level);
	bool has_sizes =
		sizes && sscanf(sizes, "%" SCNu32 " bits physical, %" SCNu32 " bits virtual",
				 &fixture->physical_bits, &fixture->virtual_bits) == 2;
	if (!has_sizes) {
		fixture->physical_bits = ASSUMED_BITS;
		fixture->virtual_bits = ASSUMED_BITS;
	}
	const bool is_said[] = {true, true, true, true, node->stepping != NODE_NO_STEPPING,
		has_microcode, has_level, has_sizes, has_sizes, fixture->flags, fixture->bugs};
	for (size_t i = 0; i < N_ELEMENTS(keys); i++)
		record_note(record, keys[i], false, "%s",
			is_said[i] ? "recorded: /proc/cpuinfo"
				   : "not known: /proc/cpuinfo does not say it");
	return 0;
}

static void number_thread(struct fixture *fixture, struct fixture_cpu *cpu)
{
	uint32_t n_cores = 1;

	for (size_t i = 0; i < fixture->n_cpus; i++) {
		const struct fixture_cpu *other = &fixture->cpus[i];
		if (other->package != cpu->package)
			continue;
		cpu->thread += other->core == cpu->core;
		n_cores += other->thread == 0;
	}
	if (cpu->thread >= fixture->threads_per_core)
		fixture->threads_per_core = cpu->thread + 1;
	if (cpu->thread == 0 && n_cores > fixture->cores_per_package)
		fixture->cores_per_package = n_cores;
}

/* An offline CPU says nothing of where it is: it can't be in a fixture. */
static int take_cpus(struct record *record, const char *cpuinfo)
{
	struct fixture *fixture = record->fixture;
	const struct node *node = record->node;
	uint32_t n_lost = 0;

	fixture->cpus = calloc(node->n_cpus + 1, sizeof *fixture->cpus);
	if (!fixture->cpus)
		return -ENOMEM;
	for (uint32_t number = 0; number < node->n_cpus; number++) {
		const char *block = find_block(cpuinfo, number);
		struct fixture_cpu cpu = {.number = number, .online = true};
		long core;
		if (!node->cpus[number].present)
			continue;
		cpu.package = node->cpus[number].package;
		if (!node->cpus[number].online || cpu.package == NODE_NO_PACKAGE || !block ||
			file_read_number(
				record->root_fd, &core, CPU_PATH "topology/core_id", number) < 0 ||
			core < 0) {
			n_lost++;
			continue;
		}
		cpu.core = (uint32_t)core;
		if (!cpuinfo_number(block, "apicid", &cpu.apic_id))
			cpu.apic_id = number;
		number_thread(fixture, &cpu);
		fixture->cpus[fixture->n_cpus++] = cpu;
	}
	record_note(
		record, "topology", false, "recorded: /proc/cpuinfo and /sys/devices/system/cpu");
	if (n_lost > 0)
		record_note(record, "topology", true,
			"not known: where %" PRIu32 " CPUs are, which are off or hidden: left out",
			n_lost);
	return fixture->n_cpus > 0 ? 0 : -ENODATA;
}

static int take_packages(struct fixture *fixture)
{
	fixture->packages = calloc(fixture->n_cpus, sizeof *fixture->packages);
	if (!fixture->packages)
		return -ENOMEM;
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		bool is_new = true;
		for (size_t j = 0; j < i; j++)
			is_new = is_new && fixture->cpus[j].package != fixture->cpus[i].package;
		if (is_new)
			fixture->packages[fixture->n_packages++] = fixture->cpus[i].package;
	}
	qsort(fixture->packages, fixture->n_packages, sizeof *fixture->packages, compare_u32);
	return 0;
}

static bool read_cache(
	const struct record *record, uint32_t cpu, uint32_t index, struct fixture_cache *cache)
{
	long level, ways, line, sets;
	char type[16];

	if (file_read_number(record->root_fd, &level, CACHE_PATH "level", cpu, index) < 0 ||
		file_read_number(record->root_fd, &ways, CACHE_PATH "ways_of_associativity", cpu,
			index) < 0 ||
		file_read_number(
			record->root_fd, &line, CACHE_PATH "coherency_line_size", cpu, index) < 0 ||
		file_read_number(record->root_fd, &sets, CACHE_PATH "number_of_sets", cpu, index) <
			0 ||
		file_read_text(record->root_fd, type, sizeof type, CACHE_PATH "type", cpu, index) <
			0)
		return false;
	type[strcspn(type, "\n")] = '\0';
	if (level <= 0 || level > 4 || ways <= 0 || line <= 0 || sets <= 0)
		return false;
	*cache = (struct fixture_cache){
		.level = (uint32_t)level,
		.size_kib = (uint32_t)(ways * line * sets / 1024),
		.ways = (uint32_t)ways,
		.line_bytes = (uint32_t)line,
		.sets = (uint32_t)sets,
		/* of these models */
		.shared_by = level > 2 ? ARCH_PACKAGE : ARCH_CORE,
	};
	snprintf(cache->type, sizeof cache->type, "%.11s", type);
	return true;
}

static int take_caches(struct record *record)
{
	struct fixture *fixture = record->fixture;

	fixture->caches = calloc(MAX_CACHES, sizeof *fixture->caches);
	if (!fixture->caches)
		return -ENOMEM;
	while (fixture->n_caches < MAX_CACHES &&
		read_cache(record, fixture->cpus[0].number, (uint32_t)fixture->n_caches,
			&fixture->caches[fixture->n_caches]))
		fixture->n_caches++;
	if (fixture->n_caches > 0) {
		record_note(record, "caches", false, "recorded: sysfs; who shares them: assumed");
		return 0;
	}
	fixture->caches[fixture->n_caches++] = (struct fixture_cache){.level = 3,
		.type = "Unified",
		.size_kib = record->node->arch->slice_kib * fixture->cores_per_package,
		.ways = 1,
		.line_bytes = 64,
		.shared_by = ARCH_PACKAGE};
	record_note(record, "caches", true,
		"not known: caches, which sysfs does not show; assumed: a slice of last-level "
		"cache a core");
	return 0;
}

struct node_lists {
	struct fixture *fixture;
	uint32_t numbers[MAX_NODES];
	size_t n;
	uint32_t index; /* of the node whose CPUs are read */
};

static bool add_node(void *context, uint32_t number)
{
	struct node_lists *lists = context;

	if (lists->n == MAX_NODES)
		return false;
	lists->numbers[lists->n++] = number;
	return true;
}

static bool put_cpu(void *context, uint32_t number)
{
	const struct node_lists *lists = context;
	struct fixture_cpu *cpu = fixture_find_cpu(lists->fixture, number);

	if (cpu)
		cpu->numa_node = lists->index;
	return true;
}

static int read_node(struct record *record, struct node_lists *lists, uint32_t index)
{
	struct fixture_numa_node *node = &record->fixture->numa_nodes[index];
	char cpus[4096], memory[4096], distances[1024], *rest = distances;
	uint32_t number = lists->numbers[index];

	node->number = number;
	node->distances = calloc(lists->n, sizeof *node->distances);
	if (!node->distances)
		return -ENOMEM;
	int r = file_read_text(record->root_fd, cpus, sizeof cpus, NODE_PATH "cpulist", number);
	if (r >= 0)
		r = file_read_text(
			record->root_fd, memory, sizeof memory, NODE_PATH "meminfo", number);
	if (r >= 0)
		r = file_read_text(
			record->root_fd, distances, sizeof distances, NODE_PATH "distance", number);
	if (r < 0)
		return r;
	cpus[strcspn(cpus, "\n")] = '\0';
	lists->index = index;
	const char *total = strstr(memory, "MemTotal:");
	if (!cpulist_parse(cpus, UINT16_MAX, put_cpu, lists) || !total ||
		sscanf(total, "MemTotal: %" SCNu64, &node->memory_kib) != 1)
		return -EINVAL;
	for (size_t i = 0; i < lists->n; i++)
		node->distances[i] = (uint32_t)strtoul(rest, &rest, 10);
	return 0;
}

/* A kernel without NUMA shows no nodes: one that has everything. */
static int assume_node(struct record *record)
{
	struct fixture_numa_node *node = record->fixture->numa_nodes;

	record->fixture->n_numa_nodes = 1;
	node->memory_kib = 1 << 20;
	node->distances = calloc(1, sizeof *node->distances);
	if (!node->distances)
		return -ENOMEM;
	node->distances[0] = NEAR;
	record_note(record, "numa", true,
		"not known: NUMA nodes, which sysfs does not show; assumed: one of 1 GiB");
	return 0;
}

static int take_nodes(struct record *record)
{
	struct fixture *fixture = record->fixture;
	struct node_lists lists = {.fixture = fixture};
	char text[4096];
	int r = file_read_text(
		record->root_fd, text, sizeof text, "sys/devices/system/node/online");

	fixture->numa_nodes = calloc(MAX_NODES, sizeof *fixture->numa_nodes);
	if (!fixture->numa_nodes)
		return -ENOMEM;
	if (r >= 0)
		text[strcspn(text, "\n")] = '\0';
	if (r < 0 || !cpulist_parse(text, UINT16_MAX, add_node, &lists) || lists.n == 0)
		return assume_node(record);
	record_note(record, "numa", false, "recorded: /sys/devices/system/node");
	for (uint32_t i = 0; i < lists.n; i++) {
		fixture->n_numa_nodes = i + 1;
		r = read_node(record, &lists, i);
		if (r < 0)
			return r;
	}
	return 0;
}

int record_facts(struct record *record)
{
	cleanup_free char *cpuinfo = file_read_whole(record->root_fd, "proc/cpuinfo");
	int r;

	if (!cpuinfo)
		return -errno;
	r = take_identity(record, cpuinfo);
	if (r == 0)
		r = take_cpus(record, cpuinfo);
	if (r == 0)
		r = take_packages(record->fixture);
	if (r == 0)
		r = take_caches(record);
	return r == 0 ? take_nodes(record) : r;
}
