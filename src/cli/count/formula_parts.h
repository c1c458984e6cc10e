/* SPDX-License-Identifier: MIT */
/*
 * What a formula is of many places together, by how it is made: the sum of their values, one sum
 * by another, or nothing that follows from their values.
 */
#ifndef MSRD_CLI_COUNT_FORMULA_PARTS_H
#define MSRD_CLI_COUNT_FORMULA_PARTS_H

#include "cli/count/formula.h"

enum formula_together { FORMULA_APART, FORMULA_SUM, FORMULA_RATIO };

/* What a name is: the same for all places, an amount of each, or an average over so many parts. */
enum formula_name_kind { FORMULA_SAME, FORMULA_AMOUNT, FORMULA_AVERAGE };

struct formula_parts {
	enum formula_together together;
	double dividend, divisor; /* RATIO: of all places their sums, by each other */
};

/* values, kinds: of each name by its number. parts: of FORMULA_AVERAGE. */
struct formula_parts formula_parts_of(const struct formula *formula, const double *values,
	const enum formula_name_kind *kinds, double parts);

#endif
