/* SPDX-License-Identifier: MIT */
/*
 * Where the shipped lists are not what is known of the registers (sources-MODEL.allow),
 * bit by bit, and why.
 */
#ifndef MSRD_TESTS_UNIT_DEVIATIONS_H
#define MSRD_TESTS_UNIT_DEVIATIONS_H

#include "policy/allowlist.h"

struct deviation {
	const char *model; /* NULL: of all */
	unsigned section;
	uint32_t first, last;
	uint32_t boxes;	 /* the same 0x20 further on, and so on; 0: not so */
	bool not_listed; /* the source has it, the lists have not */
	bool unsourced;	 /* the other way round */
	uint64_t fewer;	 /* of the bits of the source: not to be written. ALL: none is */
	uint64_t clear;	 /* ... may be cleared only */
	uint64_t more;	 /* bits that the source has not */
	uint64_t w1c;	 /* ... and whose 1 clears */
	uint64_t beyond; /* ... and our own table of registers has not either */
	const char *why;
};

#define BIT(n)	   (UINT64_C(1) << (n))
#define ALL	   UINT64_MAX
#define MSR	   ALLOW_MSR
#define PCI(unit)  ALLOW_PCI(UNIT_##unit)
#define NOT_LISTED .not_listed = true
#define RESET	   BIT(17) /* of the counter of a select, and of nothing else */
#define TELLS	   BIT(20) /* ov_en: the UBOX alone is told, which can tell nobody */
/* frz, and what the manual wants to be written 1 */
#define FREEZE (BIT(8) | BIT(16) | BIT(17))

/* clang-format off: a table */
static const struct deviation deviations[] = {
	/* registers that nobody needs who counts */
	{NULL, MSR, 0x08B, 0x08B, NOT_LISTED, .why = "the kernel tells the microcode's revision"},
	{NULL, MSR, 0x0E2, 0x0E4, NOT_LISTED, .why = "C-states of all, and where they are entered"},
	{NULL, MSR, 0x13C, 0x13C, NOT_LISTED, .why = "locks AES"},
	{NULL, MSR, 0x194, 0x194, NOT_LISTED, .why = "the firmware's; the mask is not sure"},
	{NULL, MSR, 0x19A, 0x19B, NOT_LISTED, .why = "clock modulation and an interrupt"},
	{NULL, MSR, 0x19D, 0x19D, NOT_LISTED, .why = "not documented for the model"},
	{NULL, MSR, 0x1AA, 0x1AA, NOT_LISTED, .why = "the kernel's power management"},
	{NULL, MSR, 0x1B2, 0x1B2, NOT_LISTED, .why = "an interrupt"},
	{NULL, MSR, 0x1FC, 0x1FC, NOT_LISTED, .why = "PROCHOT and C1E of all"},
	{NULL, MSR, 0x300, 0x300, NOT_LISTED,
		.why = "not documented; where buses are is the daemon's"},
	{NULL, MSR, 0x3F6, 0x3F6, NOT_LISTED, .why = "PEBS"},
	{NULL, MSR, 0x601, 0x604, NOT_LISTED, .why = "current limits, and what is not documented"},
	{NULL, MSR, 0x60A, 0x60C, NOT_LISTED, .why = "C-states of all"},
	{"06_2d", MSR, 0x391, 0x396, NOT_LISTED, .why = "the uncore of another model; nobody asks"},
	{"06_3e", MSR, 0x648, 0x64C, NOT_LISTED, .why = "faults, and nobody asks for it here"},
	{"06_2d", MSR, 0xC00, 0xC06, NOT_LISTED, .why = "what it does here is not known"},
	{"06_2d", MSR, 0xC15, 0xC15, NOT_LISTED, .why = "what it does here is not known"},
	{"06_2d", MSR, 0xC35, 0xC35, NOT_LISTED, .why = "what it does here is not known"},
	{"06_3e", MSR, 0x0CD, 0x0CD, .unsourced = true,
		.why = "clients probe it; reads fault or 0"},
	{"06_3e", MSR, 0x620, 0x620, .unsourced = true,
		.why = "clients probe it; reads fault or 0"},

	/* readable, but the kernel's, everybody's or the firmware's to write */
	{NULL, MSR, 0x010, 0x010, .fewer = ALL, .why = "the time is the kernel's"},
	{NULL, MSR, 0x0E7, 0x0E8, .fewer = ALL, .why = "the scheduler measures by them"},
	{NULL, MSR, 0x199, 0x199, .fewer = ALL, .why = "the frequency is the governor's"},
	{NULL, MSR, 0x19C, 0x19C, .fewer = ALL, .why = "sticky logs are the kernel's to clear"},
	{NULL, MSR, 0x1B1, 0x1B1, .fewer = ALL, .why = "sticky logs are the kernel's to clear"},
	{"06_2d", MSR, 0x39C, 0x39C, .fewer = ALL, .why = "PEBS"},
	{NULL, MSR, 0x63A, 0x63A, .fewer = ALL, .why = "not documented for the model"},

	/* clients reset all boxes alike */
	{"06_2d", PCI(IMC), 0xF4, 0xF4, .more = BIT(0) | BIT(1), .beyond = BIT(0) | BIT(1),
		.why = "reserved here, and nothing comes of them"},

	/* some of their bits are */
	{NULL, MSR, 0x186, 0x18D, .clear = BIT(19) | BIT(20), .why = "PC and INT"},
	{NULL, MSR, 0x38D, 0x38D, .clear = BIT(3) | BIT(7) | BIT(11), .why = "PMI"},
	{NULL, MSR, 0x3F1, 0x3F1, .clear = 0x8000000F0000000F, .why = "PEBS writes to memory"},
	{NULL, MSR, 0x1A0, 0x1A0, .fewer = 0x0000000400C50009,
		.why = "all but turbo is the kernel's"},
	{NULL, MSR, 0x610, 0x610, .fewer = BIT(63), .why = "a lock holds until the next reset"},
	{NULL, MSR, 0x618, 0x618, .fewer = BIT(31), .why = "a lock holds until the next reset"},
	{NULL, MSR, 0x638, 0x638, .fewer = BIT(31), .why = "a lock holds until the next reset"},
	{"06_3e", MSR, 0xC00, 0xC00, .clear = 0x40007FFF,
		.why = "which cores an overflow interrupts"},
	{"06_3e", PCI(HA), 0xD8, 0xE4, .fewer = BIT(16), .more = RESET | TELLS,
		.why = "q_occ_rst empties a queue's occupancy, and nobody uses it"},

	/* more than the source has */
	{"06_2d", MSR, 0xC09, 0xC09, .more = 0xF00000000000, .beyond = 0xF00000000000,
		.why = "44 bits in the guide's table, 48 in its text: or it could not be set to 0"},
	{"06_3e", MSR, 0xC01, 0xC01, .w1c = BIT(0), .why = "LIKWID's tools write 0; does nothing"},
	{"06_3e", MSR, 0xC08, 0xC08, .more = TELLS, .why = "LIKWID's tools set it"},
	{"06_3e", MSR, 0xC10, 0xC11, .more = RESET | TELLS, .why = "LIKWID's tools set it"},
	{"06_3e", MSR, 0xC24, 0xC24, .more = FREEZE, .why = "or the box could not be frozen"},
	{"06_3e", MSR, 0xC30, 0xC33, .more = RESET | TELLS | BIT(21),
		.why = "LIKWID's tools set it; [21] extends the event, as on 06_2D"},
	{"06_3e", MSR, 0xC35, 0xC35, .w1c = 0xF, .why = "E7 v2 datasheet: one of each counter"},
	{"06_3e", MSR, 0xD04, 0xD04, .boxes = 15, .more = FREEZE,
		.why = "or the box could not be frozen"},
	{"06_3e", MSR, 0xD10, 0xD13, .boxes = 15, .more = RESET, .why = "as on 06_2D"},
	{"06_3e", PCI(IMC), 0xD8, 0xE4, .more = RESET | TELLS, .why = "LIKWID's tools set it"},
	{"06_3e", PCI(IMC), 0xF0, 0xF0, .more = BIT(19), .why = "its reset, as on 06_2D"},
	{"06_3e", PCI(HA), 0xF8, 0xF8, .unsourced = true, .w1c = 0xF,
		.why = "uncore guide table 2-39: one of each counter"},
	{"06_3e", PCI(QPI), 0xD8, 0xE4, .more = RESET | TELLS, .why = "LIKWID's tools set it"},
	{"06_3e", PCI(QPI), 0xF4, 0xF4, .more = FREEZE, .why = "or the box could not be frozen"},
	{"06_3e", PCI(QPI), 0xF8, 0xF8, .unsourced = true, .w1c = 0xF,
		.why = "E7 v2 datasheet vol. 2 13.2.4.6"},
	{"06_3e", PCI(R2PCIE), 0xD8, 0xE4, .more = RESET | TELLS, .why = "LIKWID's tools set it"},
	{"06_3e", PCI(R2PCIE), 0xF4, 0xF4, .more = FREEZE, .why = "or the box could not be frozen"},
	{"06_3e", PCI(R3QPI), 0xD8, 0xE0, .more = RESET | TELLS, .why = "LIKWID's tools set it"},
	{"06_3e", PCI(R3QPI), 0xF4, 0xF4, .more = FREEZE, .why = "or the box could not be frozen"},
};
/* clang-format on */

#endif
