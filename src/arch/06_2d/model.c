/* SPDX-License-Identifier: MIT */
/*
 * Sandy Bridge-EP (06_2D): Xeon E5-2600, E5-4600, Core i7 Extreme of the
 * generation. Places and ids of PCI functions as measured on two machines (a
 * ProLiant DL360p Gen8 and a Dell DCS8000Z); the QPI counters 08.2/09.2 and
 * 08.6/09.6, which both BIOSes hide, from the uncore guide (Intel 327043-001)
 * and a third machine's listing.
 */
#include "arch/06_2d/model.h"

extern const struct allowlist allow_06_2d_counters;
extern const struct allowlist allow_06_2d_match;
extern const struct allowlist allow_06_2d_features;
extern const struct allowlist allow_06_2d_power;

static const struct arch_profile profiles[] = {
	{"counters", &allow_06_2d_counters},
	{"match", &allow_06_2d_match},
	{"features", &allow_06_2d_features},
	{"power", &allow_06_2d_power},
};

static const struct arch_function functions[] = {
	{UNIT_QPI_MISC, 0, ARCH_DEVFN(0x08, 0), {0x3c80, 0}},
	{UNIT_QPI, 0, ARCH_DEVFN(0x08, 2), {0x3c41, 0}},
	{UNIT_QPI_MASK, 0, ARCH_DEVFN(0x08, 6), {0x3c86, 0}},
	/* measured 3c90; LIKWID's table says 3c91 */
	{UNIT_QPI_MISC, 1, ARCH_DEVFN(0x09, 0), {0x3c90, 0x3c91}},
	{UNIT_QPI, 1, ARCH_DEVFN(0x09, 2), {0x3c42, 0}},
	{UNIT_QPI_MASK, 1, ARCH_DEVFN(0x09, 6), {0x3c96, 0}},
	{UNIT_HA, 0, ARCH_DEVFN(0x0e, 1), {0x3c46, 0}},
	{UNIT_IMC, 0, ARCH_DEVFN(0x10, 0), {0x3cb0, 0}},
	{UNIT_IMC, 1, ARCH_DEVFN(0x10, 1), {0x3cb1, 0}},
	{UNIT_IMC, 2, ARCH_DEVFN(0x10, 4), {0x3cb4, 0}},
	{UNIT_IMC, 3, ARCH_DEVFN(0x10, 5), {0x3cb5, 0}},
	{UNIT_R2PCIE, 0, ARCH_DEVFN(0x13, 1), {0x3c43, 0}},
	{UNIT_R3QPI, 0, ARCH_DEVFN(0x13, 5), {0x3c44, 0}},
	{UNIT_R3QPI, 1, ARCH_DEVFN(0x13, 6), {0x3c45, 0}},
};

/* OFFCORE_RESPONSE: by MSR_OFFCORE_RSP_0 and _1 */
static const struct arch_filter core_filters[] = {
	{0xB7, 0x01, 0x3FFFFF8FFF, 0x1A6},
	{0xBB, 0x01, 0x3FFFFF8FFF, 0x1A7},
};

/* CPUID.0AH as measured on an E5-2650: EAX 0x07300403, EDX 0x603 */
const struct arch_core core_06_2d = {
	.version = 3,
	.n_general = 4,
	.n_general_alone = 8,
	.n_fixed = 3,
	.width = 48,
	.n_events = 7,
	.fixed_counts = {ARCH_COUNTS_INSTRUCTIONS, ARCH_COUNTS_CYCLES, ARCH_COUNTS_REFERENCE},
	.select_mask = 0xFFFFFFFF,
	.fixed_control_bits = 4,
	/* [61] uncore [62] DS buffer [63] CondChgd */
	.status_extra = BIT(61) | BIT(62) | BIT(63),
	.cycles = {0x3C, 0x00},
	.bus_cycles = {0x3C, 0x01},
	.instructions = {0xC0, 0x00},
	.filters = core_filters,
	.n_filters = N_ELEMENTS(core_filters),
	/* IA32_DEBUGCTL.FREEZE_PERFMON_ON_PMI */
	.debug_control = 0x1D9,
	.freeze_on_pmi = BIT(12),
};

/* Linux 6.12 core.c (intel_snb_event_constraints) */
static const struct arch_limit core_limits[] = {
	LIMIT(0x48, 0x4),	      /* L1D_PEND_MISS */
	LIMIT_UMASK(0xA3, 0x02, 0x4), /* CYCLE_ACTIVITY.CYCLES_L1D_PENDING */
	LIMIT_UMASK(0xA3, 0x06, 0x4), /* CYCLE_ACTIVITY.STALLS_L1D_PENDING */
	LIMIT(0xA3, 0xF),
	LIMIT_UMASK(0xC0, 0x01, 0x2), /* INST_RETIRED.PREC_DIST */
	LIMIT(0xCD, 0x8),	      /* MEM_TRANS_RETIRED */
	LIMITS(0xD0, 0xD3, 0xF),
};

const struct arch arch_06_2d = {
	.name = "06_2d",
	.family = 0x6,
	.model = 0x2d,
	.text = "Sandy Bridge-EP",
	.profiles = profiles,
	.n_profiles = N_ELEMENTS(profiles),
	.registers = &registers_06_2d,
	.boxes = boxes_06_2d,
	.n_boxes = N_BOXES,
	.functions = functions,
	.n_functions = N_ELEMENTS(functions),
	/* Linux uncore_snbep.c, and both machines */
	.buses =
		{
			.ubox = {ARCH_DEVFN(0x0b, 0), 0x3ce0},
			.node_id = 0x40,
			.node_map = 0x54,
			.node_id_bits = 3,
			.map_fields = 8,
			.inherits_from_higher = true,
			/* CPUBUSNO, measured: [7:0] I/O bus [15:8] uncore bus [16] valid */
			.iio = {ARCH_DEVFN(0x05, 0), 0x3c28},
			.bus_number = 0x108,
			.bus_number_valid = 1u << 16,
			.uncore_bus_shift = 8,
		},
	.core = &core_06_2d,
	.core_limits = core_limits,
	.n_core_limits = N_ELEMENTS(core_limits),
	.pfm = "snb_ep",
	.base_ratio = {0xCE, 8, 8}, /* MSR_PLATFORM_INFO */
	.ratio_mhz = 100,
	.energy_unit = {0x606, 8, 5}, /* MSR_RAPL_POWER_UNIT */
	.hot = {0x1A2, 16, 8},	      /* MSR_TEMPERATURE_TARGET */
	.apic_mode = {0x1B, 10, 2},   /* IA32_APIC_BASE */
	/* CAS_COUNT.RD and .WR, a cache line each */
	.memory_box = &boxes_06_2d[IMC],
	.memory_read = {0x04, 0x03},
	.memory_write = {0x04, 0x0C},
	.memory_bytes = 64,
	.slice_kib = 2560, /* Intel's product data: 20 MiB for eight */
};
