/* SPDX-License-Identifier: MIT */
#include "fuse-msr/preload/answers.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FACTS "/sys/devices/sim/cpuid"
#define CLOCK "/sys/devices/sim/clock"

#define MAX_LEAVES 128
#define MAX_CPUS   1024 /* as a cpu_set_t has */
#define EXTENDED   UINT32_C(0x80000000)

enum { LEAF_FEATURES = 1, LEAF_TOPOLOGY = 11 };

#define APIC_SHIFT 24 /* in EBX of LEAF_FEATURES */

struct leaf {
	uint32_t leaf, subleaf;
	struct cpuid_registers registers;
};

static struct {
	struct leaf leaves[MAX_LEAVES];
	unsigned n_leaves;
	uint32_t cpus[MAX_CPUS], apic_ids[MAX_CPUS];
	unsigned n_cpus;
	uint64_t tsc_khz, started_ns;
	bool is_manual;
} facts;

static void read_line(const char *line)
{
	struct leaf leaf = {0};
	struct cpuid_registers *r = &leaf.registers;
	uint32_t cpu, apic_id;

	if (facts.n_leaves < MAX_LEAVES &&
		sscanf(line,
			"leaf %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32,
			&leaf.leaf, &leaf.subleaf, &r->eax, &r->ebx, &r->ecx, &r->edx) == 6)
		facts.leaves[facts.n_leaves++] = leaf;
	else if (facts.n_cpus < MAX_CPUS &&
		 sscanf(line, "cpu %" SCNu32 " %" SCNu32, &cpu, &apic_id) == 2) {
		facts.cpus[facts.n_cpus] = cpu;
		facts.apic_ids[facts.n_cpus++] = apic_id;
	} else if (strncmp(line, "tsc ", 4) == 0) {
		facts.is_manual = sscanf(line, "tsc %" SCNu64 " %" SCNu64, &facts.tsc_khz,
					  &facts.started_ns) == 1;
	}
}

bool answers_load(void)
{
	FILE *file = fopen(FACTS, "re");
	char line[256];

	if (!file)
		return false;
	while (fgets(line, sizeof line, file))
		read_line(line);
	fclose(file);
	return facts.n_leaves > 0 && facts.n_cpus > 0 && facts.tsc_khz > 0;
}

unsigned answers_count_cpus(void)
{
	return facts.n_cpus;
}

uint32_t answers_cpu(unsigned i)
{
	return facts.cpus[i];
}

static const struct leaf *find_leaf(uint32_t leaf, uint32_t subleaf, unsigned *n_subleaves)
{
	const struct leaf *found = NULL, *first = NULL;

	*n_subleaves = 0;
	for (unsigned i = 0; i < facts.n_leaves; i++) {
		if (facts.leaves[i].leaf != leaf)
			continue;
		if (!first)
			first = &facts.leaves[i];
		if (facts.leaves[i].subleaf == subleaf)
			found = &facts.leaves[i];
		(*n_subleaves)++;
	}
	return *n_subleaves == 1 ? first : found;
}

/* Behind the last leaf: as the last of the first range, as on Intel's. */
static uint32_t clamp_leaf(uint32_t leaf)
{
	unsigned n;
	const struct leaf *range = find_leaf(leaf & EXTENDED, 0, &n);
	const struct leaf *basic = find_leaf(0, 0, &n);

	if (range && leaf <= range->registers.eax)
		return leaf;
	return basic ? basic->registers.eax : 0;
}

void answers_cpuid(unsigned i, struct cpuid_registers *cpuid)
{
	uint32_t leaf = clamp_leaf(cpuid->eax), subleaf = cpuid->ecx;
	unsigned n_subleaves;
	const struct leaf *found = find_leaf(leaf, subleaf, &n_subleaves);

	*cpuid = found ? found->registers : (struct cpuid_registers){0};
	if (leaf == LEAF_FEATURES)
		cpuid->ebx = (cpuid->ebx & ((UINT32_C(1) << APIC_SHIFT) - 1)) |
			     facts.apic_ids[i] << APIC_SHIFT;
	if (leaf == LEAF_TOPOLOGY) {
		cpuid->edx = facts.apic_ids[i];
		if (!found)
			cpuid->ecx = subleaf;
	}
}

/* A manual clock is a file. */
static uint64_t read_clock(void)
{
	char text[32] = "";
	int fd = open(CLOCK, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	return length > 0 ? strtoull(text, NULL, 10) : 0;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	if (facts.is_manual)
		return read_clock();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - facts.started_ns;
}

uint64_t answers_tsc(void)
{
	uint64_t ns = now_ns(), ms = ns / 1000000;

	/* in two steps: the product has more than 64 bits after two months */
	return ms * facts.tsc_khz + ns % 1000000 * facts.tsc_khz / 1000000;
}
