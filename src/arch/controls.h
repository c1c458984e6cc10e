/* SPDX-License-Identifier: MIT */
/* Which registers say what is counted or how the machine behaves, and what undoes a write of one.
 */
#ifndef MSRD_ARCH_CONTROLS_H
#define MSRD_ARCH_CONTROLS_H

#include <stdbool.h>

#include "arch/arch.h"

/*
 * Is it a control: an event select, the control of a box or of all, a filter, a switch? Counters,
 * status and what clears a status are none. A register that the model does not know is one: to put
 * back a count does less harm than to leave something programmed. arch may be NULL.
 */
bool arch_is_control(const struct arch *arch, const struct place *place);

/* A write of value to the control of a box may clear its selects: number i of those, from 0, at the
 * same device. False: there are no more. */
bool arch_cleared_by(const struct arch *arch, const struct place *place, uint64_t value, size_t i,
	uint32_t *reg);

/* Bits that read 0 whatever was written, but which undo what value did there; 0: none. */
uint64_t arch_undoes(const struct arch *arch, const struct place *place, uint64_t value);

#endif
