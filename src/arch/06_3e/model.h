/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#ifndef MSRD_ARCH_06_3E_MODEL_H
#define MSRD_ARCH_06_3E_MODEL_H

#include "arch/table.h"

enum { CBOX, UBOX, PCU, IMC, HA, QPI, R2PCIE, R3QPI, N_BOXES };

extern const struct arch_box boxes_06_3e[N_BOXES];
extern const struct arch_registers registers_06_3e;

#endif
