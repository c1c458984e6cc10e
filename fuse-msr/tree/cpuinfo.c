/* SPDX-License-Identifier: MIT */
/* /proc/cpuinfo as arch/x86/kernel/cpu/proc.c of Linux 6.1 writes it. It must not know FUSE. */
#include "fuse-msr/tree/cpuinfo.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/machine/workload.h"

/* "cache size" is that of the last level. */
static uint32_t last_level_kib(const struct fixture *fixture)
{
	uint32_t level = 0, size_kib = 0;

	for (size_t i = 0; i < fixture->n_caches; i++)
		if (fixture->caches[i].level > level) {
			level = fixture->caches[i].level;
			size_kib = fixture->caches[i].size_kib;
		}
	return size_kib;
}

static uint32_t line_bytes(const struct fixture *fixture)
{
	return fixture->n_caches > 0 ? fixture->caches[0].line_bytes : 64;
}

/* Online CPUs of a package; with cores, its online cores. */
static uint32_t count_online(const struct fixture *fixture, uint32_t package, bool cores)
{
	uint32_t count = 0;

	for (size_t i = 0; i < fixture->n_cpus; i++) {
		const struct fixture_cpu *cpu = &fixture->cpus[i];
		bool seen = false;
		for (size_t j = 0; cores && j < i && !seen; j++)
			seen = fixture->cpus[j].online && fixture->cpus[j].package == package &&
			       fixture->cpus[j].core == cpu->core;
		count += cpu->online && cpu->package == package && !seen;
	}
	return count;
}

/* As MPERF and APERF have it in the last tick; the base clock of a CPU that idles. */
static double find_mhz(const struct fixture *fixture, uint32_t cpu, uint64_t ns)
{
	const struct fixture_phase *phase = workload_phase(fixture, ns);
	const struct fixture_cpu_load *load = phase ? phase_cpu(phase, cpu) : NULL;

	return load && load->active > 0 ? load->frequency_mhz : fixture->tsc_mhz;
}

static void write_cpu(
	const struct fixture *fixture, const struct fixture_cpu *cpu, uint64_t ns, FILE *out)
{
	fprintf(out, "processor\t: %u\n", cpu->number);
	fprintf(out, "vendor_id\t: %s\n", fixture->vendor);
	fprintf(out, "cpu family\t: %u\n", fixture->family);
	fprintf(out, "model\t\t: %u\n", fixture->model);
	fprintf(out, "model name\t: %s\n", fixture->model_name);
	fprintf(out, "stepping\t: %u\n", fixture->stepping);
	fprintf(out, "microcode\t: 0x%x\n", fixture->microcode);
	fprintf(out, "cpu MHz\t\t: %.3f\n", find_mhz(fixture, cpu->number, ns));
	fprintf(out, "cache size\t: %u KB\n", last_level_kib(fixture));
	fprintf(out, "physical id\t: %u\n", cpu->package);
	fprintf(out, "siblings\t: %u\n", count_online(fixture, cpu->package, false));
	fprintf(out, "core id\t\t: %u\n", cpu->core);
	fprintf(out, "cpu cores\t: %u\n", count_online(fixture, cpu->package, true));
	fprintf(out, "apicid\t\t: %u\n", cpu->apic_id);
	fprintf(out, "initial apicid\t: %u\n", cpu->apic_id);
	fprintf(out, "fpu\t\t: yes\nfpu_exception\t: yes\n");
	fprintf(out, "cpuid level\t: %u\n", fixture->cpuid_level);
	fprintf(out, "wp\t\t: yes\n");
	fprintf(out, "flags\t\t: %s\n", fixture->flags ? fixture->flags : "");
	fprintf(out, "bugs\t\t: %s\n", fixture->bugs ? fixture->bugs : "");
	fprintf(out, "bogomips\t: %.2f\n", 2 * fixture->tsc_mhz);
	fprintf(out, "clflush size\t: %u\n", line_bytes(fixture));
	fprintf(out, "cache_alignment\t: %u\n", line_bytes(fixture));
	fprintf(out, "address sizes\t: %u bits physical, %u bits virtual\n", fixture->physical_bits,
		fixture->virtual_bits);
	fprintf(out, "power management:\n\n");
}

char *cpuinfo_text(const struct fixture *fixture, uint64_t ns)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].online)
			write_cpu(fixture, &fixture->cpus[i], ns, out);
	return fclose(out) == 0 ? text : (free(text), NULL);
}
