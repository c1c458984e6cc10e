/* SPDX-License-Identifier: MIT */
/*
 * Uncore boxes: a few counters with their event selects and a box control
 * that freezes and resets them. One model for all of them; what a box does
 * not have, its kind says. Where the registers stand (MSRs, config space) is
 * not known here.
 */
#ifndef MSRD_SIM_MACHINE_UNCORE_H
#define MSRD_SIM_MACHINE_UNCORE_H

#include "sim/machine/counter.h"

#define UNCORE_MAX_COUNTERS 4
#define UNCORE_N_CBOXES	    8

enum uncore_kind {
	UNCORE_CBOX,
	UNCORE_UBOX,
	UNCORE_PCU,
	UNCORE_IMC,
	UNCORE_HA,
	UNCORE_QPI,
	UNCORE_R2PCIE,
	UNCORE_R3QPI,
};

enum uncore_part {
	UNCORE_CONTROL,
	UNCORE_SELECT,
	UNCORE_COUNTER,
	UNCORE_FIXED_SELECT,
	UNCORE_FIXED_COUNTER,
};

struct uncore_box {
	const struct uncore_type *type;
	struct flow flow; /* what all its counters have in common */
	uint32_t control;
	uint32_t selects[UNCORE_MAX_COUNTERS];
	uint32_t fixed_select;
	struct counter counters[UNCORE_MAX_COUNTERS];
	struct counter fixed;
};

/* Box number index of its kind in a package, in the reset state. */
void uncore_init(struct uncore_box *box, enum uncore_kind kind, const struct fixture *fixture,
	uint32_t package, uint32_t index);

/* Does a box of this kind have this register? */
bool uncore_has(enum uncore_kind kind, enum uncore_part part, uint32_t index);

/* Bits that may be written, those that clear themselves included. */
uint64_t uncore_write_mask(const struct uncore_box *box, enum uncore_part part);

uint64_t uncore_read(struct uncore_box *box, enum uncore_part part, uint32_t index, uint64_t ns);

/* value must keep to the write mask. */
void uncore_write(
	struct uncore_box *box, enum uncore_part part, uint32_t index, uint64_t ns, uint64_t value);

#endif
