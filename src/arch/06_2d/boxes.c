/* SPDX-License-Identifier: MIT */
/*
 * Uncore boxes of Sandy Bridge-EP: Intel 327043-001 (Uncore Performance
 * Monitoring Guide, March 2012), tables of section 2; what is measured says so.
 */
#include "arch/06_2d/model.h"

/* box control: [0] rst_ctrl [1] rst_ctrs [8] frz [16] frz_en; frz alone does nothing */
#define FREEZE	(BIT(8) | BIT(16))
#define CONTROL .control_mask = FREEZE, .freeze = FREEZE
#define RESETS	.reset_selects = BIT(0), .reset_counters = BIT(1)

/* event select: [17] rst [21] extra select [22] en */
#define SELECT(mask) .select_mask = (mask), .select_enable = BIT(22)
#define THRESHOLD(n) .threshold = (n)
#define TICKS(clock_, event_)                                                                      \
	.clock = ARCH_COUNTS_##clock_, .ticks = {(event_), 0x00}, .has_ticks = true
#define FILTERS(list)  .filters = (list), .n_filters = N_ELEMENTS(list)
#define PFM(name)      .pfm = "snbep_unc_" name
#define LIMITED(list)  .limits = (list), .n_limits = N_ELEMENTS(list)
#define EXTENDED       .select_extend = BIT(21)
#define SELECT_RESETS  .select_reset = BIT(17)
#define COUNTERS(n, w) .n_counters = (n), .width = (w)
#define IN_PCI(unit_)  .space = OP_PCI, .unit = (unit_)

/* CBox: [17:10] nid [22:18] state [31:23] opcode. Lookups: by state, TOR: by opcode where unit mask
 * bit 0 asks for it, and all of them by node where bit 6 does. */
#define NID    0x0003FC00
#define STATE  0x007C0000
#define OPCODE 0xFF800000
static const struct arch_filter cbox_filters[] = {
	{0x34, 0x00, STATE, 0},
	{0x34, 0x40, NID, 0},
	{0x35, 0x01, OPCODE, 0},
	{0x35, 0x40, NID, 0},
	{0x36, 0x01, OPCODE, 0},
	{0x36, 0x40, NID, 0},
	{0x37, 0x40, NID, 0},
};

/* PCU: four bands, a byte each */
static const struct arch_filter pcu_filters[] = {
	{0x0B, 0x00, 0x000000FF, 0},
	{0x0C, 0x00, 0x0000FF00, 0},
	{0x0D, 0x00, 0x00FF0000, 0},
	{0x0E, 0x00, 0xFF000000, 0},
};

/* HA: address and opcode matches, from 0, 32 and 48 on */
static const struct arch_filter ha_filters[] = {{0x20, 0x00, 0x003F3FFFFFFFFFC0, 0}};

/* QPI: matches and masks of packets, 128 bits in another function */
static const struct arch_filter qpi_filters[] = {{0x38 | PMU_EVENT_EXTENDS, 0x00, 0, 0}};

/* Linux 6.12 uncore_snbep.c (snbep_uncore_*_constraints) */
static const struct arch_limit cbox_limits[] = {
	LIMIT(0x01, 0x1),
	LIMIT(0x02, 0x3),
	LIMITS(0x04, 0x05, 0x3),
	LIMIT(0x07, 0x3),
	LIMIT(0x09, 0x3),
	LIMIT(0x11, 0x1),
	LIMITS(0x12, 0x13, 0x3),
	LIMITS(0x1B, 0x1E, 0xC),
	LIMIT(0x1F, 0xE),
	LIMIT(0x21, 0x3),
	LIMIT(0x23, 0x3),
	LIMITS(0x31, 0x35, 0x3),
	LIMIT(0x36, 0x1),
	LIMITS(0x37, 0x39, 0x3),
	LIMIT(0x3B, 0x1),
};
static const struct arch_limit r2pcie_limits[] = {
	LIMITS(0x10, 0x11, 0x3),
	LIMIT(0x12, 0x1),
	LIMITS(0x23, 0x26, 0x3),
	LIMITS(0x32, 0x34, 0x3),
};
static const struct arch_limit r3qpi_limits[] = {
	LIMITS(0x10, 0x12, 0x3),
	LIMIT(0x13, 0x1),
	LIMITS(0x20, 0x26, 0x3),
	LIMITS(0x28, 0x34, 0x3),
	LIMITS(0x36, 0x39, 0x3),
};

const struct arch_box boxes_06_2d[N_BOXES] = {
	/* [19] tid_en: of one thread */
	[CBOX] = {"cbox", PFM("cbo"), LIMITED(cbox_limits), COUNTERS(4, 44), CONTROL, RESETS,
		SELECT(0xFFCCFFFF), SELECT_RESETS, THRESHOLD(8), TICKS(UCLK, 0x00),
		FILTERS(cbox_filters), .select_unsaid = BIT(19)},
	/* no box control; width: the table has bits 43:0, the text says 48 */
	[UBOX] = {"ubox", PFM("ubo"), COUNTERS(2, 44), SELECT(0x1FC4FFFF), SELECT_RESETS,
		.fixed_width = 44, .fixed_counts = ARCH_COUNTS_UCLK, THRESHOLD(5),
		.clock = ARCH_COUNTS_UCLK},
	/* its clock is 800 MHz always; [30] occ_inv [31] occ_edge: of how many cores are in a state
	 */
	[PCU] = {"pcu", PFM("pcu"), COUNTERS(4, 48), CONTROL, RESETS, SELECT(0xDFE4C0FF),
		SELECT_RESETS, EXTENDED, THRESHOLD(5), TICKS(NOTHING, 0x00), .clock_mhz = 800,
		FILTERS(pcu_filters), .select_unsaid = BIT(30) | BIT(31)},
	/* bits 1:0 of its control are reserved */
	[IMC] = {"imc", PFM("imc"), .pfm_fixed = 0xFF, IN_PCI(UNIT_IMC), COUNTERS(4, 48), CONTROL,
		SELECT(0xFFC4FFFF), .fixed_width = 48, .fixed_counts = ARCH_COUNTS_DCLK,
		.fixed_reset = BIT(19), THRESHOLD(8), TICKS(DCLK, 0x00)},
	[HA] = {"ha", PFM("ha"), IN_PCI(UNIT_HA), COUNTERS(4, 48), CONTROL, RESETS,
		SELECT(0xFFC4FFFF), THRESHOLD(8), TICKS(UCLK, 0x00), FILTERS(ha_filters)},
	[QPI] = {"qpi", PFM("qpi"), IN_PCI(UNIT_QPI), COUNTERS(4, 48), CONTROL, RESETS,
		SELECT(0xFFE4FFFF), EXTENDED, THRESHOLD(8), TICKS(QCLK, 0x14),
		FILTERS(qpi_filters)},
	[R2PCIE] = {"r2pcie", PFM("r2pcie"), LIMITED(r2pcie_limits), IN_PCI(UNIT_R2PCIE),
		COUNTERS(4, 44), CONTROL, RESETS, SELECT(0xFFC4FFFF), THRESHOLD(8),
		TICKS(UCLK, 0x01)},
	[R3QPI] = {"r3qpi", PFM("r3qpi"), LIMITED(r3qpi_limits), IN_PCI(UNIT_R3QPI),
		COUNTERS(3, 44), CONTROL, RESETS, SELECT(0xFFC4FFFF), THRESHOLD(8),
		TICKS(UCLK, 0x01)},
};
