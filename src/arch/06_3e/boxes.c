/* SPDX-License-Identifier: MIT */
/*
 * Uncore boxes of Ivy Bridge-EP: Intel 329468-002 (uncore manual of the E5 v2
 * and E7 v2), Linux 6.12 uncore_snbep.c (ivbep_*). Unlike 06_2D, frz freezes by
 * itself: there is no frz_en. That the reset bits of QPI and the rings are
 * those of the other boxes, and that [17:16], which software has to write 1,
 * read back, is assumed.
 */
#include "arch/06_3e/model.h"

/* box control: [0] rst_ctrl [1] rst_ctrs [8] frz [17:16] to be written 1 */
#define CONTROL                                                                                    \
	.control_mask = BIT(8) | BIT(16) | BIT(17), .freeze = BIT(8), .reset_selects = BIT(0),     \
	.reset_counters = BIT(1)

/* event select: [17] rst [20] ov_en [21] ev_sel_ext [22] en; no invert. That all but the CBox
 * have ov_en is assumed: LIKWID's tools set it everywhere else. */
#define SELECT(mask)   .select_mask = (mask), .select_enable = BIT(22), .select_reset = BIT(17)
#define EXTENDED       .select_extend = BIT(21)
#define COUNTERS(n, w) .n_counters = (n), .width = (w)
#define IN_PCI(unit_)  .space = OP_PCI, .unit = (unit_)

const struct arch_box boxes_06_3e[N_BOXES] = {
	[CBOX] = {"cbox", COUNTERS(4, 44), CONTROL, SELECT(0xFF4CFFFF)},
	/* no box control; the fixed counter is wider than the others */
	[UBOX] = {"ubox", COUNTERS(2, 44), SELECT(0x1F54FFFF), .fixed_width = 48,
		.fixed_counts = ARCH_COUNTS_UCLK, .fixed_mask = BIT(20)},
	[PCU] = {"pcu", COUNTERS(4, 48), CONTROL, SELECT(0xDF74C0FF), EXTENDED},
	[IMC] = {"imc", IN_PCI(UNIT_IMC), COUNTERS(4, 48), CONTROL, SELECT(0xFF54FFFF),
		.fixed_width = 48, .fixed_counts = ARCH_COUNTS_DCLK, .fixed_reset = BIT(19)},
	[HA] = {"ha", IN_PCI(UNIT_HA), COUNTERS(4, 48), CONTROL, SELECT(0xFF54FFFF)},
	[QPI] = {"qpi", IN_PCI(UNIT_QPI), COUNTERS(4, 48), CONTROL, SELECT(0xFF74FFFF), EXTENDED},
	[R2PCIE] = {"r2pcie", IN_PCI(UNIT_R2PCIE), COUNTERS(4, 44), CONTROL, SELECT(0xFF54FFFF)},
	[R3QPI] = {"r3qpi", IN_PCI(UNIT_R3QPI), COUNTERS(3, 44), CONTROL, SELECT(0xFF54FFFF)},
};
