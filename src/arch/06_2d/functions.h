/* SPDX-License-Identifier: MIT */
/* Uncore functions of Sandy Bridge-EP in PCI config space. */
#ifndef MSRD_ARCH_06_2D_FUNCTIONS_H
#define MSRD_ARCH_06_2D_FUNCTIONS_H

#include "arch/arch.h"

#define FUNCTIONS_06_2D 14
extern const struct arch_function functions_06_2d[FUNCTIONS_06_2D];

#endif
