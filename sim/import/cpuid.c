/* SPDX-License-Identifier: MIT */
/*
 * CPUID as `cpuid -r` ("CPU 0:", "   0x00000001 0x00: eax=0x000206d7 ebx=…") and `kcpuid -r`
 * ("0x00000001: EAX=0x000206d7, EBX=…", subleaves "  0: EAX=…") print it. The leaves are of the
 * architecture: Intel SDM volume 2, CPUID.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "util/array.h"
#include "util/bytes.h"

struct leaf {
	uint32_t number, sub;
	uint32_t eax, ebx, ecx, edx;
	size_t line;
};

/* One CPU's: that of a block, or the only one. */
struct leaves {
	struct leaf *list;
	size_t n;
};

#define LEAF_IDENTITY  0u
#define LEAF_VERSION   1u
#define LEAF_CACHES    4u
#define LEAF_TOPOLOGY  0xbu
#define LEAF_NAME      0x80000002u
#define LEAF_ADDRESSES 0x80000008u
#define N_NAME_LEAVES  3
#define LEVEL_CORE     2 /* of leaf 0xb */

static const struct leaf *find(const struct leaves *leaves, uint32_t number, uint32_t sub)
{
	for (size_t i = 0; i < leaves->n; i++)
		if (leaves->list[i].number == number && leaves->list[i].sub == sub)
			return &leaves->list[i];
	return NULL;
}

/* "eax=0x000206d7 ebx=…" or "EAX=0x000206d7, EBX=…" */
static bool get_registers(const char *text, struct leaf *leaf)
{
	return sscanf(text, "eax=%" SCNx32 " ebx=%" SCNx32 " ecx=%" SCNx32 " edx=%" SCNx32,
		       &leaf->eax, &leaf->ebx, &leaf->ecx, &leaf->edx) == 4 ||
	       sscanf(text, "EAX=%" SCNx32 ", EBX=%" SCNx32 ", ECX=%" SCNx32 ", EDX=%" SCNx32,
		       &leaf->eax, &leaf->ebx, &leaf->ecx, &leaf->edx) == 4;
}

struct reader {
	struct import *import;
	struct fixture_file *file;
	struct leaves leaves;
	uint32_t cpu;	 /* of the block */
	uint32_t number; /* the leaf whose subleaves follow */
	size_t line, n_blocks, n_leaves;
};

static void add_leaf(struct reader *reader, const struct leaf *leaf)
{
	if (find(&reader->leaves, leaf->number, leaf->sub)) {
		fixture_complain(reader->file, reader->line, "leaf 0x%" PRIx32 " a second time",
			leaf->number);
		return;
	}
	struct leaf *list = array_grow(reader->leaves.list, reader->leaves.n, sizeof *list);
	if (!list) {
		fixture_complain(reader->file, reader->line, "out of memory");
		return;
	}
	reader->leaves.list = list;
	list[reader->leaves.n] = *leaf;
	list[reader->leaves.n++].line = reader->line;
	reader->n_leaves++;
}

/* Signature of leaf 1: extended parts count where the base says so. */
static void take_version(struct reader *reader, const struct leaf *leaf)
{
	struct fixture *fixture = reader->import->fixture;
	uint32_t family = leaf->eax >> 8 & 0xf, model = leaf->eax >> 4 & 0xf;

	if (family == 6 || family == 0xf)
		model |= leaf->eax >> 12 & 0xf0;
	if (family == 0xf)
		family += leaf->eax >> 20 & 0xff;
	if ((reader->import->has_cpuinfo || reader->n_blocks > 1) &&
		(fixture->family != family || fixture->model != model))
		fixture_complain(reader->file, leaf->line,
			"family %" PRIu32 " model %" PRIu32 " is another CPU than family %" PRIu32
			" model %" PRIu32 " so far",
			family, model, fixture->family, fixture->model);
	fixture->family = family;
	fixture->model = model;
	fixture->stepping = leaf->eax & 0xf;
}

static void take_names(struct import *import, const struct leaves *leaves)
{
	struct fixture *fixture = import->fixture;
	const struct leaf *identity = find(leaves, LEAF_IDENTITY, 0);
	uint8_t vendor[13] = "", name[N_NAME_LEAVES * 16 + 1] = "";

	if (identity) {
		put_le32(vendor, identity->ebx);
		put_le32(vendor + 4, identity->edx);
		put_le32(vendor + 8, identity->ecx);
		fixture->cpuid_level = identity->eax;
	}
	for (uint32_t i = 0; i < N_NAME_LEAVES; i++) {
		const struct leaf *leaf = find(leaves, LEAF_NAME + i, 0);
		if (!leaf)
			continue;
		put_le32(name + (size_t)16 * i, leaf->eax);
		put_le32(name + (size_t)16 * i + 4, leaf->ebx);
		put_le32(name + (size_t)16 * i + 8, leaf->ecx);
		put_le32(name + (size_t)16 * i + 12, leaf->edx);
	}
	const char *text = (const char *)name + strspn((const char *)name, " ");
	if (!fixture->vendor)
		fixture->vendor = strdup(vendor[0] ? (const char *)vendor : "unknown");
	if (!fixture->model_name)
		fixture->model_name = strdup(*text ? text : "unknown");
}

/* Leaf 4: each of its subleaves is a cache, until one is none. */
static void take_caches(struct reader *reader)
{
	static const char *const types[] = {NULL, "Data", "Instruction", "Unified"};
	struct fixture *fixture = reader->import->fixture;

	for (uint32_t sub = 0; fixture->n_caches < 8; sub++) {
		const struct leaf *leaf = find(&reader->leaves, LEAF_CACHES, sub);
		uint32_t type = leaf ? leaf->eax & 7 : 0;
		if (type == 0 || type >= N_ELEMENTS(types))
			return;
		struct fixture_cache *caches =
			array_grow(fixture->caches, fixture->n_caches, sizeof *caches);
		if (!caches) {
			fixture_complain(reader->file, leaf->line, "out of memory");
			return;
		}
		fixture->caches = caches;
		uint64_t ways = (leaf->ebx >> 22) + 1, parts = (leaf->ebx >> 12 & 0x3ff) + 1;
		uint64_t line = (leaf->ebx & 0xfff) + 1, sets = (uint64_t)leaf->ecx + 1;
		uint64_t kib = ways * parts * line * sets / 1024;
		if (kib == 0 || kib > UINT32_MAX || parts != 1) {
			fixture_complain(reader->file, leaf->line,
				"makes a cache of %" PRIu64 " KiB in %" PRIu64 " partitions", kib,
				parts);
			return;
		}
		struct fixture_cache *cache = &caches[fixture->n_caches++];
		/* who shares it: a field of how many ids of threads; more than a core has is all */
		uint32_t sharers = (leaf->eax >> 14 & 0xfff) + 1;
		*cache = (struct fixture_cache){
			.level = leaf->eax >> 5 & 7,
			.size_kib = (uint32_t)kib,
			.ways = (uint32_t)ways,
			.line_bytes = (uint32_t)line,
			.sets = (uint32_t)sets,
			.shared_by = sharers > 2 ? ARCH_PACKAGE : ARCH_CORE,
		};
		snprintf(cache->type, sizeof cache->type, "%s", types[type]);
	}
}

/* Where the CPU is, by its x2APIC id and how that is divided (leaf 0xb), or by nothing. */
static void take_cpu(struct reader *reader)
{
	const struct leaf *smt = find(&reader->leaves, LEAF_TOPOLOGY, 0);
	const struct leaf *core = find(&reader->leaves, LEAF_TOPOLOGY, 1);
	const struct leaf *version = find(&reader->leaves, LEAF_VERSION, 0);
	struct fixture_cpu cpu = {.number = reader->cpu, .core = reader->cpu, .online = true};

	cpu.apic_id = version ? version->ebx >> 24 : reader->cpu;
	if (smt && core && (core->ecx >> 8 & 0xff) == LEVEL_CORE) {
		uint32_t thread_bits = smt->eax & 0xf, core_bits = core->eax & 0xf;
		cpu.apic_id = core->edx;
		cpu.package = cpu.apic_id >> core_bits;
		cpu.core = (cpu.apic_id & ~(UINT32_MAX << core_bits)) >> thread_bits;
	} else {
		import_note(reader->import, "topology",
			"assumed: CPU %" PRIu32 " is a core of package 0: no leaf 0xb in %s",
			reader->cpu, import_base(reader->file));
	}
	if (cpu.package >= FIXTURE_MAX_PACKAGES)
		fixture_complain(
			reader->file, core ? core->line : 0, "names package %" PRIu32, cpu.package);
	else
		import_add_cpu(reader->import, &cpu);
}

static void end_block(struct reader *reader)
{
	struct import *import = reader->import;
	struct leaves *leaves = &reader->leaves;
	const struct leaf *version = find(leaves, LEAF_VERSION, 0);
	const struct leaf *addresses = find(leaves, LEAF_ADDRESSES, 0);

	if (leaves->n == 0)
		return;
	reader->n_blocks++;
	if (version)
		take_version(reader, version);
	else
		fixture_complain(reader->file, leaves->list[0].line,
			"CPU %" PRIu32 " has no leaf 1", reader->cpu);
	if (reader->n_blocks == 1) {
		take_names(import, leaves);
		take_caches(reader);
		if (addresses) {
			import->fixture->physical_bits = addresses->eax & 0xff;
			import->fixture->virtual_bits = addresses->eax >> 8 & 0xff;
		}
	}
	if (!import->has_cpuinfo)
		take_cpu(reader);
	free(leaves->list);
	*leaves = (struct leaves){0};
}

static void begin_block(struct reader *reader, const char *text)
{
	uint32_t cpu = 0;

	end_block(reader);
	/* "CPU:" is the only one, "CPU 3:" one of them */
	if (sscanf(text, "CPU %" SCNu32 ":", &cpu) == 1 && cpu >= FIXTURE_MAX_CPUS)
		fixture_complain(reader->file, reader->line, "CPU %" PRIu32 " is too many", cpu);
	for (size_t i = 0; !reader->import->has_cpuinfo && i < reader->import->fixture->n_cpus; i++)
		if (reader->import->fixture->cpus[i].number == cpu)
			fixture_complain(
				reader->file, reader->line, "CPU %" PRIu32 " a second time", cpu);
	reader->cpu = cpu;
}

static void take_line(struct reader *reader, const char *line)
{
	const char *text = line + strspn(line, " \t");
	struct leaf leaf = {0};
	unsigned sub = 0;
	int end = 0;

	if (strncmp(text, "CPU", 3) == 0) {
		begin_block(reader, text);
		return;
	}
	if (sscanf(text, "0x%" SCNx32 " 0x%x: %n", &leaf.number, &sub, &end) == 2 && end > 0) {
		leaf.sub = sub;
	} else if (sscanf(text, "0x%" SCNx32 ": %n", &leaf.number, &end) == 1 && end > 0) {
		/* kcpuid: registers, or subleaves in the lines that follow */
		reader->number = leaf.number;
		if (strncmp(text + end, "EAX", 3) != 0)
			return;
	} else if (sscanf(text, "%u: %n", &sub, &end) == 1 && end > 0) {
		leaf.number = reader->number;
		leaf.sub = sub;
	} else {
		return; /* headings */
	}
	if (get_registers(text + end, &leaf))
		add_leaf(reader, &leaf);
	else
		fixture_complain(reader->file, reader->line,
			"is not a leaf and eax, ebx, ecx, edx, as `cpuid -r` prints them");
}

void import_cpuid(struct import *import, struct fixture_file *file)
{
	struct reader reader = {.import = import, .file = file};
	char *rest = file->text;

	if (import->has_cpuid) {
		fixture_complain(file, 0, "is a second output of cpuid: all CPUs are in one");
		return;
	}
	import->has_cpuid = true;
	for (char *line; (line = strsep(&rest, "\n"));) {
		reader.line++;
		line[strcspn(line, "\r")] = '\0';
		take_line(&reader, line);
	}
	end_block(&reader);
	if (reader.n_leaves == 0)
		fixture_complain(file, 0, "has no leaves as `cpuid -r` or `kcpuid -r` prints them");
	if (import->fixture->n_caches > 0)
		import_note(import, "caches", "recorded: %s (leaf 4)", import_base(file));
	if (!import->has_cpuinfo) {
		import_note(import, "cpu.model", "recorded: %s", import_base(file));
		import_note(import, "topology", "recorded: %s (leaf 0xb)", import_base(file));
	}
}
