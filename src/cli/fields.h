/* SPDX-License-Identifier: MIT */
/* Bits of registers as people write them, and what they mean. */
#ifndef MSRD_CLI_FIELDS_H
#define MSRD_CLI_FIELDS_H

#include "arch/fields.h"

#define FIELDS_ERROR_SIZE 256
/* "15:8", "22" or the name of a field of the register at place. False: error says why not. */
bool fields_find(const struct arch *arch, const struct place *place, const char *text,
	struct arch_bits *bits, char error[FIELDS_ERROR_SIZE]);

/* "15:8" or "22". Returns text. */
#define FIELDS_BITS_SIZE 16
const char *fields_bits(const struct arch_bits *bits, char text[FIELDS_BITS_SIZE]);

/* What a field amounts to. */
struct field {
	uint64_t value;
	bool has_amount;
	double amount;
	const char *unit; /* where it has one */
	const char *said; /* what the value means, said_length bytes, or NULL */
	int said_length;
};

/* The register whose value is asked for to know how large the unit is; false: none is. */
bool fields_unit_register(const struct arch *arch, const struct arch_bits *bits, uint32_t *reg);

/* Of a register's value. unit: the value of that register, NULL: it is not known. */
struct field fields_get(const struct arch *arch, const struct arch_bits *bits, uint64_t value,
	const uint64_t *unit);

#endif
