/* SPDX-License-Identifier: MIT */
/*
 * The registers of Ivy Bridge-EP (06_3E) where they are not as on 06_2D: what
 * is not here is as in that table, whose names, scopes and masks Intel's SDM
 * vol. 4 has for both (table 2-20). T24 to T28: its tables 2-24 to 2-28;
 * measured: a dump of a Core i7-4930K (CPUID 306E4); UG: Intel 329468-002;
 * Linux: 6.12, uncore_snbep.c; datasheet: Xeon E7 v2, vol. 2.
 */
#include "arch/06_2d/base.h"
#include "arch/06_3e/model.h"

/* clang-format off: tables */
#define T24	    "T2-24"
#define T26	    "T2-26"
#define T27	    "T2-27"
#define T28	    "T2-28"
#define UG(section) "329468-002 section " section

/* One of up to 15 CBoxes; they stand 0x20 apart. Masks of the filters: Linux. */
#define CBOX_AT(n, offset) (0xD00 + 0x20 * (n) + (offset))
#define CBOX_REGISTERS(n, source)                                                                  \
	REG(CBOX_AT(n, 0x04), "MSR_C" #n "_PMON_BOX_CTL", source,                                  \
		ALIAS("C" #n "_MSR_PMON_BOX_CTL"), SLICE(n),                                       \
		BOX(&boxes_06_3e[CBOX], ARCH_BOX_CONTROL)),                                        \
		REG(CBOX_AT(n, 0x10), "MSR_C" #n "_PMON_EVNTSEL#", source,                         \
			ALIAS("C" #n "_MSR_PMON_CTL#"), BANK(4, 1), SLICE(n),                      \
			BOX(&boxes_06_3e[CBOX],                                                    \
				ARCH_BOX_SELECT)), /* [4:0] thread [8:5] link [22:17] state */     \
		REG(CBOX_AT(n, 0x14), "MSR_C" #n "_PMON_BOX_FILTER", source,                       \
			ALIAS("C" #n "_MSR_PMON_BOX_FILTER C" #n "_MSR_PMON_BOX_FILTER0"),         \
			SLICE(n), FILTER(&boxes_06_3e[CBOX], 0x007E01FF)),                         \
		REG(CBOX_AT(n, 0x16), "MSR_C" #n "_PMON_CTR#", source,                             \
			ALIAS("C" #n "_MSR_PMON_CTR#"), BANK(4, 1), SLICE(n),                      \
			BOX(&boxes_06_3e[CBOX],                                                    \
				ARCH_BOX_COUNTER)), /* [15:0] node [28:20] opcode [29] C6 [30]     \
						       non-coherent [31] isochronous */            \
		REG(CBOX_AT(n, 0x1A), "MSR_C" #n "_PMON_BOX_FILTER1", T28,                         \
			ALIAS("C" #n "_MSR_PMON_BOX_FILTER1"), SLICE(n),                           \
			FILTER(&boxes_06_3e[CBOX], 0xFFF0FFFF), HIGH)

/* A box in config space: counters of two dwords from A0 on, selects from D8 on. */
#define PMON(unit, box, prefix, n, source)                                                         \
	REG(0xA0, prefix "_PCI_PMON_CTR#_LOW", source, PCI(unit), BANK(n, 8),                      \
		BOX(&boxes_06_3e[box], ARCH_BOX_COUNTER)),                                         \
		REG(0xA4, prefix "_PCI_PMON_CTR#_HIGH", source, PCI(unit), BANK(n, 8), HIGH,       \
			BOX(&boxes_06_3e[box], ARCH_BOX_COUNTER)),                                 \
		REG(0xD8, prefix "_PCI_PMON_CTL#", source, PCI(unit), BANK(n, 4),                  \
			BOX(&boxes_06_3e[box], ARCH_BOX_SELECT)),                                  \
		REG(0xF4, prefix "_PCI_PMON_BOX_CTL", source, PCI(unit),                           \
			BOX(&boxes_06_3e[box], ARCH_BOX_CONTROL))
#define STATUS(mask) .class = ARCH_STATUS, .write_mask = (mask), PACKAGE

static const struct arch_register entries[] = {
	/* microcode of 2018 brought it; the revision is assumed */
	REG(0x48, "IA32_SPEC_CTRL", ASSUMED, THREAD, STORAGE(0x7), SINCE(0x42C)),
	REG(0x4E, "MSR_PPIN_CTL", T26, PACKAGE, STORAGE(0x3), LOCK(0)),
	/* faults until it is enabled; a serial number is not modelled */
	REG(0x4F, "MSR_PPIN", T26, ABSENT),
	REG(0x1A2, "MSR_TEMPERATURE_TARGET", T26,
		ALIAS("MSR_IA32_TEMPERATURE_TARGET SMSR_TEMPERATURE_TARGET"), PACKAGE,
		CONSTANT(0x5F0A00)),
	REG(0x1AA, "MSR_MISC_PWR_MGMT", MEASURED, PACKAGE, STORAGE(0x400003)),
	REG(0x1AC, "MSR_TURBO_RATIO_LIMIT3", MEASURED, ALIAS("MSR_TURBO_POWER_CURRENT_LIMIT"),
		ABSENT),
	/* a byte each: ratio with 9 cores and more */
	REG(0x1AE, "MSR_TURBO_RATIO_LIMIT1", T27, PACKAGE, CONSTANT(0)),
	REG(0x1AF, "MSR_TURBO_RATIO_LIMIT2", MEASURED, ABSENT),
	/* machine check banks: all of the package, as 4 to 19 of 06_2D (assumed) */
	REG(0x285, "IA32_MC#_CTL2", T26, BANK(24, 1), FIRST(5), PACKAGE, STORAGE(ALL)),
	REG(0x29D, "IA32_MC#_CTL2", T27, BANK(3, 1), FIRST(29), PACKAGE, STORAGE(ALL)),
	REG(0x39C, "MSR_PEBS_NUM_ALT", ASSUMED, ABSENT),
	REG(0x414, "IA32_MC#_CTL", T26, BANK(27, 4), FIRST(5), PACKAGE, STORAGE(ALL)),
	REG(0x415, "IA32_MC#_STATUS", T26, BANK(27, 4), FIRST(5), PACKAGE, CLEARABLE),
	REG(0x416, "IA32_MC#_ADDR", T26, BANK(27, 4), FIRST(5), PACKAGE, STORAGE(ALL)),
	REG(0x417, "IA32_MC#_MISC", T26, BANK(27, 4), FIRST(5), PACKAGE, STORAGE(ALL)),
	/* 06_2D's are constants of that part, and no dump of this one is known */
	REG(0x480, "IA32_VMX_CAPABILITY#", ASSUMED, BANK(17, 1), ABSENT),
	REG(0x61C, "MSR_DRAM_POWER_INFO", T26, ALIAS("SMSR_DRAM_POWER_INFO"), PACKAGE,
		CONSTANT(0x2F025800780118)),
	REG(0x648, "MSR_CONFIG_TDP_#", MEASURED, BANK(5, 1), ABSENT),
	/* [30] wk_on_pmi and [14:0] pmi_core_sel stay; that a box counts when neither its
	 * own frz nor this one stops it is assumed */
	REG(0xC00, "MSR_PMON_GLOBAL_CTL", T28, ALIAS("U_MSR_PMON_GLOBAL_CTL"), PACKAGE,
		.class = ARCH_ALL_BOXES, .write_mask = 0x40007FFF),
	/* its bits are not known */
	REG(0xC01, "MSR_PMON_GLOBAL_STATUS", T28, ALIAS("U_MSR_PMON_GLOBAL_STATUS"), STATUS(0x1)),
	REG(0xC06, "MSR_PMON_GLOBAL_CONFIG", T28, ALIAS("U_MSR_PMON_GLOBAL_CONFIG"), PACKAGE,
		CONSTANT(0)),
	REG(0xC08, "MSR_U_PMON_UCLK_FIXED_CTL", T24, ALIAS("U_MSR_PMON_UCLK_FIXED_CTL"),
		BOX(&boxes_06_3e[UBOX], ARCH_BOX_FIXED_SELECT)),
	REG(0xC09, "MSR_U_PMON_UCLK_FIXED_CTR", T24, ALIAS("U_MSR_PMON_UCLK_FIXED_CTR"),
		BOX(&boxes_06_3e[UBOX], ARCH_BOX_FIXED_COUNTER)),
	REG(0xC10, "MSR_U_PMON_EVNTSEL#", T24, ALIAS("U_MSR_PMON_CTL#"), BANK(2, 1),
		BOX(&boxes_06_3e[UBOX], ARCH_BOX_SELECT)),
	/* its bits are assumed: those of its two counters */
	REG(0xC15, "MSR_U_PMON_BOX_STATUS", T28, ALIAS("U_MSR_PMON_BOX_STATUS"), STATUS(0x3)),
	REG(0xC16, "MSR_U_PMON_CTR#", T24, ALIAS("U_MSR_PMON_CTR#"), BANK(2, 1),
		BOX(&boxes_06_3e[UBOX], ARCH_BOX_COUNTER)),
	REG(0xC24, "MSR_PCU_PMON_BOX_CTL", T24, ALIAS("PCU_MSR_PMON_BOX_CTL"),
		BOX(&boxes_06_3e[PCU], ARCH_BOX_CONTROL)),
	REG(0xC30, "MSR_PCU_PMON_EVNTSEL#", T24, ALIAS("PCU_MSR_PMON_CTL#"), BANK(4, 1),
		BOX(&boxes_06_3e[PCU], ARCH_BOX_SELECT)),
	REG(0xC34, "MSR_PCU_PMON_BOX_FILTER", T24, ALIAS("PCU_MSR_PMON_BOX_FILTER"),
		FILTER(&boxes_06_3e[PCU], 0xFFFFFFFF)),
	/* datasheet: [3:0] */
	REG(0xC35, "MSR_PCU_PMON_BOX_STATUS", T28, ALIAS("PCU_MSR_PMON_BOX_STATUS"), STATUS(0xF)),
	REG(0xC36, "MSR_PCU_PMON_CTR#", T24, ALIAS("PCU_MSR_PMON_CTR#"), BANK(4, 1),
		BOX(&boxes_06_3e[PCU], ARCH_BOX_COUNTER)),
	CBOX_REGISTERS(0, T24),
	CBOX_REGISTERS(1, T24),
	CBOX_REGISTERS(2, T24),
	CBOX_REGISTERS(3, T24),
	CBOX_REGISTERS(4, T24),
	CBOX_REGISTERS(5, T24),
	CBOX_REGISTERS(6, T24),
	CBOX_REGISTERS(7, T24),
	CBOX_REGISTERS(8, T28),
	CBOX_REGISTERS(9, T28),
	CBOX_REGISTERS(10, T28),
	CBOX_REGISTERS(11, T28),
	CBOX_REGISTERS(12, T28),
	CBOX_REGISTERS(13, T28),
	CBOX_REGISTERS(14, T28),

	/* config space: 10.0, 10.1, 10.4, 10.5, and 1e.x of the larger dies */
	REG(0xA0, "MC_CHy_PCI_PMON_CTR#_LOW", UG("2.5"), PCI(UNIT_IMC), BANK(4, 8),
		BOX(&boxes_06_3e[IMC], ARCH_BOX_COUNTER)),
	REG(0xA4, "MC_CHy_PCI_PMON_CTR#_HIGH", UG("2.5"), PCI(UNIT_IMC), BANK(4, 8), HIGH,
		BOX(&boxes_06_3e[IMC], ARCH_BOX_COUNTER)),
	REG(0xD0, "MC_CHy_PCI_PMON_FIXED_CTR_LOW", UG("2.5"), PCI(UNIT_IMC),
		BOX(&boxes_06_3e[IMC], ARCH_BOX_FIXED_COUNTER)),
	REG(0xD4, "MC_CHy_PCI_PMON_FIXED_CTR_HIGH", UG("2.5"), PCI(UNIT_IMC), HIGH,
		BOX(&boxes_06_3e[IMC], ARCH_BOX_FIXED_COUNTER)),
	REG(0xD8, "MC_CHy_PCI_PMON_CTL#", UG("2.5"), PCI(UNIT_IMC), BANK(4, 4),
		BOX(&boxes_06_3e[IMC], ARCH_BOX_SELECT)),
	REG(0xF0, "MC_CHy_PCI_PMON_FIXED_CTL", UG("2.5"), PCI(UNIT_IMC),
		BOX(&boxes_06_3e[IMC], ARCH_BOX_FIXED_SELECT)),
	REG(0xF4, "MC_CHy_PCI_PMON_BOX_CTL", UG("2.5"), PCI(UNIT_IMC),
		BOX(&boxes_06_3e[IMC], ARCH_BOX_CONTROL)),
	/* [0] fixed [4:1] counters */
	REG(0xF8, "MC_CHy_PCI_PMON_BOX_STATUS", UG("2.5"), PCI(UNIT_IMC), STATUS(0x1F)),
	/* 0e.1, 1c.1; masks of the matches as on 06_2D (assumed) */
	REG(0x40, "HA_PCI_PMON_BOX_ADDRMATCH0", UG("2.4"), PCI(UNIT_HA),
		FILTER(&boxes_06_3e[HA], 0xFFFFFFC0)),
	REG(0x44, "HA_PCI_PMON_BOX_ADDRMATCH1", UG("2.4"), PCI(UNIT_HA),
		FILTER(&boxes_06_3e[HA], 0x00003FFF), HIGH),
	REG(0x48, "HA_PCI_PMON_BOX_OPCODEMATCH", UG("2.4"), PCI(UNIT_HA),
		FILTER(&boxes_06_3e[HA], 0x0000003F), .shift = 48),
	PMON(UNIT_HA, HA, "HA", 4, UG("2.4")),
	REG(0xF8, "HA_PCI_PMON_BOX_STATUS", UG("2.4"), PCI(UNIT_HA), STATUS(0xF)),
	/* 08.2, 09.2, 18.2; their matches and masks in 08.6, 09.6: as on 06_2D */
	PMON(UNIT_QPI, QPI, "Q_Py", 4, UG("2.7")),
	REG(0xF8, "Q_Py_PCI_PMON_BOX_STATUS", UG("2.7"), PCI(UNIT_QPI), STATUS(0xF)),
	/* 13.1 */
	PMON(UNIT_R2PCIE, R2PCIE, "R2", 4, UG("2.8")),
	/* 13.5, 13.6, 12.5 */
	PMON(UNIT_R3QPI, R3QPI, "R3_Ly", 3, UG("2.9")),
};
/* clang-format on */

const struct arch_registers registers_06_3e = {entries, N_ELEMENTS(entries), &registers_06_2d};
