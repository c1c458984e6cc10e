/* SPDX-License-Identifier: MIT */
/*
 * Uncore boxes: a few counters with their event selects and a box control
 * that freezes and resets them. What a box has, its kind says (arch/pmu.h);
 * where its registers stand (MSRs, config space) is not known here.
 */
#ifndef MSRD_SIM_MACHINE_UNCORE_H
#define MSRD_SIM_MACHINE_UNCORE_H

#include "arch/arch.h"
#include "sim/machine/counter.h"
#include "sim/machine/log.h"

struct uncore_box {
	const struct arch_box *kind;
	struct flow flow;    /* what all its counters have in common */
	struct sim_log *log; /* or NULL */
	uint64_t filter;     /* all its filter registers */
	bool is_held;	     /* by the control of all boxes */
	uint32_t control;
	uint32_t selects[ARCH_MAX_COUNTERS];
	uint32_t fixed_select;
	struct counter counters[ARCH_MAX_COUNTERS];
	struct counter fixed;
};

/* Box number index of its kind in a package, in the reset state. log may be NULL. */
void uncore_init(struct uncore_box *box, const struct arch_box *kind, const struct fixture *fixture,
	uint32_t package, uint32_t index, struct sim_log *log);

/* Bits that may be written, those that clear themselves included. */
uint64_t uncore_write_mask(const struct uncore_box *box, enum arch_box_part part);

uint64_t uncore_read(struct uncore_box *box, enum arch_box_part part, uint32_t index, uint64_t ns);

/* value must keep to the write mask. */
void uncore_write(struct uncore_box *box, enum arch_box_part part, uint32_t index, uint64_t ns,
	uint64_t value);

/* A filter register, whose bits begin at shift in the box's filter, holds value; mask: its bits. */
void uncore_set_filter(
	struct uncore_box *box, uint8_t shift, uint64_t mask, uint64_t ns, uint64_t value);

/* The control of all boxes of the package holds it, or lets it go. */
void uncore_hold(struct uncore_box *box, bool held, uint64_t ns);

#endif
