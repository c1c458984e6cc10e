/* SPDX-License-Identifier: MIT */
/* Tables whose rows begin with the place of a register. */
#ifndef MSRD_CLI_PLACED_H
#define MSRD_CLI_PLACED_H

#include "arch/arch.h"
#include "cli/accesses.h"
#include "cli/table.h"

/* How the value of a register is written. */
enum base { BASE_HEX, BASE_DECIMAL, BASE_OCTAL };

/* Which columns a place needs. */
struct placed {
	struct table *table; /* NULL: out of memory, which printing it will tell */
	const struct arch *arch;
	bool has_cpus, has_units;
};

/* A table for the places of ops, with further columns behind. Free its table with table_free. */
struct placed placed_new(const char *key, const struct arch *arch, const struct op *ops,
	size_t n_ops, const struct table_column *more, size_t n_more, bool json);

/* Begins a row: its place, and the name of its register. */
void placed_row(struct placed *placed, const struct place *place);

/* A cell of so many bits of a register there, all digits in hexadecimal. */
void placed_value(struct placed *placed, enum base base, unsigned bits, uint64_t value);

/* Bits of a register there. */
unsigned placed_bits(const struct place *place);

#endif
