/* SPDX-License-Identifier: MIT */
/* What the bits of registers mean, for people. Apart from arch.h: the daemon has no use for it.
 * Data: a model's registers.fields, which MODELS.md explains. */
#ifndef MSRD_ARCH_FIELDS_H
#define MSRD_ARCH_FIELDS_H

#include "arch/arch.h"

/*
 * What a field is a number of. X(kind, word in registers.fields, unit).
 * How large a unit of power, energy or time is, a register says: the one with a field of a -unit
 * kind.
 */
#define ARCH_KINDS(X)                                                                              \
	X(ARCH_NUMBER, "number", NULL)                                                             \
	X(ARCH_COUNT, "count", NULL)  /* of a counter: goes round where the field ends */          \
	X(ARCH_RATIO, "ratio", "MHz") /* times arch->ratio_mhz */                                  \
	X(ARCH_CELSIUS, "celsius", "C")                                                            \
	X(ARCH_SIXTEENTHS, "sixteenths", "%")                                                      \
	X(ARCH_VOLTS, "volts", "V") /* 1/2^13 V */                                                 \
	X(ARCH_WATTS, "watts", "W")                                                                \
	X(ARCH_JOULES, "joules", "J")		/* goes round, as a count */                       \
	X(ARCH_DRAM_JOULES, "dram-joules", "J") /* arch->dram_joules where the model has it */     \
	X(ARCH_SECONDS, "seconds", "s")                                                            \
	X(ARCH_WINDOW, "window", "s") /* 2^[4:0] * (1 + [6:5]/4) units of time */                  \
	X(ARCH_WATTS_UNIT, "watts-unit", "W")                                                      \
	X(ARCH_JOULES_UNIT, "joules-unit", "J")                                                    \
	X(ARCH_SECONDS_UNIT, "seconds-unit", "s")

enum arch_kind {
#define X(kind, word, unit) kind,
	ARCH_KINDS(X)
#undef X
};

/* A named field of a register. */
struct arch_bits {
	uint8_t high, low;
	enum arch_kind kind;
	const char *name;   /* the manual's */
	const char *text;   /* what it is */
	const char *values; /* "0=off|1=on": what its values mean; NULL: nothing is known of them */
};

/* The fields of registers that are alike. */
struct arch_layout {
	enum op_space space;
	enum op_unit unit;
	const char *registers; /* the manual's names, patterns of glob(7) with blanks between */
	const char *source;
	const struct arch_bits *bits; /* the highest first; they do not overlap */
	size_t n_bits;
};

/* Those of a model: what is not said is as in base, or not known. */
struct arch_layouts {
	const struct arch_layout *list;
	size_t n;
	const struct arch_layouts *base;
};

/* NULL: none. arch may be NULL. */
const struct arch_layouts *arch_layouts_of(const struct arch *arch);

/* The fields of the register at place; NULL: none are known. */
const struct arch_layout *arch_layout_at(const struct arch *arch, const struct place *place);

/* The field of that name, case ignored; NULL: there is none. */
const struct arch_bits *arch_bits_find(const struct arch_layout *layout, const char *name);

/* Of the value of a register. */
uint64_t arch_bits_get(const struct arch_bits *bits, uint64_t value);
/* All bits that one of the fields has. */
uint64_t arch_layout_mask(const struct arch_layout *layout);

/* The unit of a kind; NULL: it has none. */
const char *arch_kind_unit(enum arch_kind kind);
/* The kind of field that says how large the unit is; false: no register does. */
bool arch_kind_asks(const struct arch *arch, enum arch_kind kind, enum arch_kind *unit);
/* The MSR and the field of it that is of that kind: false: the model has none. */
bool arch_kind_find(
	const struct arch *arch, enum arch_kind kind, uint32_t *reg, const struct arch_bits **bits);

/* What the field's number n is in that unit; unit_n: what the field that arch_kind_asks for holds.
 */
double arch_bits_amount(
	const struct arch *arch, const struct arch_bits *bits, uint64_t n, uint64_t unit_n);

/* What the value means by bits->values: a text of *length, not terminated; NULL: not said. */
const char *arch_bits_value(const struct arch_bits *bits, uint64_t n, int *length);

#endif
