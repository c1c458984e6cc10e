/* SPDX-License-Identifier: MIT */
/* Which CPUs the node has, when all files that say it have been read. Knows no format. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/import/internal.h"
#include "util/compare.h"

static int compare_cpu(const void *a, const void *b)
{
	const struct fixture_cpu *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* As the kernel numbers them: whoever has the lower number is the first thread of a core. */
static void number_threads(struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		struct fixture_cpu *cpu = &fixture->cpus[i];
		cpu->thread = 0;
		for (size_t j = 0; j < i; j++)
			cpu->thread += fixture->cpus[j].package == cpu->package &&
				       fixture->cpus[j].core == cpu->core;
		if (cpu->thread >= fixture->threads_per_core)
			fixture->threads_per_core = cpu->thread + 1;
	}
}

/* The packages, and the most cores that one has. */
static bool count_packages(struct fixture *fixture)
{
	fixture->packages = calloc(fixture->n_cpus, sizeof *fixture->packages);
	if (!fixture->packages)
		return false;
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		uint32_t package = fixture->cpus[i].package, n_cores = 0;
		bool is_new = true;
		for (size_t j = 0; j < fixture->n_cpus; j++) {
			const struct fixture_cpu *cpu = &fixture->cpus[j];
			is_new = is_new && (j >= i || cpu->package != package);
			n_cores += cpu->package == package && cpu->thread == 0;
		}
		if (is_new)
			fixture->packages[fixture->n_packages++] = package;
		if (n_cores > fixture->cores_per_package)
			fixture->cores_per_package = n_cores;
	}
	qsort(fixture->packages, fixture->n_packages, sizeof *fixture->packages, compare_u32);
	return true;
}

static void complain(struct import *import, const char *message)
{
	import->load.n_complaints++;
	import->load.complain(import->load.context, message);
}

bool import_identified(struct import *import)
{
	struct fixture *fixture = import->fixture;
	char message[160];

	if (import->load.n_complaints > 0)
		return false;
	if (fixture->n_cpus == 0) {
		complain(import,
			"which CPU is it? Give its /proc/cpuinfo (--cpuinfo), the output of "
			"`cpuid -r` (--cpuid), or umockdev-record's of its CPUs "
			"(--umockdev)");
		return false;
	}
	qsort(fixture->cpus, fixture->n_cpus, sizeof *fixture->cpus, compare_cpu);
	number_threads(fixture);
	if (!count_packages(fixture))
		import_no_memory(import);
	import->arch = arch_find(fixture->family, fixture->model);
	if (!import->arch) {
		snprintf(message, sizeof message,
			"family %" PRIu32 " model %" PRIu32
			" (%.64s): no register table has this CPU, so it can't be simulated",
			fixture->family, fixture->model, fixture->model_name);
		complain(import, message);
	}
	return import->load.n_complaints == 0;
}
