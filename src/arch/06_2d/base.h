/* SPDX-License-Identifier: MIT */
/* What other models stand on. */
#ifndef MSRD_ARCH_06_2D_BASE_H
#define MSRD_ARCH_06_2D_BASE_H

#include "arch/arch.h"

extern const struct arch_registers registers_06_2d;
extern const struct arch_core core_06_2d;

#endif
