/* SPDX-License-Identifier: MIT */
/*
 * A tap that makes accesses fail, wait, or see a register that is held. What it
 * does is a list of directives; the same accesses in the same order meet the
 * same faults.
 */
#ifndef MSRD_SIM_TAP_FAULT_H
#define MSRD_SIM_TAP_FAULT_H

#include <stdio.h>

#include "sim/fixture/directive.h"
#include "sim/tap/tap.h"

struct fault;

/* In front of next, which it owns then. NULL: out of memory, and next is the caller's. */
struct fault *fault_new(struct machine *machine, struct tap *next);

/* It as a tap: tap_free frees it with all that follow. */
struct tap *fault_tap(struct fault *fault);

/*
 * Takes over a directive FAIL, DELAY or HOLD, and counts its accesses from now on; id is its
 * number. A HOLD without a value holds what the registers have now.
 * 0; -ENOMEM; another error of reading it: there is nothing to hold. It frees the directive then.
 */
int fault_add(struct fault *fault, struct directive *directive, uint64_t id);

/* Ends those of that number, or of all numbers (0) but what is held; false: there is none. */
bool fault_clear(struct fault *fault, uint64_t id);

/* Registers of these devices are the machine's again; false: none was held. */
bool fault_release(struct fault *fault, const struct directive *directive);

/* "3: fail 1 0x611 EIO once<TAB># 1 devices, 5 accesses, 1 met it", a line each; those held, or
 * the others. */
void fault_write(struct fault *fault, bool held, FILE *out);

#endif
