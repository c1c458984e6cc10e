/* SPDX-License-Identifier: MIT */
/* Registers as people write them: a number, the manual's name, or another name in use. */
#ifndef MSRD_CLI_REGISTERS_H
#define MSRD_CLI_REGISTERS_H

#include "arch/arch.h"

/* The register of device (a place whose register does not matter) that text is the
 * number or a name of; case does not matter. arch may be NULL: numbers alone. */
bool registers_find(
	const struct arch *arch, const struct place *device, const char *text, uint32_t *reg);

/* The manual's name of the register at place, or NULL. Returns name. */
const char *registers_name(
	const struct arch *arch, const struct place *place, char name[ARCH_NAME_SIZE]);

/* The name of device's registers that text may have been meant to be, or NULL when
 * none is near. Returns name. */
const char *registers_nearest(const struct arch *arch, const struct place *device, const char *text,
	char name[ARCH_NAME_SIZE]);

#endif
