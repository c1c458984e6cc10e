/* SPDX-License-Identifier: MIT */
/* A write that the daemon has refused: what could have been written. */
#ifndef MSRD_CLI_REFUSED_H
#define MSRD_CLI_REFUSED_H

#include "arch/arch.h"
#include "client/msrd.h"
#include "op.h"

/* Says so on standard error, as far as the daemon, else the profiles of the CPU model,
 * and the register tell. */
void refused_explain(
	const struct arch *arch, struct msrd *msrd, const struct place *place, uint64_t value);

#endif
