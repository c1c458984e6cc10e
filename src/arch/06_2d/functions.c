/* SPDX-License-Identifier: MIT */
/*
 * Places and ids as measured on two machines (a ProLiant DL360p Gen8 and a Dell
 * DCS8000Z); the QPI counters 08.2/09.2 and 08.6/09.6, which both BIOSes hide,
 * from the uncore guide (Intel 327043-001) and a third machine's listing.
 */
#include "arch/06_2d/functions.h"

#define DEVFN(device, function) ((device) << 3 | (function))

const struct arch_function functions_06_2d[FUNCTIONS_06_2D] = {
	{UNIT_QPI_MISC, 0, DEVFN(0x08, 0), {0x3c80, 0}},
	{UNIT_QPI, 0, DEVFN(0x08, 2), {0x3c41, 0}},
	{UNIT_QPI_MASK, 0, DEVFN(0x08, 6), {0x3c86, 0}},
	/* measured 3c90; LIKWID's table says 3c91 */
	{UNIT_QPI_MISC, 1, DEVFN(0x09, 0), {0x3c90, 0x3c91}},
	{UNIT_QPI, 1, DEVFN(0x09, 2), {0x3c42, 0}},
	{UNIT_QPI_MASK, 1, DEVFN(0x09, 6), {0x3c96, 0}},
	{UNIT_HA, 0, DEVFN(0x0e, 1), {0x3c46, 0}},
	{UNIT_IMC, 0, DEVFN(0x10, 0), {0x3cb0, 0}},
	{UNIT_IMC, 1, DEVFN(0x10, 1), {0x3cb1, 0}},
	{UNIT_IMC, 2, DEVFN(0x10, 4), {0x3cb4, 0}},
	{UNIT_IMC, 3, DEVFN(0x10, 5), {0x3cb5, 0}},
	{UNIT_R2PCIE, 0, DEVFN(0x13, 1), {0x3c43, 0}},
	{UNIT_R3QPI, 0, DEVFN(0x13, 5), {0x3c44, 0}},
	{UNIT_R3QPI, 1, DEVFN(0x13, 6), {0x3c45, 0}},
};
