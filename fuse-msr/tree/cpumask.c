/* SPDX-License-Identifier: MIT */
/* Sets of CPUs as text. It must not know where the text is going. */
#include "fuse-msr/tree/cpumask.h"

#include <string.h>

#include "util/cleanup.h"
#include "util/cpulist.h"

void cpumask_init(struct cpumask *mask, const struct fixture *fixture,
	bool (*member)(const struct fixture_cpu *cpu, const void *context), const void *context)
{
	memset(mask, 0, sizeof *mask);
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		const struct fixture_cpu *cpu = &fixture->cpus[i];
		if (cpu->number >= CPUMASK_MAX)
			continue;
		if (mask->n_bits <= cpu->number)
			mask->n_bits = cpu->number + 1;
		if (!member || member(cpu, context))
			mask->words[cpu->number / 32] |= UINT32_C(1) << cpu->number % 32;
	}
}

bool cpumask_has(const struct cpumask *mask, uint32_t cpu)
{
	return cpu < mask->n_bits && (mask->words[cpu / 32] >> cpu % 32 & 1);
}

uint32_t cpumask_count(const struct cpumask *mask)
{
	uint32_t count = 0;

	for (uint32_t cpu = 0; cpu < mask->n_bits; cpu++)
		count += cpumask_has(mask, cpu);
	return count;
}

static bool has(const void *context, uint32_t cpu)
{
	return cpumask_has(context, cpu);
}

char *cpumask_list(const struct cpumask *mask)
{
	return cpulist_text(has, mask, mask->n_bits);
}

/* As %*pb prints it: groups of 32 bits, the first one only as wide as it has to be. */
char *cpumask_hex(const struct cpumask *mask)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (uint32_t group = (mask->n_bits + 31) / 32; group-- > 0;) {
		uint32_t bits = mask->n_bits - group * 32;
		uint32_t digits = bits >= 32 ? 8 : (bits + 3) / 4;
		fprintf(out, "%0*x%s", (int)digits, mask->words[group], group > 0 ? "," : "");
	}
	return fclose(out) == 0 ? text : (free(text), NULL);
}
