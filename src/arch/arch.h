/* SPDX-License-Identifier: MIT */
/*
 * What a CPU model is, as data: its uncore functions and its allowlists. A new
 * model is a new folder beside 06_2d/ and a line in arch.c.
 */
#ifndef MSRD_ARCH_ARCH_H
#define MSRD_ARCH_ARCH_H

#include "op.h"
#include "policy/allowlist.h"

#include <stddef.h>

/* An uncore unit in PCI config space: every socket's uncore bus has it at this place. */
struct arch_function {
	enum op_unit unit;
	uint32_t index;
	uint8_t devfn;	       /* device << 3 | function */
	uint16_t device_id[2]; /* vendor 8086; the second is an alternative, 0 is none */
};

/* A profile: allowlist entries compiled in from one .allow file. */
struct arch_profile {
	const char *name;
	const struct allowlist *list;
};

struct arch {
	const char *name; /* "06_2d" */
	unsigned family, model;
	const char *text; /* what people call it */
	const struct arch_function *functions;
	size_t n_functions;
	const struct arch_profile *profiles; /* those that are on by default */
	size_t n_profiles;
};

/* The model's data, or NULL when it is not supported. */
const struct arch *arch_find(unsigned family, unsigned model);

/* The unit that is at this place under this id (vendor 8086); NULL: none of the model's. */
const struct arch_function *arch_find_function(
	const struct arch *arch, uint8_t devfn, uint16_t device_id);

#endif
