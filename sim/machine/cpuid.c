/* SPDX-License-Identifier: MIT */
/* SDM vol. 2, CPUID: leaf by leaf. It must not know any CPU model. */
#include "sim/machine/cpuid.h"

#include <stdbool.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/pmu.h"
#include "util/array.h"
#include "util/bytes.h"

#define BIT(n) (UINT32_C(1) << (n))

enum leaf {
	VENDOR = 0,
	FEATURES = 1,
	DESCRIPTORS = 2,
	CACHES = 4,
	MONITOR = 5,
	THERMAL = 6,
	MORE_FEATURES = 7,
	PMU = 10,
	TOPOLOGY = 11,
	XSAVE = 13,
};

/* Behind CPUID_EXTENDED. */
enum { EXTENDED_FEATURES = 1, BRAND = 2, BRAND_END = 4, L2 = 6, TSC = 7, ADDRESSES = 8 };

/* Names of /proc/cpuinfo, each at its bit; empty: none, or none of a processor's. */
typedef const char *const bits[32];

static bits features_edx = {"fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce", "cx8", "apic",
	NULL, "sep", "mtrr", "pge", "mca", "cmov", "pat", "pse36", "pn", "clflush", NULL, "dts",
	"acpi", "mmx", "fxsr", "sse", "sse2", "ss", "ht", "tm", NULL, "pbe"};
static bits features_ecx = {"pni", "pclmulqdq", "dtes64", "monitor", "ds_cpl", "vmx", "smx", "est",
	"tm2", "ssse3", "cid", "sdbg", "fma", "cx16", "xtpr", "pdcm", NULL, "pcid", "dca", "sse4_1",
	"sse4_2", "x2apic", "movbe", "popcnt", "tsc_deadline_timer", "aes", "xsave",
	"xsave" /* OSXSAVE: Linux uses it where it is */, "avx", "f16c", "rdrand", "hypervisor"};
static bits thermal_eax = {"dtherm", "ida", "arat", NULL, "pln", NULL, "pts"};
static bits thermal_ecx = {"aperfmperf", NULL, NULL, "epb"};
static bits more_ebx = {"fsgsbase", "tsc_adjust", "sgx", "bmi1", "hle", "avx2", NULL, "smep",
	"bmi2", "erms", "invpcid", "rtm", "cqm", NULL, "mpx", "rdt_a", "avx512f", "avx512dq",
	"rdseed", "adx", "smap", "avx512ifma", NULL, "clflushopt", "clwb", "intel_pt", "avx512pf",
	"avx512er", "avx512cd", "sha_ni", "avx512bw", "avx512vl"};
static bits more_edx = {[10] = "md_clear",
	[26] = "ibrs",
	[27] = "stibp",
	[28] = "flush_l1d",
	[29] = "arch_capabilities",
	[31] = "ssbd"};
static bits xsave_eax = {"xsaveopt", "xsavec", "xgetbv1", "xsaves"};
static bits extended_edx = {
	[11] = "syscall", [20] = "nx", [26] = "pdpe1gb", [27] = "rdtscp", [29] = "lm"};
static bits extended_ecx = {"lahf_lm", [5] = "abm", [8] = "3dnowprefetch"};
static bits tsc_edx = {[8] = "nonstop_tsc"};

static bool has(const struct fixture *fixture, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = fixture->flags; at && (at = strstr(at, name)); at += length)
		if ((at == fixture->flags || at[-1] == ' ') &&
			(at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static uint32_t pick(const struct fixture *fixture, bits names)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 32; i++)
		if (names[i] && has(fixture, names[i]))
			value |= BIT(i);
	return value;
}

static uint32_t signature(const struct fixture *fixture)
{
	uint32_t family = fixture->family < 15 ? fixture->family : 15;

	return fixture->stepping | (fixture->model & 15) << 4 | family << 8 |
	       fixture->model >> 4 << 16 | (fixture->family - family) << 20;
}

static uint32_t line_bytes(const struct fixture *fixture)
{
	return fixture->n_caches > 0 ? fixture->caches[0].line_bytes : 64;
}

static struct cpuid answer_vendor(const struct fixture *fixture)
{
	char name[12] = "";

	memcpy(name, fixture->vendor, strnlen(fixture->vendor, sizeof name));
	return (struct cpuid){
		.eax = fixture->cpuid_level,
		.ebx = get_le32((const uint8_t *)name),
		.edx = get_le32((const uint8_t *)name + 4),
		.ecx = get_le32((const uint8_t *)name + 8),
	};
}

static struct cpuid answer_features(const struct fixture *fixture, const struct fixture_cpu *cpu)
{
	uint32_t bits_of_package = fixture->apic_core_bits + fixture->apic_thread_bits;

	return (struct cpuid){
		.eax = signature(fixture),
		.ebx = line_bytes(fixture) / 8 << 8 | BIT(bits_of_package) << 16 |
		       cpu->apic_id << 24,
		.ecx = pick(fixture, features_ecx),
		.edx = pick(fixture, features_edx),
	};
}

static uint32_t cache_type(const struct fixture_cache *cache)
{
	return cache->type[0] == 'D' ? 1 : cache->type[0] == 'I' ? 2 : 3;
}

static struct cpuid answer_cache(const struct fixture *fixture, uint32_t number)
{
	if (number >= fixture->n_caches)
		return (struct cpuid){0};

	const struct fixture_cache *cache = &fixture->caches[number];
	const uint32_t shared_bits[] = {
		[ARCH_THREAD] = 0,
		[ARCH_CORE] = fixture->apic_thread_bits,
		[ARCH_PACKAGE] = fixture->apic_core_bits + fixture->apic_thread_bits,
	};
	return (struct cpuid){
		/* bit 8: it needs no software to begin */
		.eax = cache_type(cache) | cache->level << 5 | BIT(8) |
		       (BIT(shared_bits[cache->shared_by]) - 1) << 14 |
		       (BIT(fixture->apic_core_bits) - 1) << 26,
		.ebx = (cache->line_bytes - 1) | (cache->ways - 1) << 22,
		.ecx = cache->sets - 1,
	};
}

/* How SDM says so many ways. */
static uint32_t ways_code(uint32_t ways)
{
	static const uint8_t codes[] = {[1] = 1, [2] = 2, [4] = 4, [8] = 6, [16] = 8};

	return ways < N_ELEMENTS(codes) ? codes[ways] : 0;
}

static struct cpuid answer_l2(const struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_caches; i++) {
		const struct fixture_cache *cache = &fixture->caches[i];
		if (cache->level == 2)
			return (struct cpuid){.ecx = cache->line_bytes |
						     ways_code(cache->ways) << 12 |
						     cache->size_kib << 16};
	}
	return (struct cpuid){0};
}

static struct cpuid answer_pmu(const struct fixture *fixture)
{
	const struct arch *arch = arch_find(fixture->family, fixture->model);

	if (!arch)
		return (struct cpuid){0};
	const struct arch_core *core = arch->core;
	uint32_t n_general =
		fixture->threads_per_core == 1 ? core->n_general_alone : core->n_general;
	return (struct cpuid){
		.eax = core->version | n_general << 8 | (uint32_t)core->width << 16 |
		       (uint32_t)core->n_events << 24,
		.edx = core->n_fixed | (uint32_t)core->width << 5,
	};
}

static uint32_t count_threads(const struct fixture *fixture, const struct fixture_cpu *cpu)
{
	uint32_t n = 0;

	for (size_t i = 0; i < fixture->n_cpus; i++)
		n += fixture->cpus[i].package == cpu->package;
	return n;
}

static struct cpuid answer_topology(
	const struct fixture *fixture, const struct fixture_cpu *cpu, uint32_t level)
{
	uint32_t threads = fixture->apic_thread_bits, all = threads + fixture->apic_core_bits;

	switch (level) {
	case 0: /* threads of a core */
		return (struct cpuid){threads, fixture->threads_per_core, 1 << 8, cpu->apic_id};
	case 1: /* cores of a package */
		return (struct cpuid){
			all, count_threads(fixture, cpu), level | 2 << 8, cpu->apic_id};
	default:
		return (struct cpuid){.ecx = level, .edx = cpu->apic_id};
	}
}

/* x87 and SSE take 512 bytes and a header of 64, the high halves of AVX's registers 256 more. */
static struct cpuid answer_xsave(const struct fixture *fixture, uint32_t component)
{
	bool avx = has(fixture, "avx");
	uint32_t size = 512 + 64 + (avx ? 256 : 0);

	if (!has(fixture, "xsave"))
		return (struct cpuid){0};
	switch (component) {
	case 0:
		return (struct cpuid){.eax = avx ? 7 : 3, .ebx = size, .ecx = size};
	case 1:
		return (struct cpuid){.eax = pick(fixture, xsave_eax)};
	case 2:
		return avx ? (struct cpuid){.eax = 256, .ebx = 512 + 64} : (struct cpuid){0};
	default:
		return (struct cpuid){0};
	}
}

static struct cpuid answer_brand(const struct fixture *fixture, uint32_t part)
{
	uint8_t name[48] = {0};

	memcpy(name, fixture->model_name, strnlen(fixture->model_name, sizeof name - 1));
	name[sizeof name - 1] = 0;
	const uint8_t *at = name + (size_t)part * 16;
	return (struct cpuid){get_le32(at), get_le32(at + 4), get_le32(at + 8), get_le32(at + 12)};
}

static struct cpuid answer_extended(const struct fixture *fixture, uint32_t leaf)
{
	switch (leaf) {
	case 0:
		return (struct cpuid){.eax = CPUID_EXTENDED + ADDRESSES};
	case EXTENDED_FEATURES:
		return (struct cpuid){
			.ecx = pick(fixture, extended_ecx), .edx = pick(fixture, extended_edx)};
	case L2:
		return answer_l2(fixture);
	case TSC:
		return (struct cpuid){.edx = pick(fixture, tsc_edx)};
	case ADDRESSES:
		return (struct cpuid){.eax = fixture->physical_bits | fixture->virtual_bits << 8};
	default:
		return leaf >= BRAND && leaf <= BRAND_END ? answer_brand(fixture, leaf - BRAND)
							  : (struct cpuid){0};
	}
}

static struct cpuid answer_basic(const struct fixture *fixture, const struct fixture_cpu *cpu,
	uint32_t leaf, uint32_t subleaf)
{
	switch (leaf) {
	case VENDOR:
		return answer_vendor(fixture);
	case FEATURES:
		return answer_features(fixture, cpu);
	case DESCRIPTORS: /* "see leaf 4" */
		return (struct cpuid){.eax = 0xff << 8 | 1};
	case CACHES:
		return answer_cache(fixture, subleaf);
	case MONITOR: /* the line that it watches */
		return (struct cpuid){.eax = line_bytes(fixture), .ebx = line_bytes(fixture)};
	case THERMAL:
		return (struct cpuid){.eax = pick(fixture, thermal_eax),
			.ebx = has(fixture, "dtherm") ? 2 : 0, /* thresholds */
			.ecx = pick(fixture, thermal_ecx)};
	case MORE_FEATURES:
		if (subleaf > 0)
			return (struct cpuid){0};
		return (struct cpuid){
			.ebx = pick(fixture, more_ebx), .edx = pick(fixture, more_edx)};
	case PMU:
		return answer_pmu(fixture);
	case TOPOLOGY:
		return answer_topology(fixture, cpu, subleaf);
	case XSAVE:
		return answer_xsave(fixture, subleaf);
	default:
		return (struct cpuid){0};
	}
}

uint32_t cpuid_last_leaf(const struct fixture *fixture, uint32_t leaf)
{
	return leaf >= CPUID_EXTENDED ? CPUID_EXTENDED + ADDRESSES : fixture->cpuid_level;
}

uint32_t cpuid_count_subleaves(const struct fixture *fixture, uint32_t leaf)
{
	switch (leaf) {
	case CACHES:
		return (uint32_t)fixture->n_caches + 1;
	case TOPOLOGY:
	case XSAVE:
		return 3;
	case MORE_FEATURES:
		return 2;
	default:
		return 1;
	}
}

struct cpuid cpuid_answer(const struct fixture *fixture, const struct fixture_cpu *cpu,
	uint32_t leaf, uint32_t subleaf)
{
	bool is_extended = leaf >= CPUID_EXTENDED;

	if (leaf > cpuid_last_leaf(fixture, leaf)) {
		leaf = fixture->cpuid_level;
		is_extended = false;
	}
	return is_extended ? answer_extended(fixture, leaf - CPUID_EXTENDED)
			   : answer_basic(fixture, cpu, leaf, subleaf);
}
