/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#ifndef MSRD_ARCH_06_2D_MODEL_H
#define MSRD_ARCH_06_2D_MODEL_H

#include "arch/06_2d/base.h"
#include "arch/table.h"

enum { CBOX, UBOX, PCU, IMC, HA, QPI, R2PCIE, R3QPI, N_BOXES };

extern const struct arch_box boxes_06_2d[N_BOXES];

#endif
