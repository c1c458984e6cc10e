/* SPDX-License-Identifier: MIT */
/*
 * Ivy Bridge-EP (06_3E): Xeon E5-2600 v2, E5-4600 v2, E7 v2. Ids from Linux
 * 6.12 (ivbep_uncore_pci_ids) and pci.ids; places as seen on three machines
 * but for those that firmware hides everywhere (08.2, 08.6, 09.2, 09.6, 13.6)
 * and those of the larger dies (12.5, 18.x, 1c.1, 1e.x): intel/pcm, or assumed
 * where that has none. The channels are counted in the order of functions, as
 * on 06_2D; Linux begins with 10.4.
 */
#include "arch/06_3e/model.h"

#include "arch/06_2d/base.h"

extern const struct allowlist allow_06_3e_counters;
extern const struct allowlist allow_06_3e_match;
extern const struct allowlist allow_06_3e_features;
extern const struct allowlist allow_06_3e_power;

static const struct arch_profile profiles[] = {
	{"counters", &allow_06_3e_counters},
	{"match", &allow_06_3e_match},
	{"features", &allow_06_3e_features},
	{"power", &allow_06_3e_power},
};

static const struct arch_function functions[] = {
	{UNIT_QPI_MISC, 0, ARCH_DEVFN(0x08, 0), {0x0e80, 0}},
	{UNIT_QPI, 0, ARCH_DEVFN(0x08, 2), {0x0e32, 0}},
	{UNIT_QPI_MASK, 0, ARCH_DEVFN(0x08, 6), {0x0e86, 0}},
	{UNIT_QPI_MISC, 1, ARCH_DEVFN(0x09, 0), {0x0e90, 0}},
	{UNIT_QPI, 1, ARCH_DEVFN(0x09, 2), {0x0e33, 0}},
	{UNIT_QPI_MASK, 1, ARCH_DEVFN(0x09, 6), {0x0e96, 0}},
	{UNIT_QPI_MISC, 2, ARCH_DEVFN(0x18, 0), {0x0e40, 0}},
	{UNIT_QPI, 2, ARCH_DEVFN(0x18, 2), {0x0e3a, 0}},
	{UNIT_HA, 0, ARCH_DEVFN(0x0e, 1), {0x0e30, 0}},
	{UNIT_HA, 1, ARCH_DEVFN(0x1c, 1), {0x0e38, 0}},
	{UNIT_IMC, 0, ARCH_DEVFN(0x10, 0), {0x0eb0, 0}},
	{UNIT_IMC, 1, ARCH_DEVFN(0x10, 1), {0x0eb1, 0}},
	{UNIT_IMC, 2, ARCH_DEVFN(0x10, 4), {0x0eb4, 0}},
	{UNIT_IMC, 3, ARCH_DEVFN(0x10, 5), {0x0eb5, 0}},
	{UNIT_IMC, 4, ARCH_DEVFN(0x1e, 0), {0x0ef0, 0}},
	{UNIT_IMC, 5, ARCH_DEVFN(0x1e, 1), {0x0ef1, 0}},
	{UNIT_IMC, 6, ARCH_DEVFN(0x1e, 4), {0x0ef4, 0}},
	{UNIT_IMC, 7, ARCH_DEVFN(0x1e, 5), {0x0ef5, 0}},
	{UNIT_R2PCIE, 0, ARCH_DEVFN(0x13, 1), {0x0e34, 0}},
	{UNIT_R3QPI, 0, ARCH_DEVFN(0x13, 5), {0x0e36, 0}},
	{UNIT_R3QPI, 1, ARCH_DEVFN(0x13, 6), {0x0e37, 0}},
	{UNIT_R3QPI, 2, ARCH_DEVFN(0x12, 5), {0x0e3e, 0}},
};

/* Linux 6.12 core.c (intel_ivb_event_constraints) */
static const struct arch_limit core_limits[] = {
	LIMIT_UMASK(0x48, 0x01, 0x4), /* L1D_PEND_MISS.PENDING */
	LIMIT_UMASK(0x79, 0x02, 0xF), /* IDQ.EMPTY */
	LIMIT_UMASK(0x9C, 0x01, 0xF), /* IDQ_UOPS_NOT_DELIVERED.CORE */
	LIMIT_UMASK(0xA3, 0x08, 0x4), /* CYCLE_ACTIVITY.CYCLES_L1D_PENDING */
	LIMIT_UMASK(0xA3, 0x0C, 0x4), /* CYCLE_ACTIVITY.STALLS_L1D_PENDING */
	LIMIT(0xA3, 0xF),
	LIMIT_UMASK(0xC0, 0x01, 0x2), /* INST_RETIRED.PREC_DIST */
	LIMITS(0xD0, 0xD3, 0xF),
};

const struct arch arch_06_3e = {
	.name = "06_3e",
	.family = 0x6,
	.model = 0x3e,
	.text = "Ivy Bridge-EP",
	.profiles = profiles,
	.n_profiles = N_ELEMENTS(profiles),
	.registers = &registers_06_3e,
	.boxes = boxes_06_3e,
	.n_boxes = N_BOXES,
	/* MSR_PMON_GLOBAL_CTL: [31] frz_all [29] unfrz_all */
	.all_boxes = {.freeze = BIT(31), .unfreeze = BIT(29)},
	.functions = functions,
	.n_functions = N_ELEMENTS(functions),
	/* Linux uncore_snbep.c (ivbep_uncore_pci_init); CPUBUSNO: intel/pcm */
	.buses =
		{
			.ubox = {ARCH_DEVFN(0x0b, 0), 0x0e1e},
			.node_id = 0x40,
			.node_map = 0x54,
			.node_id_bits = 3,
			.map_fields = 8,
			.inherits_from_higher = true,
			.iio = {ARCH_DEVFN(0x05, 0), 0x0e28},
			.bus_number = 0x108,
			.bus_number_valid = 1u << 16,
			.uncore_bus_shift = 8,
		},
	/* CPUID.0AH as dumped on an E5-2697 v2: EAX 0x07300403, EDX 0x603 */
	.core = &core_06_2d,
	.core_limits = core_limits,
	.n_core_limits = N_ELEMENTS(core_limits),
	.pfm = "ivb_ep",
	.base_ratio = {0xCE, 8, 8}, /* MSR_PLATFORM_INFO */
	.ratio_mhz = 100,
	/* MSR_RAPL_POWER_UNIT; the DRAM counter's too: Linux rapl.c has no quirk for this model */
	.energy_unit = {0x606, 8, 5},
	.hot = {0x1A2, 16, 8},	    /* MSR_TEMPERATURE_TARGET */
	.apic_mode = {0x1B, 10, 2}, /* IA32_APIC_BASE */
	/* CAS_COUNT.RD and .WR, a cache line each: Intel's perfmon events of IVT */
	.memory_box = &boxes_06_3e[IMC],
	.memory_read = {0x04, 0x03},
	.memory_write = {0x04, 0x0C},
	.memory_bytes = 64,
	.slice_kib = 2560, /* Intel's product data: 25 MiB for ten */
};
