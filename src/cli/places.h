/* SPDX-License-Identifier: MIT */
/* Devices, and units as people write them on a command line: "imc0-3,ha". */
#ifndef MSRD_CLI_PLACES_H
#define MSRD_CLI_PLACES_H

#include "arch/arch.h"

/* Devices; the register of each is not said. */
struct places {
	struct place *list;
	size_t n;
};

/* 0 or -ENOMEM. */
int places_add(struct places *places, struct place place);
void places_deinit(struct places *places);

/*
 * Units such as "imc0-3,ha" of one package: a number after a comma goes on with
 * the unit before it ("imc0,2"), a name without number is all of its kind that
 * the model has (NULL: none). 0, -EINVAL, -ENOMEM.
 */
int places_parse_units(
	struct places *places, const struct arch *arch, uint32_t package, const char *text);

#endif
