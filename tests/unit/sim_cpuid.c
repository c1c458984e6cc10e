/* SPDX-License-Identifier: MIT */
/* CPUID of a node follows from its fixture. */
#include "test.h"

#include <string.h>

#include "sim/machine/cpuid.h"

static struct fixture_cpu cpus[] = {{.number = 0, .apic_id = 0}, {.number = 1, .apic_id = 2},
	{.number = 2, .apic_id = 32, .package = 1}};
static struct fixture_cache caches[] = {{1, "Data", 32, 8, 64, 64, ARCH_CORE},
	{1, "Instruction", 32, 8, 64, 64, ARCH_CORE}, {2, "Unified", 256, 8, 64, 512, ARCH_CORE},
	{3, "Unified", 20480, 20, 64, 16384, ARCH_PACKAGE}};
static char vendor[] = "GenuineIntel", model_name[] = "Some Processor @ 2.70GHz";
static char flags[] =
	"fpu tsc msr sse2 ht pni avx xsave xsaveopt lm nonstop_tsc aperfmperf epb dtherm";

static const struct fixture node = {
	.vendor = vendor,
	.model_name = model_name,
	.family = 6,
	.model = 45,
	.stepping = 7,
	.flags = flags,
	.cpuid_level = 13,
	.physical_bits = 46,
	.virtual_bits = 48,
	.threads_per_core = 1,
	.apic_core_bits = 4,
	.apic_thread_bits = 1,
	.cpus = cpus,
	.n_cpus = 3,
	.caches = caches,
	.n_caches = 4,
};

static struct cpuid ask(uint32_t cpu, uint32_t leaf, uint32_t subleaf)
{
	return cpuid_answer(&node, &cpus[cpu], leaf, subleaf);
}

static void identity_is_the_fixtures(void **state)
{
	struct cpuid cpuid = ask(0, 0, 0);
	char name[49] = "";

	(void)state;
	assert_int_equal(cpuid.eax, 13);
	memcpy(name, &cpuid.ebx, 4);
	memcpy(name + 4, &cpuid.edx, 4);
	memcpy(name + 8, &cpuid.ecx, 4);
	assert_string_equal(name, vendor);
	assert_int_equal(ask(0, 1, 0).eax, 0x206d7);
	for (uint32_t i = 0; i < 3; i++) {
		cpuid = ask(0, 0x80000002 + i, 0);
		memcpy(name + (size_t)16 * i, &cpuid, 16);
	}
	assert_string_equal(name, model_name);
	assert_int_equal(ask(0, 0x80000000, 0).eax, 0x80000008);
	assert_int_equal(ask(0, 0x80000008, 0).eax, 0x302e);
}

static void features_are_the_flags(void **state)
{
	(void)state;
	assert_int_equal(ask(0, 1, 0).edx, 1 | 1 << 4 | 1 << 5 | 1 << 26 | 1 << 28);
	assert_int_equal(ask(0, 1, 0).ecx, 1 | 1 << 26 | 1 << 27 | 1 << 28);
	assert_int_equal(ask(0, 6, 0).eax, 1);
	assert_int_equal(ask(0, 6, 0).ecx, 1 | 1 << 3);
	assert_int_equal(ask(0, 7, 0).ebx, 0);
	assert_int_equal(ask(0, 13, 0).eax, 7);
	assert_int_equal(ask(0, 13, 0).ebx, 832);
	assert_int_equal(ask(0, 13, 1).eax, 1);
	assert_int_equal(ask(0, 0x80000001, 0).edx, 1 << 29);
	assert_int_equal(ask(0, 0x80000007, 0).edx, 1 << 8);
}

static void topology_is_each_cpus(void **state)
{
	(void)state;
	assert_int_equal(ask(1, 1, 0).ebx, 2 << 24 | 32 << 16 | 8 << 8);
	assert_int_equal(ask(2, 11, 0).eax, 1);
	assert_int_equal(ask(2, 11, 0).ebx, 1);
	assert_int_equal(ask(2, 11, 0).ecx, 1 << 8);
	assert_int_equal(ask(2, 11, 0).edx, 32);
	assert_int_equal(ask(1, 11, 1).eax, 5);
	assert_int_equal(ask(1, 11, 1).ebx, 2);
	assert_int_equal(ask(1, 11, 2).ebx, 0);
	assert_int_equal(ask(1, 11, 2).edx, 2);
}

static void caches_are_the_fixtures(void **state)
{
	struct cpuid cpuid = ask(0, 4, 3);

	(void)state;
	assert_int_equal(cpuid.eax & 0x1f, 3);
	assert_int_equal(cpuid.eax >> 5 & 7, 3);
	assert_int_equal(cpuid.eax >> 14 & 0xfff, 31);
	assert_int_equal((cpuid.ebx >> 22) + 1, 20);
	assert_int_equal((cpuid.ebx & 0xfff) + 1, 64);
	assert_int_equal(cpuid.ecx + 1, 16384);
	assert_int_equal(ask(0, 4, 0).eax >> 14 & 0xfff, 1);
	assert_int_equal(ask(0, 4, 4).eax, 0);
	assert_int_equal(ask(0, 0x80000006, 0).ecx, 256 << 16 | 6 << 12 | 64);
}

static void counters_are_the_models(void **state)
{
	(void)state;
	assert_int_equal(ask(0, 10, 0).eax, 0x07300803);
	assert_int_equal(ask(0, 10, 0).edx, 0x603);
}

static void leaf_behind_the_last_is_as_the_last(void **state)
{
	(void)state;
	assert_int_equal(ask(0, 14, 0).eax, ask(0, 13, 0).eax);
	assert_int_equal(ask(0, 0x80000009, 0).ebx, ask(0, 13, 0).ebx);
	assert_int_equal(ask(0, 0x40000000, 0).ebx, ask(0, 13, 0).ebx);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_is_the_fixtures),
		cmocka_unit_test(features_are_the_flags),
		cmocka_unit_test(topology_is_each_cpus),
		cmocka_unit_test(caches_are_the_fixtures),
		cmocka_unit_test(counters_are_the_models),
		cmocka_unit_test(leaf_behind_the_last_is_as_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
