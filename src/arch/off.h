/* SPDX-License-Identifier: MIT */
/* What registers hold where nothing is counted, but by whom the counters belong to. */
#ifndef MSRD_ARCH_OFF_H
#define MSRD_ARCH_OFF_H

#include "arch/arch.h"

/* Counters that interrupt whoever programmed them, by their bits in the global control of the CPU:
 * of the select or the control of fixed counters at place, which holds value. 0 for any other. */
uint64_t arch_interrupting(const struct arch *arch, const struct place *place, uint64_t value);

/*
 * Is the register at place one that makes something count, narrows what is counted, or stops it
 * from being counted? Then *off is what it holds instead of value where nothing is switched on but
 * the counters of kept, which are bits of the CPU's global control.
 */
bool arch_off(const struct arch *arch, const struct place *place, uint64_t value, uint64_t kept,
	uint64_t *off);

#endif
