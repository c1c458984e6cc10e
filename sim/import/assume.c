/* SPDX-License-Identifier: MIT */
/* What no file says. Every line of it becomes a comment that says "assumed". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fixture/clocks.h"
#include "sim/fixture/idle.h"
#include "sim/import/internal.h"
#include "util/array.h"

#define LINE_BYTES   64
#define MEMORY_KIB   (1u << 20)
#define NEAR	     10 /* ACPI's SLIT: local */
#define FAR	     20
#define PHYSICAL     46
#define VIRTUAL	     48
#define MICROCODE_AT 32 /* IA32_BIOS_SIGN_ID */

static void assume_text(struct import *import, char **slot, const char *key, const char *text)
{
	if (*slot)
		return;
	*slot = strdup(text);
	if (!*slot)
		import_no_memory(import);
	import_note(import, key, "not known: no cpuinfo says it");
}

static void assume_identity(struct import *import)
{
	struct fixture *fixture = import->fixture;
	const uint64_t *signature = fixture_find_msr(
		fixture, import->arch, fixture->cpus[0].number, "IA32_BIOS_SIGN_ID");

	assume_text(import, &fixture->flags, "cpu.flags", "");
	if (!fixture->bugs)
		fixture->bugs = strdup(""); /* kernels before 3.18 do not say them */
	if (fixture->physical_bits == 0 || fixture->virtual_bits == 0) {
		fixture->physical_bits = PHYSICAL;
		fixture->virtual_bits = VIRTUAL;
		import_note(import, "cpu.physical_bits", "assumed");
		import_note(import, "cpu.virtual_bits", "assumed");
	}
	if (fixture->microcode == 0 && signature) {
		fixture->microcode = (uint32_t)(*signature >> MICROCODE_AT);
		import_note(import, "cpu.microcode", "recorded: IA32_BIOS_SIGN_ID");
	} else if (fixture->microcode == 0 && !import->has_cpuinfo) {
		import_note(import, "cpu.microcode", "not known: give --cpuinfo");
	}
}

static void add_last_level(struct import *import)
{
	static const uint32_t ways[] = {20, 16, 12, 8, 1};
	struct fixture *fixture = import->fixture;
	uint32_t kib = import->last_level_kib;
	size_t i = 0;

	fixture->caches = array_grow(fixture->caches, 0, sizeof *fixture->caches);
	if (!fixture->caches) {
		import_no_memory(import);
		return;
	}
	if (kib == 0) {
		kib = import->arch->slice_kib * fixture->cores_per_package;
		import_note(import, "caches", "assumed: a slice of last-level cache a core");
	}
	while (kib * 1024 % (ways[i] * LINE_BYTES) != 0)
		i++;
	fixture->caches[fixture->n_caches++] = (struct fixture_cache){
		.level = 3,
		.type = "Unified",
		.size_kib = kib,
		.ways = ways[i],
		.line_bytes = LINE_BYTES,
		.sets = kib * 1024 / (ways[i] * LINE_BYTES),
		.shared_by = ARCH_PACKAGE,
	};
	import_note(import, "caches",
		"recorded where not said otherwise: the size, cpuinfo; assumed: %" PRIu32
		" ways, lines of %d bytes;\nnot known: the other caches (give --cpuid)",
		ways[i], LINE_BYTES);
}

static void assume_distances(struct import *import)
{
	struct fixture *fixture = import->fixture;
	size_t n = fixture->n_numa_nodes;

	for (size_t i = 0; i < n; i++) {
		struct fixture_numa_node *node = &fixture->numa_nodes[i];
		if (node->distances)
			continue;
		node->distances = calloc(n, sizeof *node->distances);
		for (size_t j = 0; node->distances && j < n; j++)
			node->distances[j] = j == i ? NEAR : FAR;
		if (!node->distances)
			import_no_memory(import);
	}
}

/* A node a package. */
static void assume_nodes(struct import *import)
{
	struct fixture *fixture = import->fixture;
	uint32_t n = fixture->n_packages;
	uint64_t kib = import->memory_kib;

	fixture->numa_nodes = calloc(n, sizeof *fixture->numa_nodes);
	for (uint32_t i = 0; fixture->numa_nodes && i < n; i++) {
		struct fixture_numa_node *node = &fixture->numa_nodes[fixture->n_numa_nodes++];
		node->number = i;
		node->memory_kib = kib == 0 ? MEMORY_KIB : kib / n + (i < kib % n);
		for (size_t j = 0; j < fixture->n_cpus; j++)
			if (fixture->cpus[j].package == fixture->packages[i])
				fixture->cpus[j].numa_node = i;
	}
	if (!fixture->numa_nodes)
		import_no_memory(import);
	if (kib > 0)
		import_note(import, "numa",
			"recorded: how much memory there is in all, %s; assumed: a NUMA node a "
			"package,\nwith equal parts of it, and these distances; not known: nodes "
			"of "
			"buses",
			import->meminfo);
	else
		import_note(import, "numa",
			"assumed: a NUMA node a package, 1 GiB each, and these distances; "
			"not known: nodes of buses");
}

static void assume_numa(struct import *import)
{
	if (import->fixture->n_numa_nodes == 0)
		assume_nodes(import);
	assume_distances(import);
}

static void assume_clocks(struct import *import)
{
	struct fixture_note notes[FIXTURE_N_CLOCKS];

	fixture_take_clocks(import->fixture, import->arch,
		fixture_named_mhz(import->fixture->model_name), notes);
	for (size_t i = 0; i < FIXTURE_N_CLOCKS; i++)
		import_note(import, notes[i].key, "%s", notes[i].text);
}

void import_assume(struct import *import)
{
	struct fixture *fixture = import->fixture;

	fixture->origin = strdup("Made by fuse-msr import from what was recorded of a machine. "
				 "Comments say of each fact\n"
				 "whether it is recorded (and from which file), documented, "
				 "assumed or not known.\n");
	if (!fixture->origin)
		import_no_memory(import);
	assume_identity(import);
	if (fixture->n_caches == 0)
		add_last_level(import);
	assume_numa(import);
	assume_clocks(import);
	import_note(import, "workload",
		"assumed: nothing runs. Temperatures are recorded where thermometers were read, "
		"else "
		"assumed (%d C).",
		IDLE_CELSIUS);
	if (fixture->n_msrs == 0)
		import_note(import, "msr",
			"Registers that are not here have the model's reset values.");
}
