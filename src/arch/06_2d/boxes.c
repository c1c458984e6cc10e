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
#define SELECT(mask)   .select_mask = (mask), .select_enable = BIT(22)
#define EXTENDED       .select_extend = BIT(21)
#define SELECT_RESETS  .select_reset = BIT(17)
#define COUNTERS(n, w) .n_counters = (n), .width = (w)
#define IN_PCI(unit_)  .space = OP_PCI, .unit = (unit_)

const struct arch_box boxes_06_2d[N_BOXES] = {
	[CBOX] = {"cbox", COUNTERS(4, 44), CONTROL, RESETS, SELECT(0xFFCCFFFF), SELECT_RESETS},
	/* no box control; width: the table has bits 43:0, the text says 48 */
	[UBOX] = {"ubox", COUNTERS(2, 44), SELECT(0x1FC4FFFF), SELECT_RESETS, .fixed_width = 44,
		.fixed_counts = ARCH_COUNTS_UCLK},
	[PCU] = {"pcu", COUNTERS(4, 48), CONTROL, RESETS, SELECT(0xDFE4C0FF), SELECT_RESETS,
		EXTENDED},
	/* bits 1:0 of its control are reserved */
	[IMC] = {"imc", IN_PCI(UNIT_IMC), COUNTERS(4, 48), CONTROL, SELECT(0xFFC4FFFF),
		.fixed_width = 48, .fixed_counts = ARCH_COUNTS_DCLK, .fixed_reset = BIT(19)},
	[HA] = {"ha", IN_PCI(UNIT_HA), COUNTERS(4, 48), CONTROL, RESETS, SELECT(0xFFC4FFFF)},
	[QPI] = {"qpi", IN_PCI(UNIT_QPI), COUNTERS(4, 48), CONTROL, RESETS, SELECT(0xFFE4FFFF),
		EXTENDED},
	[R2PCIE] = {"r2pcie", IN_PCI(UNIT_R2PCIE), COUNTERS(4, 44), CONTROL, RESETS,
		SELECT(0xFFC4FFFF)},
	[R3QPI] = {"r3qpi", IN_PCI(UNIT_R3QPI), COUNTERS(3, 44), CONTROL, RESETS,
		SELECT(0xFFC4FFFF)},
};
